import { isStopped } from '../../domain/fleet/fleetShard.ts';
import { hashOf } from '../../domain/fleet/shards.ts';
import { once } from '../../domain/once.ts';
import { type ImageCommand, image, imageStream } from '../../domain/windows/image.ts';
import { ecrPlace, imageName } from '../../domain/windows/imageName.ts';
import type { Digest, Instant } from '../../events/ids.ts';
import { type EcrGateway, isGatewayError } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import type { FollowedViews, Views } from '../../infra/views/views.ts';
import { send } from '../send.ts';
import type { TickReport } from '../tick.ts';

export type InspectTools = {
  readonly store: EventStore;
  readonly views: FollowedViews;
  readonly ecr: EcrGateway;
  readonly now: () => Instant;
};

/** Three calls an image: a pass stays within its two minutes, and under ECR's rates. */
const inspectionsMax = 100;
/** Of those, for images that failed before: they must not keep new ones waiting. */
const retriesMax = 20;

const notReadable = 'RegistryNotReadable';

/**
 * Reads the config of every image that runs or was pushed and has not been read, new ones first. A
 * failure is a fact, recorded once a reason, and tried again later; throttling ends the pass and is
 * no fact.
 */
export const inspect = async (tools: InspectTools): Promise<TickReport> => {
  const now = tools.now();
  const views = await tools.views.catchUp();
  const { fresh, failed } = uninspected(views, now);
  const retries = failed.slice(0, retriesMax);
  const chosen = [...fresh.slice(0, inspectionsMax - retries.length), ...retries];
  const held: string[] = [];
  const left = fresh.length + failed.length - chosen.length;
  if (left > 0) held.push(`${left} images wait for a later pass`);
  // A registry of an account without a cluster may need a policy of its own that lets Tuesday read.
  const accounts = new Set([...views.clusters.values()].map(({ account }) => account));
  let written = 0;
  for (const [index, candidate] of chosen.entries()) {
    const command = await lookAt(tools, candidate, accounts, now);
    if ('throttled' in command) {
      held.push(`${chosen.length - index} images wait: ${command.throttled}`);
      break;
    }
    if (command.type === 'RecordInspectionFailure') {
      held.push(`${candidate.repository}@${candidate.digest}: ${command.reason}`);
    }
    const stream = imageStream(candidate.digest);
    written += (await send(tools.store, image, stream, command, now)).events.length;
  }
  return { written, refused: [], held };
};

type Candidate = { readonly digest: Digest; readonly repository: string };

const uninspected = (
  views: Views,
  now: Instant,
): { readonly fresh: readonly Candidate[]; readonly failed: readonly Candidate[] } => {
  const open = openCandidates(views);
  const hasFailed = ({ digest }: Candidate) => views.images.get(digest)?.failure !== undefined;
  return {
    fresh: open.filter((each) => !hasFailed(each)).toSorted(byDigest),
    failed: open.filter(hasFailed).toSorted(shuffledBy(now)),
  };
};

type Looked = { readonly at: readonly unknown[]; readonly found: readonly Candidate[] };

let last: Looked = { at: [], found: [] };

/** Found once for the same tasks and images: at most moments neither has changed. */
const openCandidates = (views: Views): readonly Candidate[] => {
  const tasks = [...views.clusters.keys()].map((name) => views.fleet(name).tasks);
  const at = [views.images, ...tasks];
  const isLast = at.length === last.at.length && at.every((each, index) => each === last.at[index]);
  if (!isLast) last = { at, found: findCandidates(views) };
  return last.found;
};

const findCandidates = (views: Views): readonly Candidate[] => {
  const wanted = new Map<Digest, Candidate>();
  for (const candidate of [...runningImages(views), ...pushedImages(views.images)]) {
    const known = wanted.get(candidate.digest);
    // The same image may stand in several registries: one that can be read is preferred.
    if (known === undefined || ecrPlace(known.repository) === undefined) {
      wanted.set(candidate.digest, candidate);
    }
  }
  return [...wanted.values()].filter(({ digest, repository }) => {
    const state = views.images.get(digest);
    return state?.failure?.reason !== notReadable || ecrPlace(repository) !== undefined;
  });
};

const runningImages = ({ clusters, fleet, images }: Views): readonly Candidate[] => {
  const candidates: Candidate[] = [];
  for (const name of clusters.keys()) {
    for (const task of fleet(name).tasks.values()) {
      if (isStopped(task)) continue;
      for (const { image: named, imageDigest: digest } of task.containers) {
        if (named === undefined || digest === undefined) continue;
        if (images.get(digest)?.config !== undefined) continue;
        candidates.push({ digest, repository: imageName(named).repository });
      }
    }
  }
  return candidates;
};

const pushedImages = once((images: Views['images']): readonly Candidate[] =>
  [...images.values()]
    .filter(({ deletedAt, config }) => deletedAt === undefined && config === undefined)
    .flatMap(({ digest, repositories }) =>
      repositories.map((repository) => ({ digest, repository })),
    ),
);

const byDigest = (a: Candidate, b: Candidate) => (a.digest < b.digest ? -1 : 1);

/**
 * Another order every minute, the same for the same minute, so that no failed image is always last.
 */
const shuffledBy = (now: Instant) => {
  const rank = ({ digest }: Candidate) => hashOf(`${digest} ${Math.floor(now / 60_000)}`);
  return (a: Candidate, b: Candidate) => rank(a) - rank(b) || byDigest(a, b);
};

const lookAt = async (
  { ecr }: InspectTools,
  { digest, repository }: Candidate,
  accounts: ReadonlySet<string>,
  now: Instant,
): Promise<ImageCommand | { readonly throttled: string }> => {
  const about = { digest, repository, now };
  const place = ecrPlace(repository);
  if (place === undefined) {
    return { type: 'RecordInspectionFailure', ...about, reason: notReadable };
  }
  try {
    const config = await ecr.readImageConfig(place, digest);
    return { type: 'RecordInspection', ...about, config };
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    if (error.kind === 'throttled') return { throttled: error.code };
    // The code alone: a message may carry a request id, and would be another fact every time.
    const whose = accounts.has(place.registryId) ? '' : ` in account ${place.registryId}`;
    return { type: 'RecordInspectionFailure', ...about, reason: `${error.code}${whose}` };
  }
};
