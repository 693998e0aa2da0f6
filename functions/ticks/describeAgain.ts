import { labelOf } from '../../domain/enforcement/allowed.ts';
import type { EnforcementState } from '../../domain/enforcement/enforcement.ts';
import type { FleetView } from '../../domain/fleet/fleetView.ts';
import type { Observation } from '../../domain/fleet/observation.ts';
import { inHand, type Rollout } from '../../domain/rollout/rolloutState.ts';
import type { Instant } from '../../events/ids.ts';
import type { Views } from '../../infra/views/views.ts';
import { observe, serviceNews } from '../observe.ts';
import type { ControlTools } from './controlTools.ts';

/**
 * Looks again at what a rollout has in its hands, because no event tells the counts of a service,
 * and an event about an instance may be lost. Bounded by the leases: what is not under way is left
 * to the sweep.
 */
export const describeAgain = async (
  { store, ecs, now }: ControlTools,
  views: Views,
  clusterName: string,
): Promise<void> => {
  const cluster = views.clusters.get(clusterName);
  if (cluster === undefined) return;
  const rollouts = [...views.rollouts.values()].filter((each) => each.clusterName === clusterName);
  const view = views.fleet(clusterName);
  const observations: Observation[] = [];
  const at = now();
  const unseen = writtenUnseen(views.enforcement(clusterName), view, at);
  for (const serviceArn of new Set([...servicesInHand(rollouts, at), ...unseen.services])) {
    const service = await ecs.describeService(cluster.arn, serviceArn, now());
    if (service !== undefined) observations.push(...serviceNews(view, [service]));
  }
  for (const containerInstanceArn of new Set([...instancesInHand(rollouts), ...unseen.instances])) {
    const instance = await ecs.describeInstance(cluster.arn, containerInstanceArn);
    if (instance !== undefined) {
      observations.push({ kind: 'instance', instance, from: 'describe', at: now() });
    }
  }
  if (observations.length === 0) return;
  await observe(store, cluster, observations, now());
};

/** Constraints and attributes that were written since they were last described. */
const writtenUnseen = (
  { done }: EnforcementState,
  { services, instances }: FleetView,
  now: Instant,
): { readonly services: readonly string[]; readonly instances: readonly string[] } => {
  const written = Object.entries(done).filter(
    ([, { failed, at }]) => failed === undefined && at < now,
  );
  return {
    services: written.flatMap(([arn, { at }]) => {
      const describedAt = services.get(arn)?.describedAt;
      return describedAt !== undefined && describedAt <= at ? [arn] : [];
    }),
    instances: written.flatMap(([arn, { builds }]) => {
      const instance = instances.get(arn);
      return instance !== undefined && labelOf(instance) !== builds[0] ? [arn] : [];
    }),
  };
};

/** What was begun at this very moment is left to the next look, as if this one had come first. */
const servicesInHand = (rollouts: readonly Rollout[], now: Instant): readonly string[] =>
  rollouts
    .flatMap((each) => inHand(each).services.filter(({ since }) => since < now))
    .map(({ serviceArn }) => serviceArn)
    .toSorted();

const instancesInHand = (rollouts: readonly Rollout[]): readonly string[] =>
  rollouts
    .flatMap((each) => inHand(each).instances.map((item) => item.containerInstanceArn))
    .toSorted();
