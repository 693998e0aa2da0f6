import { createHash } from 'node:crypto';
import { osReserveDefaultMiB as osReserveMiB } from '../../domain/fleet/capacity.ts';
import { defaultPolicy } from '../../domain/rollout/defaultPolicy.ts';
import { newestTargets } from '../../domain/rollout/planCampaign.ts';
import { planRollout } from '../../domain/rollout/planRollout.ts';
import { rolloutIdFor } from '../ticks/campaign.ts';
import { sightOf } from '../ticks/controlTools.ts';
import { ProblemError } from './problem.ts';
import type { Caller } from './route.ts';
import type { ClusterSight } from './sight.ts';

/**
 * One rollout over everything that runs behind, as a command that is not given yet, and a token of
 * it: another token means that something has moved. Throws `ProblemError` before the first release
 * is known.
 */
export const planFor = (
  { cluster, views }: ClusterSight,
  { emergency = false }: { readonly emergency?: boolean | undefined },
  { actor, now }: Pick<Caller, 'actor' | 'now'>,
) => {
  const newest = newestTargets(views.channels);
  if (newest === undefined) {
    throw new ProblemError('NoReleaseYet', 'no Windows base image release is known yet');
  }
  const command = planRollout(sightOf(views, cluster.name, { osReserveMiB }, now), {
    rolloutId: rolloutIdFor(cluster.name, newest.publishedAt, [...views.rollouts.keys()]),
    targets: newest.targets,
    emergency,
    policy: cluster.policy ?? defaultPolicy,
    actor,
  });
  const { actor: _actor, now: _now, ...plan } = command;
  return { command, planToken: tokenOf(plan) };
};

const tokenOf = (plan: object): string =>
  createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 32);
