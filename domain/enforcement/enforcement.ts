import type { EnforcementEvent } from '../../events/enforcement.ts';
import type { EffectId, Instant, WindowsBuild } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import { type AttemptCommand, landsWithinMs } from '../attempt.ts';
import type { Decider } from '../decider.ts';

/** The stream of what ECS is told to keep apart in one cluster. */
export const enforcementStream = (clusterName: string) => `enforcement#${clusterName}`;

type Data<Type extends EnforcementEvent['type']> = Extract<
  EnforcementEvent,
  { type: Type }
>['data'];

/** Open until its outcome is stored; carried out twice it is the same. */
export type EnforcementEffect = {
  readonly attempts: number;
  /** The last one. */
  readonly attempt?: { readonly executor: string; readonly at: Instant };
} & (
  | ({ readonly kind: 'label' } & Data<'InstanceLabelIntended'>)
  | ({ readonly kind: 'constrain' } & Data<'ServiceConstraintIntended'>)
);

/** The last thing that was done about an instance or a service. */
export type Done = {
  readonly builds: readonly WindowsBuild[];
  readonly at: Instant;
  /** Why it was not done. */
  readonly failed?: string;
  /** Until then an earlier call whose answer was lost may still land on top of it. */
  readonly doubtfulUntil?: number;
};

export type EnforcementState = {
  readonly effects: Readonly<Record<string, EnforcementEffect>>;
  /** By ARN. */
  readonly done: Readonly<Record<string, Done>>;
  readonly held: readonly Held[];
};

export type EnforcementCommand =
  | ({ readonly type: 'LabelInstance'; readonly now: Instant } & Omit<
      Data<'InstanceLabelIntended'>,
      'intendedAt'
    >)
  | ({ readonly type: 'ConstrainService'; readonly now: Instant } & Omit<
      Data<'ServiceConstraintIntended'>,
      'intendedAt'
    >)
  | { readonly type: 'RecordHolds'; readonly held: readonly Held[]; readonly now: Instant }
  | AttemptCommand
  | {
      readonly type: 'RecordOutcome';
      readonly effectId: EffectId;
      /** Absent: it was done. */
      readonly refused?: string;
      readonly now: Instant;
    };

/** What is known of an instance is not needed for longer: its attribute has been seen since. */
const rememberedMs = 3_600_000;

const subjectOf = (effect: EnforcementEffect): string =>
  effect.kind === 'label' ? effect.containerInstanceArn : effect.serviceArn;

/** One intent about one subject at a time: an older one might land after a newer. */
export const openAbout = (
  { effects }: EnforcementState,
  subject: string,
): EnforcementEffect | undefined =>
  Object.values(effects).find((effect) => subjectOf(effect) === subject);

const decide = (
  command: EnforcementCommand,
  state: EnforcementState,
): readonly EnforcementEvent[] => {
  switch (command.type) {
    case 'LabelInstance': {
      const { type: _type, now: intendedAt, ...data } = command;
      if (openAbout(state, command.containerInstanceArn) !== undefined) return [];
      return [{ type: 'InstanceLabelIntended', data: { ...data, intendedAt } }];
    }
    case 'ConstrainService': {
      const { type: _type, now: intendedAt, ...data } = command;
      if (openAbout(state, command.serviceArn) !== undefined) return [];
      return [{ type: 'ServiceConstraintIntended', data: { ...data, intendedAt } }];
    }
    case 'RecordHolds':
      if (isSame(command.held, state.held)) return [];
      return [
        { type: 'EnforcementHoldsChanged', data: { held: command.held, changedAt: command.now } },
      ];
    case 'RecordAttempt': {
      const { effectId, executor, now: attemptedAt } = command;
      const effect = state.effects[effectId];
      if (effect === undefined) return [];
      const { executor: last, at } = effect.attempt ?? {};
      if (last === executor && at === attemptedAt) return [];
      return [{ type: 'EnforcementAttempted', data: { effectId, executor, attemptedAt } }];
    }
    case 'RecordOutcome': {
      const { effectId, refused, now } = command;
      if (state.effects[effectId] === undefined) return [];
      return refused === undefined
        ? [{ type: 'EnforcementSucceeded', data: { effectId, succeededAt: now } }]
        : [{ type: 'EnforcementFailed', data: { effectId, reason: refused, failedAt: now } }];
    }
    default:
      return command satisfies never;
  }
};

/** The same subjects for the same reasons: their sentences carry numbers that change. */
const isSame = (one: readonly Held[], other: readonly Held[]): boolean =>
  one.length === other.length &&
  one.every(
    ({ subject, reason }, index) =>
      subject === other[index]?.subject && reason === other[index].reason,
  );

const evolve = (state: EnforcementState, event: EnforcementEvent): EnforcementState => {
  switch (event.type) {
    case 'InstanceLabelIntended':
      return begun(state, { kind: 'label', attempts: 0, ...event.data });
    case 'ServiceConstraintIntended':
      return begun(state, { kind: 'constrain', attempts: 0, ...event.data });
    case 'EnforcementAttempted': {
      const { effectId, executor, attemptedAt: at } = event.data;
      const effect = state.effects[effectId];
      if (effect === undefined) return state;
      const tried = { ...effect, attempts: effect.attempts + 1, attempt: { executor, at } };
      return { ...state, effects: { ...state.effects, [effect.effectId]: tried } };
    }
    case 'EnforcementSucceeded':
      return ended(state, event.data.effectId, event.data.succeededAt);
    case 'EnforcementFailed':
      return ended(state, event.data.effectId, event.data.failedAt, event.data.reason);
    case 'EnforcementHoldsChanged':
      return { ...state, held: event.data.held };
    default:
      return event satisfies never;
  }
};

const begun = (state: EnforcementState, effect: EnforcementEffect): EnforcementState => ({
  ...state,
  effects: { ...state.effects, [effect.effectId]: effect },
});

const ended = (
  state: EnforcementState,
  effectId: string,
  at: Instant,
  failed?: string,
): EnforcementState => {
  const { [effectId]: effect, ...effects } = state.effects;
  if (effect === undefined) return state;
  const builds = effect.kind === 'label' ? [effect.build] : effect.builds;
  const done: Done = {
    builds,
    at,
    ...(failed !== undefined && { failed }),
    ...(effect.attempts > 1 && { doubtfulUntil: at + landsWithinMs }),
  };
  const recent = Object.entries(state.done).filter(
    ([arn, each]) => !arn.includes(':container-instance/') || at - each.at < rememberedMs,
  );
  return { ...state, effects, done: { ...Object.fromEntries(recent), [subjectOf(effect)]: done } };
};

/** Guards what one cluster is told to keep apart. */
export const enforcement: Decider<EnforcementState, EnforcementCommand, EnforcementEvent> = {
  stateShape: 'enforcement/1',
  initialState: { effects: {}, done: {}, held: [] },
  decide,
  evolve,
};

/** Services whose constraint may be another in a moment than the one that was seen. */
export const constraintsInDoubt = (state: EnforcementState, now: Instant): ReadonlySet<string> =>
  new Set([
    ...Object.values(state.effects).map(subjectOf),
    ...Object.entries(state.done).flatMap(([subject, { doubtfulUntil = 0 }]) =>
      now < doubtfulUntil ? [subject] : [],
    ),
  ]);
