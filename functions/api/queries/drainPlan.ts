import type { DrainPlan } from '../../../domain/draining/drainPlan.ts';
import { planDrain } from '../../../domain/draining/planDrain.ts';
import { osReserveDefaultMiB } from '../../../domain/fleet/capacity.ts';
import type { FleetView } from '../../../domain/fleet/fleetView.ts';
import { inHand, isUntriedDrain, type Rollout } from '../../../domain/rollout/rolloutState.ts';
import type { ContainerInstanceArn } from '../../../events/ids.ts';
import type { planDrains } from '../contract/drainPlan.ts';
import { ProblemError } from '../problem.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';
import { namedInstances } from './placements.ts';

export const plan: Handle<typeof planDrains> = async ({ parameters, body }, { now }, tools) => {
  const { view, views, cluster } = await clusterSight(tools, parameters.cluster);
  const { amis, channels, images } = views;
  const found = planDrain({
    fleet: { view, amis, channels, images },
    instances: instancesNamed(view, body.instances),
    osReserveMiB: osReserveDefaultMiB,
    now,
    standalone: body.standalone ?? { type: 'wait' },
    lastHealthyTask: body.lastHealthyTask ?? 'hold',
    drainedByUs: drainedByUs(
      [...views.rollouts.values()].filter(({ clusterName }) => clusterName === cluster.name),
    ),
  });
  return { ...found, named: namedInstances(view, namedIn(found)) };
};

const idOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** Each once; throws `ProblemError` naming every one that is not there. */
const instancesNamed = (
  view: FleetView,
  asked: readonly string[],
): readonly ContainerInstanceArn[] => {
  const byName = new Map<string, ContainerInstanceArn>();
  for (const { containerInstanceArn, ec2InstanceId } of view.instances.values()) {
    byName.set(containerInstanceArn, containerInstanceArn);
    byName.set(idOf(containerInstanceArn), containerInstanceArn);
    if (ec2InstanceId !== undefined) byName.set(ec2InstanceId, containerInstanceArn);
  }
  const absent = [...new Set(asked)].filter((name) => !byName.has(name));
  if (absent.length === 0) return [...new Set(asked.flatMap((name) => byName.get(name) ?? []))];
  const some = [...view.instances.values()]
    .slice(0, 8)
    .map((each) => each.ec2InstanceId ?? idOf(each.containerInstanceArn));
  const known = `some of its instances: ${some.join(', ') || 'none'}`;
  const detail = `not in ${view.clusterName}: ${absent.join(', ')}; ${known}`;
  throw new ProblemError('InstanceNotFound', detail);
};

/** A drain that no executor has begun is not ours: if it is DRAINING, someone else did that. */
const drainedByUs = (rollouts: readonly Rollout[]): ReadonlySet<string> =>
  new Set(
    rollouts.flatMap((rollout) =>
      inHand(rollout)
        .instances.map(({ containerInstanceArn }) => containerInstanceArn)
        .filter((arn) => !isUntriedDrain(rollout, arn)),
    ),
  );

const namedIn = ({ instances, tasks, blockers }: DrainPlan): ReadonlySet<string> =>
  new Set([
    ...instances.map(({ containerInstanceArn }) => containerInstanceArn),
    ...tasks.flatMap((fate) => (fate.outcome === 'moved' ? [fate.to] : [])),
    ...blockers.flatMap(({ nearest }) => nearest?.nearestInstanceArn ?? []),
  ]);
