import type { Digest, Instant, WindowsBuild } from '../../events/ids.ts';
import type { ChannelEvent } from '../../events/windows.ts';
import { assert } from '../assert.ts';
import type { Decider } from '../decider.ts';
import { Refusal } from '../refusal.ts';
import { channelOfBuild, compareBuilds } from './build.ts';
import { judgeContent } from './channelContent.ts';
import { type Anomaly, type ChannelState, evolveChannel } from './channelState.ts';
import { releaseKind } from './patchTuesday.ts';
import { channelOfTag, flavourOfBase } from './tag.ts';

export type { Anomaly, ChannelState, Release } from './channelState.ts';

export const channelStream = (repository: string, tag: string) => `channel#${repository}:${tag}`;

/**
 * What a look at a floating tag brought, or why that is not known. A registry error is never "no
 * change".
 */
export type TagObservation =
  | {
      readonly status: 'read';
      /** Of the index behind the tag. */
      readonly digest: Digest;
      /** `10.0.20348.4294`, from the index entry or the config. */
      readonly osVersion: string;
      /** Uncompressed layers, base first. */
      readonly diffIds: readonly Digest[];
      /** `created_by` of each history entry, base first. */
      readonly history: readonly string[];
      /** `KB5066782`, where a tag `<channel>-KB...` holds the same digest. */
      readonly kb?: string;
    }
  | { readonly status: 'unchanged'; readonly digest: Digest }
  | { readonly status: 'unknown'; readonly reason: string };

export type ObserveTag = {
  readonly type: 'ObserveTag';
  readonly repository: string;
  readonly tag: string;
  readonly reading: TagObservation;
  /** The newest build of the channel that had a tag of its own just before the reading. */
  readonly listed?: WindowsBuild;
  readonly now: Instant;
};

/**
 * An operator takes the build that the tag went back to as the newest one. Refused unless it was
 * seen there.
 */
export type AcceptDowngrade = {
  readonly type: 'AcceptDowngrade';
  readonly to: WindowsBuild;
  readonly actor: string;
  readonly reason: string;
  readonly now: Instant;
};

export type ChannelCommand = ObserveTag | AcceptDowngrade;

type State = ChannelState | undefined;
type Read = Extract<TagObservation, { status: 'read' }>;

const decide = (command: ChannelCommand, state: State): readonly ChannelEvent[] => {
  switch (command.type) {
    case 'ObserveTag':
      return observe(command, state);
    case 'AcceptDowngrade':
      return acceptDowngrade(command, state);
    default:
      return command satisfies never;
  }
};

const observe = (command: ObserveTag, state: State): readonly ChannelEvent[] => {
  const { repository, tag, reading, now } = command;
  assert(channelOfTag(tag) !== undefined, `only tags that name a channel are followed, not ${tag}`);
  if (reading.status === 'unknown') return becomeUnreadable(command, reading.reason, state);
  const readable: readonly ChannelEvent[] =
    state?.unreadable === undefined
      ? []
      : [{ type: 'ChannelBecameReadable', data: { repository, tag, at: now } }];
  const taken = reading.status === 'unchanged' ? [] : takeIn(command, reading, state);
  const events = [...readable, ...taken];
  return [...events, ...noteListed(command, events.reduce<State>(evolveChannel, state))];
};

/** Noted once a build. It moves nothing: what a floating tag does not hold, nobody builds on. */
const noteListed = (
  { repository, tag, listed, now }: ObserveTag,
  state: State,
): readonly ChannelEvent[] => {
  const newest = state?.newest?.build;
  if (listed === undefined || newest === undefined) return [];
  if (channelOfBuild(listed) !== channelOfTag(tag) || compareBuilds(listed, newest) <= 0) return [];
  const isKnown = state?.anomalies.some(
    (each) => each.kind === 'newerListed' && each.build === listed,
  );
  if (isKnown) return [];
  return [
    { type: 'NewerBuildListed', data: { repository, tag, build: listed, newest, observedAt: now } },
  ];
};

const becomeUnreadable = (
  { repository, tag, now }: ObserveTag,
  reason: string,
  state: State,
): readonly ChannelEvent[] => {
  if (state?.unreadable !== undefined) return [];
  return [{ type: 'ChannelBecameUnreadable', data: { repository, tag, reason, since: now } }];
};

/** Only a numerically higher build of the channel that the tag names moves the channel. */
const takeIn = (command: ObserveTag, reading: Read, state: State): readonly ChannelEvent[] => {
  const { repository, tag, now } = command;
  const { digest } = reading;
  const judged = judgeContent(repository, tag, reading);
  const told = { repository, tag, digest, observedAt: now };
  if ('refused' in judged) {
    if (isNoted(state, 'refused', digest)) return [];
    return [{ type: 'TagContentRefused', data: { ...told, reason: judged.refused } }];
  }
  const { build } = judged;
  const newest = state?.newest;
  const order = newest === undefined ? 1 : compareBuilds(build, newest.build);
  if (newest === undefined || order > 0) return [publish(command, reading, build, state)];
  if (order < 0) {
    if (isNoted(state, 'movedBack', digest)) return [];
    return [{ type: 'TagMovedBack', data: { ...told, from: newest.build, to: build } }];
  }
  // A registry that answers now with one and now with the other must not write for ever.
  if (newest.digest === digest || isNoted(state, 'respun', digest)) return [];
  const { diffIds } = reading;
  return [{ type: 'ReleaseRespun', data: { ...told, build, diffIds } }];
};

/** Noted once a digest, until the next release: after that the same thing is news again. */
const isNoted = (state: State, kind: 'movedBack' | 'respun' | 'refused', digest: Digest): boolean =>
  (state?.anomalies ?? []).some(
    (each) =>
      each.kind === kind && each.digest === digest && each.at >= (state?.newest?.publishedAt ?? 0),
  );

const publish = (
  { repository, tag, now }: ObserveTag,
  { digest, diffIds, kb }: Read,
  build: WindowsBuild,
  state: State,
): ChannelEvent => {
  const channel = channelOfTag(tag);
  assert(channel !== undefined, 'judged content has a channel');
  const rebaseline = isRebaseline(repository, diffIds, state);
  return {
    type: 'ReleasePublished',
    data: {
      repository,
      tag,
      channel,
      build,
      digest,
      ...(kb === undefined ? {} : { kb }),
      kind: kindOf(now, state),
      diffIds,
      ...(rebaseline === undefined ? {} : { rebaseline }),
      publishedAt: now,
    },
  };
};

/**
 * The first reading of a tag says nothing about its day, so it is taken as regular: it must not
 * make an emergency.
 */
const kindOf = (now: Instant, state: State) =>
  state?.newest === undefined ? 'B' : releaseKind(now, state.unreadable?.since ?? now);

/**
 * Only Server Core has a base layer that outlives a month; `undefined` where either base is not
 * known.
 */
const isRebaseline = (
  repository: string,
  diffIds: readonly Digest[],
  state: State,
): boolean | undefined => {
  if (flavourOfBase(repository) !== 'servercore' || state?.newest === undefined) return undefined;
  const before = state.diffIdsByBuild[state.newest.build]?.at(-1)?.[0];
  const [base] = diffIds;
  if (before === undefined || base === undefined) return undefined;
  return base !== before && diffIds.length === 1;
};

const acceptDowngrade = (
  { to, actor, reason, now }: AcceptDowngrade,
  state: State,
): readonly ChannelEvent[] => {
  if (state?.newest?.build === to) return [];
  const seen = state?.anomalies.findLast(
    (each): each is Extract<Anomaly, { kind: 'movedBack' }> =>
      each.kind === 'movedBack' && each.to === to,
  );
  if (state === undefined || seen === undefined) {
    throw new Refusal('DowngradeNotObserved', `the tag was never seen to go back to ${to}`);
  }
  const { repository, tag } = state;
  const { digest } = seen;
  return [
    {
      type: 'DowngradeAccepted',
      data: { repository, tag, to, digest, actor, reason, acceptedAt: now },
    },
  ];
};

/** Guards one floating tag: it only moves forward, unless an operator accepts a downgrade. */
export const channel: Decider<State, ChannelCommand, ChannelEvent> = {
  stateShape: 'channel/1',
  initialState: undefined,
  decide,
  evolve: evolveChannel,
};
