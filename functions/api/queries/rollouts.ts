import { Refusal } from '../../../domain/refusal.ts';
import { rollout, rolloutStream } from '../../../domain/rollout/rollout.ts';
import type { Rollout } from '../../../domain/rollout/rolloutState.ts';
import {
  heldIn,
  tallyImages,
  tallyInstances,
  tallyServices,
} from '../../../domain/rollout/tally.ts';
import type { Views } from '../../../infra/views/views.ts';
import type { FadingImage } from '../contract/rollout.ts';
import type { getRollout, listRollouts, previewRollout } from '../contract/rollouts.ts';
import { pageOf } from '../page.ts';
import { planFor } from '../planFor.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';

export const list: Handle<typeof listRollouts> = async ({ parameters, query }, _caller, tools) => {
  const { views, cluster } = await clusterSight(tools, parameters.cluster);
  const own = [...views.rollouts.values()].filter((each) => each.clusterName === cluster.name);
  const newestFirst = own.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const { items, ...page } = pageOf(newestFirst, orderOf, query);
  return { ...page, items: items.map(summaryOf) };
};

/** Newest first, as text that sorts so. */
const orderOf = ({ plannedAt, rolloutId }: Rollout): string =>
  `${String(Number.MAX_SAFE_INTEGER - plannedAt).padStart(16, '0')} ${rolloutId}`;

export const get: Handle<typeof getRollout> = async ({ parameters }, _caller, tools) => {
  const { cluster, rolloutId } = parameters;
  const { views } = await clusterSight(tools, cluster);
  // From the record: one that was planned a moment ago is in no view yet.
  const { state } = await tools.store.load(rolloutStream(rolloutId), rollout);
  if (state.status === 'none' || state.clusterName !== cluster) {
    throw new Refusal('RolloutNotFound', `${cluster} has no rollout ${rolloutId}`);
  }
  return { ...state, fadingImages: fadingImages(state, views) };
};

export const preview: Handle<typeof previewRollout> = async (asked, caller, tools) => {
  const sight = await clusterSight(tools, asked.parameters.cluster);
  const { command, planToken } = planFor(sight, asked.body, caller);
  const { type: _type, actor: _actor, now: _now, ...plan } = command;
  return { ...plan, planToken };
};

export const summaryOf = (rollout: Rollout) => {
  const { rolloutId, clusterName, status, targets, emergency, plannedAt } = rollout;
  const { startedAt, resumedAt, endedAt, because } = rollout;
  return {
    ...{ rolloutId, clusterName, status, targets, emergency, plannedAt },
    ...(startedAt !== undefined && { startedAt }),
    ...(resumedAt !== undefined && { resumedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(because !== undefined && { because }),
    images: tallyImages(rollout),
    instances: tallyInstances(rollout),
    services: tallyServices(rollout),
    held: heldIn(rollout).length,
  };
};

const fadingImages = (rollout: Rollout, { images }: Views): readonly FadingImage[] =>
  Object.values(rollout.images).flatMap(({ image, staleDigest: digest }): FadingImage[] => {
    const { deletedAt, expiry } = images.get(digest) ?? {};
    if (deletedAt !== undefined) return [{ image, digest, deletedAt }];
    if (expiry === undefined) return [];
    const { rulePriority, expiresAt, pushesLeft, reason } = expiry;
    const told = {
      rulePriority,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(pushesLeft !== undefined && { pushesLeft }),
      ...(reason !== undefined && { reason }),
    };
    return [{ image, digest, expiry: told }];
  });
