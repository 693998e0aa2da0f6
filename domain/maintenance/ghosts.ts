import type { GhostEvent } from '../../events/ghost.ts';
import type { ContainerInstanceArn, EffectId, Instant } from '../../events/ids.ts';
import type { Decider } from '../decider.ts';

/** The stream of what is deregistered because its machine is gone. */
export const ghostsStream = (clusterName: string) => `ghosts#${clusterName}`;

type Data<Type extends GhostEvent['type']> = Extract<GhostEvent, { type: Type }>['data'];

export type GhostEffect = Data<'GhostDeregistrationIntended'>;

export type GhostsState = {
  /** Open until their outcome is stored; done twice it is the same. */
  readonly effects: Readonly<Record<string, GhostEffect>>;
  /** By ARN. */
  readonly failed: Readonly<
    Record<string, { readonly reason: string; readonly at: Instant; readonly times: number }>
  >;
  /** By ARN: those of the last day. The fleet may not have heard of it yet. */
  readonly done: Readonly<Record<string, Instant>>;
};

const rememberedMs = 24 * 3_600_000;

export type GhostCommand =
  | ({ readonly type: 'DeregisterGhost'; readonly now: Instant } & Omit<GhostEffect, 'intendedAt'>)
  | {
      readonly type: 'RecordOutcome';
      readonly effectId: EffectId;
      /** Absent: it was done. */
      readonly refused?: string;
      readonly now: Instant;
    };

/** It is being deregistered, or was: an ARN does not come back. */
export const isInHand = (
  { effects, done }: GhostsState,
  containerInstanceArn: ContainerInstanceArn,
): boolean =>
  done[containerInstanceArn] !== undefined ||
  Object.values(effects).some((each) => each.containerInstanceArn === containerInstanceArn);

const decide = (command: GhostCommand, state: GhostsState): readonly GhostEvent[] => {
  const { now, effectId } = command;
  if (command.type === 'DeregisterGhost') {
    const { type: _type, now: intendedAt, ...data } = command;
    if (isInHand(state, command.containerInstanceArn)) return [];
    return [{ type: 'GhostDeregistrationIntended', data: { ...data, intendedAt } }];
  }
  const effect = state.effects[effectId];
  if (effect === undefined) return [];
  const { containerInstanceArn } = effect;
  const { refused: reason } = command;
  if (reason === undefined) {
    const data = { containerInstanceArn, effectId, deregisteredAt: now };
    return [{ type: 'GhostDeregistered', data }];
  }
  const data = { containerInstanceArn, effectId, reason, failedAt: now };
  return [{ type: 'GhostDeregistrationFailed', data }];
};

const evolve = (state: GhostsState, event: GhostEvent): GhostsState => {
  const { effectId, containerInstanceArn: arn } = event.data;
  if (event.type === 'GhostDeregistrationIntended') {
    return { ...state, effects: { ...state.effects, [effectId]: event.data } };
  }
  const { [effectId]: _settled, ...effects } = state.effects;
  const { [arn]: before, ...failed } = state.failed;
  if (event.type === 'GhostDeregistered') {
    const { deregisteredAt: at } = event.data;
    const recent = Object.entries(state.done).filter(([, doneAt]) => at - doneAt < rememberedMs);
    return { effects, failed, done: { ...Object.fromEntries(recent), [arn]: at } };
  }
  const { reason, failedAt: at } = event.data;
  const times = (before?.times ?? 0) + 1;
  return { ...state, effects, failed: { ...failed, [arn]: { reason, at, times } } };
};

export const ghosts: Decider<GhostsState, GhostCommand, GhostEvent> = {
  stateShape: 'ghosts/2',
  initialState: { effects: {}, failed: {}, done: {} },
  decide,
  evolve,
};
