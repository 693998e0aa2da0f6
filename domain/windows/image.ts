import type { Digest, Instant } from '../../events/ids.ts';
import type { ImageEvent } from '../../events/windows.ts';
import type { Decider } from '../decider.ts';
import type { Expiry } from './lifecyclePolicy.ts';

export const imageStream = (digest: Digest) => `image#${digest}`;

/**
 * What the config of an image says, and its compressed layers, which are shown and never judged by.
 */
export type ImageConfigFacts = {
  readonly osVersion?: string;
  readonly history: readonly string[];
  readonly diffIds: readonly Digest[];
  readonly layers: readonly {
    readonly digest: Digest;
    readonly bytes: number;
    /** Microsoft's own registry holds it, and the image's repository only its address. */
    readonly foreign?: boolean | undefined;
  }[];
  readonly createdAt?: Instant;
};

/** One image, whose content never changes: a digest names it. Plain JSON. */
export type ImageState = {
  readonly digest: Digest;
  /** Registry host and path, in order; empty once it was deleted everywhere. */
  readonly repositories: readonly string[];
  readonly tags: readonly string[];
  /** The last push of it. */
  readonly pushedAt?: Instant;
  /** When each `<repository>:<tag>` was last put on it; untagged pushes under `<repository>`. */
  readonly pushes: Readonly<Record<string, Instant>>;
  /** When each repository last let go of it: a push from before is not news. */
  readonly deletions: Readonly<Record<string, Instant>>;
  readonly config?: ImageConfigFacts;
  /** Why its config cannot be read; absent once it was. */
  readonly failure?: { readonly reason: string; readonly failedAt: Instant };
  /** Every reason there was: each is recorded once. */
  readonly failureReasons: readonly string[];
  /** By a lifecycle rule of one of its repositories; the newest word. */
  readonly expiry?: Extract<ImageEvent, { type: 'ImageExpiryForeseen' }>['data'];
  readonly deletedAt?: Instant;
};

type About = { readonly digest: Digest; readonly repository: string; readonly now: Instant };

/**
 * `now` is the moment of the push, so that a late or doubled event is told from a push of the same
 * tag again.
 */
export type RecordPush = About & { readonly type: 'RecordPush'; readonly tag?: string };
export type RecordInspection = About & {
  readonly type: 'RecordInspection';
  readonly config: ImageConfigFacts;
};
export type RecordInspectionFailure = About & {
  readonly type: 'RecordInspectionFailure';
  /** A code without request ids: every distinct text is a fact of its own. */
  readonly reason: string;
};
export type RecordDeletion = About & { readonly type: 'RecordDeletion' };
export type ForeseeExpiry = About & {
  readonly type: 'ForeseeExpiry';
  /** `never` also for one that is far away. */
  readonly expiry: Expiry;
};

export type ImageCommand =
  | RecordPush
  | RecordInspection
  | RecordInspectionFailure
  | RecordDeletion
  | ForeseeExpiry;

type State = ImageState | undefined;

const decide = (command: ImageCommand, state: State): readonly ImageEvent[] => {
  switch (command.type) {
    case 'RecordPush':
      return recordPush(command, state);
    case 'RecordInspection':
      return recordInspection(command, state);
    case 'RecordInspectionFailure':
      return recordFailure(command, state);
    case 'RecordDeletion':
      return recordDeletion(command, state);
    case 'ForeseeExpiry':
      return foreseeExpiry(command, state);
    default:
      return command satisfies never;
  }
};

const recordPush = (
  { digest, repository, tag, now }: RecordPush,
  state: State,
): readonly ImageEvent[] => {
  const known = state?.pushes[pushKey(repository, tag)];
  const deletedAt = state?.deletions[repository];
  if (known !== undefined && now <= known) return [];
  if (deletedAt !== undefined && now <= deletedAt) return [];
  const tagged = tag === undefined ? {} : { tag };
  return [{ type: 'ImagePushed', data: { digest, repository, ...tagged, pushedAt: now } }];
};

const pushKey = (repository: string, tag: string | undefined) =>
  tag === undefined ? repository : `${repository}:${tag}`;

const recordInspection = (
  { digest, repository, config, now }: RecordInspection,
  state: State,
): readonly ImageEvent[] => {
  if (state?.config !== undefined) return [];
  return [{ type: 'ImageInspected', data: { digest, repository, ...config, inspectedAt: now } }];
};

const recordFailure = (
  { digest, repository, reason, now }: RecordInspectionFailure,
  state: State,
): readonly ImageEvent[] => {
  if (state?.config !== undefined || state?.failureReasons.includes(reason)) return [];
  return [{ type: 'ImageInspectionFailed', data: { digest, repository, reason, failedAt: now } }];
};

/** Events come in any order: a deletion older than the last push says nothing any more. */
const recordDeletion = (
  { digest, repository, now }: RecordDeletion,
  state: State,
): readonly ImageEvent[] => {
  const known = state?.deletions[repository];
  if (known !== undefined && now <= known) return [];
  if (now < lastPushTo(repository, state)) return [];
  return [{ type: 'ImageDeleted', data: { digest, repository, deletedAt: now } }];
};

/** Said again only when it has changed, and taken back when it no longer holds. */
const foreseeExpiry = (
  { digest, repository, expiry, now }: ForeseeExpiry,
  state: State,
): readonly ImageEvent[] => {
  if (state === undefined || state.deletedAt !== undefined) return [];
  const known = state.expiry?.repository === repository ? state.expiry : undefined;
  if (expiry.when === 'never') {
    if (known === undefined) return [];
    return [{ type: 'ImageExpiryLifted', data: { digest, repository, liftedAt: now } }];
  }
  const { rulePriority } = expiry;
  const foreseen = {
    digest,
    repository,
    rulePriority,
    ...(expiry.when === 'at' && { expiresAt: expiry.at }),
    ...(expiry.when === 'pushes' && { pushesLeft: expiry.pushesLeft }),
    ...(expiry.when === 'unknown' && { reason: expiry.reason }),
  };
  const isSame =
    known?.rulePriority === rulePriority &&
    known.expiresAt === foreseen.expiresAt &&
    known.pushesLeft === foreseen.pushesLeft &&
    known.reason === foreseen.reason;
  return isSame ? [] : [{ type: 'ImageExpiryForeseen', data: { ...foreseen, foreseenAt: now } }];
};

const lastPushTo = (repository: string, state: State): number =>
  Math.max(
    0,
    ...Object.entries(state?.pushes ?? {})
      .filter(([key]) => key === repository || key.startsWith(`${repository}:`))
      .map(([, at]) => at),
  );

const evolve = (state: State, event: ImageEvent): ImageState => {
  const { digest } = event.data;
  const known = state ?? {
    digest,
    repositories: [],
    tags: [],
    pushes: {},
    deletions: {},
    failureReasons: [],
  };
  switch (event.type) {
    case 'ImagePushed':
      return pushed(known, event.data);
    case 'ImageInspected':
      return inspected(known, event.data);
    case 'ImageInspectionFailed': {
      const { reason, failedAt } = event.data;
      const failureReasons = [...known.failureReasons, reason];
      return { ...known, failure: { reason, failedAt }, failureReasons };
    }
    case 'ImageExpiryForeseen':
      return { ...known, expiry: event.data };
    case 'ImageExpiryLifted': {
      const { expiry: _expiry, ...image } = known;
      return image;
    }
    case 'ImageDeleted':
      return deleted(known, event.data);
    default:
      return event satisfies never;
  }
};

const pushed = (
  known: ImageState,
  { repository, tag, pushedAt }: Extract<ImageEvent, { type: 'ImagePushed' }>['data'],
): ImageState => {
  const { deletedAt: _deletedAt, ...image } = known;
  return {
    ...image,
    repositories: joined(known.repositories, repository),
    tags: tag === undefined ? known.tags : joined(known.tags, tag),
    pushedAt: Math.max(pushedAt, known.pushedAt ?? 0) as Instant,
    pushes: { ...known.pushes, [pushKey(repository, tag)]: pushedAt },
  };
};

const inspected = (
  known: ImageState,
  data: Extract<ImageEvent, { type: 'ImageInspected' }>['data'],
): ImageState => {
  const { failure: _failure, ...image } = known;
  const { repository, osVersion, history, diffIds, layers, createdAt } = data;
  const config: ImageConfigFacts = {
    ...(osVersion === undefined ? {} : { osVersion }),
    history,
    diffIds,
    layers,
    ...(createdAt === undefined ? {} : { createdAt }),
  };
  return { ...image, repositories: joined(known.repositories, repository), config };
};

const deleted = (
  known: ImageState,
  { repository, deletedAt }: Extract<ImageEvent, { type: 'ImageDeleted' }>['data'],
): ImageState => {
  const repositories = known.repositories.filter((each) => each !== repository);
  const deletions = { ...known.deletions, [repository]: deletedAt };
  const left = { ...known, repositories, deletions };
  return repositories.length > 0 ? left : { ...left, tags: [], deletedAt };
};

const joined = (names: readonly string[], name: string): readonly string[] =>
  names.includes(name) ? names : [...names, name].toSorted();

export const image: Decider<State, ImageCommand, ImageEvent> = {
  stateShape: 'image/1',
  initialState: undefined,
  decide,
  evolve,
};
