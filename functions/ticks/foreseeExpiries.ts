import { hasEnded, type Rollout } from '../../domain/rollout/rolloutState.ts';
import { image, imageStream } from '../../domain/windows/image.ts';
import { ecrPlace } from '../../domain/windows/imageName.ts';
import { type Expiry, expiryOf, type HeldImage } from '../../domain/windows/lifecyclePolicy.ts';
import type { Digest, Instant } from '../../events/ids.ts';
import { type EcrGateway, isGatewayError } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import type { FollowedViews, Views } from '../../infra/views/views.ts';
import { send } from '../send.ts';
import type { TickReport } from '../tick.ts';

export type ExpiryTools = {
  readonly store: EventStore;
  readonly views: FollowedViews;
  readonly ecr: EcrGateway;
  readonly now: () => Instant;
};

const dayMs = 86_400_000;
/** What a rollout replaced is of use to go back to for about as long as until the next one. */
const rollbackMs = 35 * dayMs;
/** Sooner than this is worth a fact. */
const soonMs = 14 * dayMs;
const soonPushes = 2;

/**
 * Names the digests that a rollout replaces, or has replaced lately, and that their repository is
 * about to delete: going back to one needs it to be there. One call a repository.
 */
export const foreseeExpiries = async (tools: ExpiryTools): Promise<TickReport> => {
  const now = tools.now();
  const views = await tools.views.catchUp();
  const held: string[] = [];
  let written = 0;
  for (const [repository, digests] of replaced(views, now)) {
    const place = ecrPlace(repository);
    if (place === undefined) continue;
    try {
      const rules = await tools.ecr.readLifecyclePolicy(place);
      const images = imagesIn(views, repository);
      for (const digest of digests) {
        const expiry = soon(expiryOf(digest, images, rules), now);
        const command = { type: 'ForeseeExpiry', digest, repository, expiry, now } as const;
        written += (await send(tools.store, image, imageStream(digest), command, now)).events
          .length;
      }
    } catch (error) {
      if (!isGatewayError(error)) throw error;
      held.push(`${repository}: its lifecycle policy cannot be read: ${error.code}`);
    }
  }
  return { written, refused: [], held };
};

const soon = (expiry: Expiry, now: Instant): Expiry => {
  const isFar =
    (expiry.when === 'at' && expiry.at - now >= soonMs) ||
    (expiry.when === 'pushes' && expiry.pushesLeft > soonPushes);
  return isFar ? { when: 'never' } : expiry;
};

const isOfUse = (rollout: Rollout, now: Instant): boolean =>
  !hasEnded(rollout) || now - (rollout.endedAt ?? now) < rollbackMs;

/** Repository to the digests that its tags held before. */
const replaced = (views: Views, now: Instant): ReadonlyMap<string, readonly Digest[]> => {
  const items = [...views.rollouts.values()]
    .filter((each) => isOfUse(each, now))
    .flatMap(({ images }) => Object.values(images));
  const byRepository = Map.groupBy(items, ({ repository }) => repository);
  return new Map(
    [...byRepository]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([repository, each]) => [
        repository,
        [...new Set(each.map(({ staleDigest }) => staleDigest))].toSorted(),
      ]),
  );
};

/** A tag counts for the image that it was put on last. */
const imagesIn = (views: Views, repository: string): readonly HeldImage[] => {
  const there = [...views.images.values()].filter(({ repositories }) =>
    repositories.includes(repository),
  );
  const pushedUnder = (tag: string, pushes: Readonly<Record<string, Instant>>) =>
    pushes[`${repository}:${tag}`] ?? 0;
  return there.flatMap(({ digest, tags, pushes, pushedAt }) => {
    if (pushedAt === undefined) return [];
    const own = tags.filter((tag) =>
      there.every((other) => pushedUnder(tag, other.pushes) <= pushedUnder(tag, pushes)),
    );
    return [{ digest, tags: own, pushedAt }];
  });
};
