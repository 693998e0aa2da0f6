import type { Instant } from '../../events/ids.ts';
import type {
  ObservedAutoScalingGroup,
  ObservedCapacityProvider,
  ScalingEvent,
} from '../../events/scaling.ts';
import type { Decider } from '../decider.ts';
import { isSame } from '../fleet/sameRecord.ts';

/** The stream of what AWS says about the capacity of one cluster. */
export const scalingStream = (clusterName: string) => `scaling#${clusterName}`;

/** The desired capacity of a group was seen to have changed, whoever changed it. */
export type DesiredChange = { readonly at: Instant; readonly from: number; readonly to: number };

export type KnownProvider = {
  readonly provider: ObservedCapacityProvider;
  readonly observedAt: Instant;
};

export type KnownGroup = {
  readonly group: ObservedAutoScalingGroup;
  readonly observedAt: Instant;
  /** The newest last. */
  readonly desiredChanges: readonly DesiredChange[];
};

export type CapacityState = {
  /** By name. */
  readonly providers: Readonly<Record<string, KnownProvider>>;
  /** By name. */
  readonly groups: Readonly<Record<string, KnownGroup>>;
};

/**
 * What was described just now. `gone` was asked for by name and is not there: a listing from which
 * something is merely missing proves nothing.
 */
export type ObserveCapacity = {
  readonly type: 'ObserveCapacity';
  readonly providers: readonly ObservedCapacityProvider[];
  readonly groups: readonly ObservedAutoScalingGroup[];
  readonly gone: { readonly providers: readonly string[]; readonly groups: readonly string[] };
  readonly now: Instant;
};

/**
 * What has not changed is written again after so long, so that the record says how old the
 * knowledge is: nobody may scale in by what was true an hour ago.
 */
export const observedAgainMs = 15 * 60_000;

/** Enough to count changes of direction over hours. */
const desiredChangesKept = 20;

const initialState: CapacityState = { providers: {}, groups: {} };

const decide = (command: ObserveCapacity, state: CapacityState): readonly ScalingEvent[] => {
  const { now: observedAt, gone } = command;
  const providers = command.providers
    .filter((provider) => {
      const known = state.providers[provider.name];
      return isNews(known?.provider, provider, known?.observedAt, observedAt);
    })
    .map((provider) => event('CapacityProviderObserved', { provider, observedAt }));
  const groups = command.groups
    .filter((group) => {
      const known = state.groups[group.name];
      return isNews(known?.group, group, known?.observedAt, observedAt);
    })
    .map((group) => event('AutoScalingGroupObserved', { group, observedAt }));
  const goneProviders = gone.providers
    .filter((name) => isOlder(state.providers[name]?.observedAt, observedAt))
    .map((name) => event('CapacityProviderRemoved', { name, observedAt }));
  const goneGroups = gone.groups
    .filter((name) => isOlder(state.groups[name]?.observedAt, observedAt))
    .map((name) => event('AutoScalingGroupRemoved', { name, observedAt }));
  return [...providers, ...goneProviders, ...groups, ...goneGroups];
};

const event = <Type extends ScalingEvent['type']>(
  type: Type,
  data: Extract<ScalingEvent, { type: Type }>['data'],
): ScalingEvent => ({ type, data }) as ScalingEvent;

/** Neither has a version: what was described later wins. */
const isNews = (
  known: unknown,
  seen: unknown,
  knownAt: Instant | undefined,
  seenAt: Instant,
): boolean => {
  if (knownAt === undefined) return true;
  if (seenAt <= knownAt) return false;
  return seenAt - knownAt >= observedAgainMs || !isSame(known, seen);
};

const isOlder = (knownAt: Instant | undefined, at: Instant): boolean =>
  knownAt !== undefined && knownAt < at;

const evolve = (state: CapacityState, event: ScalingEvent): CapacityState => {
  switch (event.type) {
    case 'CapacityProviderObserved': {
      const { provider } = event.data;
      return { ...state, providers: { ...state.providers, [provider.name]: event.data } };
    }
    case 'CapacityProviderRemoved': {
      const { [event.data.name]: _gone, ...providers } = state.providers;
      return { ...state, providers };
    }
    case 'AutoScalingGroupObserved': {
      const { group, observedAt } = event.data;
      const before = state.groups[group.name];
      const known = { group, observedAt, desiredChanges: changesWith(before, group, observedAt) };
      return { ...state, groups: { ...state.groups, [group.name]: known } };
    }
    case 'AutoScalingGroupRemoved': {
      const { [event.data.name]: _gone, ...groups } = state.groups;
      return { ...state, groups };
    }
    default:
      return event satisfies never;
  }
};

const changesWith = (
  before: KnownGroup | undefined,
  { desiredCapacity: to }: ObservedAutoScalingGroup,
  at: Instant,
): readonly DesiredChange[] => {
  const from = before?.group.desiredCapacity;
  const earlier = before?.desiredChanges ?? [];
  if (from === undefined || from === to) return earlier;
  return [...earlier, { at, from, to }].slice(-desiredChangesKept);
};

export const clusterCapacity: Decider<CapacityState, ObserveCapacity, ScalingEvent> = {
  stateShape: 'scaling/1',
  initialState,
  decide,
  evolve,
};
