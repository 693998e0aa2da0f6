import type { DesiredEvent, ScalingSwitches } from '../../events/desired.ts';
import type { ContainerInstanceArn, EffectId, Instant } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import { type AttemptCommand, mayStillLand } from '../attempt.ts';
import type { Decider } from '../decider.ts';
import { Refusal } from '../refusal.ts';
import type { DesiredIntent } from './capacityQuestion.ts';
import { desiredFold } from './evolveDesired.ts';

type Data<Type extends DesiredEvent['type']> = Extract<DesiredEvent, { type: Type }>['data'];

/** Open until its outcome is stored. */
export type DesiredEffect = Data<'DesiredCapacityIntended'> & {
  readonly attempt?: { readonly executor: string; readonly at: Instant };
};

/** What was meant, and by which effect or for which instance. */
export type MeantSize = DesiredIntent & {
  readonly from: number;
  readonly effectId?: EffectId;
  readonly containerInstanceArn?: ContainerInstanceArn;
  /** How many of them the next wave of a rollout was to find room on. */
  readonly forWave?: number;
};

export type DesiredState = {
  readonly policy: ScalingSwitches;
  readonly held: readonly Held[];
  readonly heldCount: number;
  readonly effects: Readonly<Record<string, DesiredEffect>>;
  /** By group name, what came of the last intent where nothing was set. */
  readonly failed: Readonly<Record<string, { readonly at: Instant; readonly held: Held }>>;
  /** The newest last, as many as are counted for changes of direction; failed ones are left out. */
  readonly meant: readonly MeantSize[];
};

export type DesiredCommand =
  | {
      readonly type: 'SetScalingPolicy';
      readonly policy: ScalingSwitches;
      readonly actor: string;
      readonly now: Instant;
    }
  | { readonly type: 'HoldScaling'; readonly held: readonly Held[]; readonly now: Instant }
  | ({
      readonly type: 'SetDesiredCapacity';
      /** The group as it was last described. */
      readonly group: {
        readonly desiredCapacity: number;
        readonly minSize: number;
        readonly maxSize: number;
      };
      readonly now: Instant;
    } & Omit<Data<'DesiredCapacityIntended'>, 'intendedAt'>)
  | ({ readonly type: 'ForeseeDecrement'; readonly now: Instant } & Omit<
      Data<'DecrementForeseen'>,
      'foreseenAt'
    >)
  | AttemptCommand
  | {
      readonly type: 'RecordOutcome';
      readonly effectId: EffectId;
      /** Absent: it was set. */
      readonly failed?: { readonly reason: string; readonly held?: Held };
      readonly now: Instant;
    };

type Command<Type extends DesiredCommand['type']> = Extract<DesiredCommand, { type: Type }>;

/** A cluster may hold thousands of instances; a person reads the first, and the planner all. */
export const heldMax = 50;

const decide = (command: DesiredCommand, state: DesiredState): readonly DesiredEvent[] => {
  switch (command.type) {
    case 'SetScalingPolicy':
      return setPolicy(command, state);
    case 'HoldScaling':
      return hold(command, state);
    case 'SetDesiredCapacity':
      return setDesired(command, state);
    case 'ForeseeDecrement':
      return foresee(command, state);
    case 'RecordAttempt':
      return recordAttempt(command, state);
    case 'RecordOutcome':
      return recordOutcome(command, state);
    default:
      return command satisfies never;
  }
};

const setPolicy = (
  { policy, actor, now }: Command<'SetScalingPolicy'>,
  { policy: known }: DesiredState,
): readonly DesiredEvent[] =>
  policy.scaleOut === known.scaleOut && policy.scaleIn === known.scaleIn
    ? []
    : [{ type: 'ScalingPolicySet', data: { policy, actor, setAt: now } }];

/** The same subjects for the same reasons are no news: their sentences carry numbers. */
const hold = (
  { held, now }: Command<'HoldScaling'>,
  state: DesiredState,
): readonly DesiredEvent[] => {
  const first = held.slice(0, heldMax);
  const isSame =
    first.length === state.held.length &&
    first.every(({ subject, reason }, at) => {
      const known = state.held[at];
      return known?.subject === subject && known.reason === reason;
    });
  if (isSame) return [];
  const data = { held: first, heldCount: held.length, changedAt: now };
  return [{ type: 'ScalingHoldsChanged', data }];
};

const setDesired = (
  { type: _type, now: intendedAt, group, ...intent }: Command<'SetDesiredCapacity'>,
  { policy, effects }: DesiredState,
): readonly DesiredEvent[] => {
  const { groupName, from, to } = intent;
  if (from === to || effects[intent.effectId] !== undefined) return [];
  if (!(to > from ? policy.scaleOut : policy.scaleIn)) {
    throw new Refusal('ScalingNotPossible', `the policy does not let ${groupName} go to ${to}`);
  }
  const open = Object.values(effects).find((each) => each.groupName === groupName);
  if (open !== undefined) {
    throw new Refusal('ScalingNotPossible', `${groupName} is being set to ${open.to} already`);
  }
  if (group.desiredCapacity !== from) {
    const detail = `${groupName} wants ${group.desiredCapacity} by now, not ${from}`;
    throw new Refusal('ScalingNotPossible', detail);
  }
  if (to < group.minSize || to > group.maxSize) {
    const bounds = `${group.minSize} to ${group.maxSize}`;
    throw new Refusal('ScalingNotPossible', `${groupName} may have ${bounds}, not ${to}`);
  }
  return [{ type: 'DesiredCapacityIntended', data: { ...intent, intendedAt } }];
};

/** Once for each instance: its ARN does not come back. */
const foresee = (
  { type: _type, now: foreseenAt, ...data }: Command<'ForeseeDecrement'>,
  { meant }: DesiredState,
): readonly DesiredEvent[] =>
  meant.some((each) => each.containerInstanceArn === data.containerInstanceArn)
    ? []
    : [{ type: 'DecrementForeseen', data: { ...data, foreseenAt } }];

/** One attempt at a time, until the first is old. */
const recordAttempt = (
  { effectId, executor, now }: AttemptCommand,
  { effects }: DesiredState,
): readonly DesiredEvent[] => {
  const effect = effects[effectId];
  if (effect === undefined || mayStillLand(effect.attempt?.at, now)) return [];
  return [{ type: 'DesiredCapacityAttempted', data: { effectId, executor, attemptedAt: now } }];
};

const recordOutcome = (
  { effectId, failed, now }: Command<'RecordOutcome'>,
  { effects }: DesiredState,
): readonly DesiredEvent[] => {
  if (effects[effectId] === undefined) return [];
  if (failed === undefined) return [{ type: 'DesiredCapacitySet', data: { effectId, setAt: now } }];
  return [{ type: 'DesiredCapacityFailed', data: { effectId, ...failed, failedAt: now } }];
};

/** Guards what Tuesday asks of the Auto Scaling groups of one cluster. */
export const desiredCapacity: Decider<DesiredState, DesiredCommand, DesiredEvent> = {
  ...desiredFold,
  decide,
};
