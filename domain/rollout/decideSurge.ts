import type { RolloutEvent } from '../../events/rollout.ts';
import { asked, type StepCommand } from './rolloutCommand.ts';
import type { InstanceProgress, Rollout } from './rolloutState.ts';
import { changesOf, isSurging, openEffect, surgeOpen } from './surgeState.ts';

type Step<Type extends StepCommand['type']> = Extract<StepCommand, { type: Type }>;
export type SurgeStep = Step<
  | 'SurgeGroup'
  | 'OverruleGroup'
  | 'RetireInstance'
  | 'ReturnSurplus'
  | 'EndSurplus'
  | 'KeepSurplus'
  | 'SettleSurplus'
>;

export const isSurgeStep = (command: StepCommand): command is SurgeStep => command.type in decided;

/** The desired capacity is an absolute figure, so a group is asked for one at a time. */
export const decideSurge = (command: SurgeStep, state: Rollout): readonly RolloutEvent[] =>
  (decided[command.type] as (command: SurgeStep, state: Rollout) => readonly RolloutEvent[])(
    command,
    state,
  );

const surge = (command: Step<'SurgeGroup'>, state: Rollout): readonly RolloutEvent[] => {
  const { groupName, from, to, instances, now } = command;
  const { desired } = state.groups[groupName] ?? {};
  const waits = ({ containerInstanceArn }: (typeof instances)[number]) =>
    state.instances[containerInstanceArn]?.status === 'waiting';
  const isStale =
    state.status !== 'running' ||
    changesOf(state, groupName).length > 0 ||
    instances.length === 0 ||
    to !== from + instances.length ||
    (desired !== undefined && desired !== from) ||
    !instances.every(waits);
  if (isStale) return [];
  return [{ type: 'GroupSurgeIntended', data: { ...asked(command), intendedAt: now } }];
};

const overrule = (command: Step<'OverruleGroup'>, state: Rollout): readonly RolloutEvent[] => {
  const { groupName, desired, now: overruledAt } = command;
  const expected = state.groups[groupName]?.desired;
  if (expected === undefined) return [];
  return [{ type: 'GroupOverruled', data: { groupName, expected, desired, overruledAt } }];
};

const itemOf = (
  state: Rollout,
  { containerInstanceArn }: { readonly containerInstanceArn: string },
): InstanceProgress | undefined => state.instances[containerInstanceArn];

const retire = (command: Step<'RetireInstance'>, state: Rollout): readonly RolloutEvent[] => {
  const item = itemOf(state, command);
  if (item?.status !== 'terminating' || item.surge === undefined) return [];
  if (openEffect(state, 'terminate', item.containerInstanceArn) !== undefined) return [];
  return [{ type: 'InstanceRetired', data: { ...asked(command), retiredAt: command.now } }];
};

/** From every step but the call that is ending the old one, and again when it is another's turn. */
const giveBack = (command: Step<'ReturnSurplus'>, state: Rollout): readonly RolloutEvent[] => {
  const item = itemOf(state, command);
  if (item === undefined || !isSurging(item)) return [];
  const { containerInstanceArn } = item;
  const surging = openEffect(state, 'surge', containerInstanceArn) ?? surgeFor(state, item);
  if (surging !== undefined) return [];
  const isBack = item.status === 'givingBack' && item.phase === 'emptying';
  const isSame = item.surge.newcomer?.replacementArn === command.newcomer?.replacementArn;
  if (item.status === 'givingBack' && isBack && isSame) return [];
  if (item.status === 'givingBack' && item.phase === 'keeping') return [];
  return [{ type: 'SurplusReturnIntended', data: { ...asked(command), intendedAt: command.now } }];
};

/** Its group has not been asked yet, as far as anyone knows. */
const surgeFor = (state: Rollout, { containerInstanceArn }: InstanceProgress) =>
  Object.values(state.effects).find(
    (effect) => effect.kind === 'surge' && effect.instances.includes(containerInstanceArn),
  );

const end = (command: Step<'EndSurplus'>, state: Rollout): readonly RolloutEvent[] => {
  const item = itemOf(state, command);
  if (item?.status !== 'givingBack' || item.phase !== 'emptying') return [];
  if (!isSurging(item) || surgeOpen(state, item.surge.groupName)) return [];
  return [{ type: 'SurplusEndIntended', data: { ...asked(command), intendedAt: command.now } }];
};

const keep = (command: Step<'KeepSurplus'>, state: Rollout): readonly RolloutEvent[] => {
  const item = itemOf(state, command);
  if (item?.status !== 'givingBack' || item.phase !== 'emptying') return [];
  return [{ type: 'SurplusKeepIntended', data: { ...asked(command), intendedAt: command.now } }];
};

const settle = (command: Step<'SettleSurplus'>, state: Rollout): readonly RolloutEvent[] => {
  const item = itemOf(state, command);
  if (item?.status !== 'givingBack') return [];
  const { isOverruled, newcomer } = item.surge;
  const isOver = item.phase !== 'emptying' || (isOverruled && newcomer === undefined);
  const kinds = ['emptySurplus', 'endSurplus', 'keepSurplus'] as const;
  const isOpen = kinds.some((kind) => openEffect(state, kind, item.containerInstanceArn));
  if (!isOver || isOpen) return [];
  return [{ type: 'SurplusSettled', data: { ...asked(command), settledAt: command.now } }];
};

const decided: {
  readonly [Type in SurgeStep['type']]: (
    command: Step<Type>,
    state: Rollout,
  ) => readonly RolloutEvent[];
} = {
  SurgeGroup: surge,
  OverruleGroup: overrule,
  RetireInstance: retire,
  ReturnSurplus: giveBack,
  EndSurplus: end,
  KeepSurplus: keep,
  SettleSurplus: settle,
};
