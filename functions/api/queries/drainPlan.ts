import type { DrainPlan } from '../../../domain/draining/drainPlan.ts';
import type { planDrains } from '../contract/drainPlan.ts';
import { instancesNamed } from '../instancesNamed.ts';
import { plannedDrain } from '../plannedDrain.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';
import { namedInstances } from './placements.ts';

export const plan: Handle<typeof planDrains> = async ({ parameters, body }, { now }, tools) => {
  const sight = await clusterSight(tools, parameters.cluster);
  const asked = {
    instances: instancesNamed(sight.view, body.instances),
    standalone: body.standalone ?? { type: 'wait' as const },
    lastHealthyTask: body.lastHealthyTask ?? ('hold' as const),
  };
  const { plan: found, planToken } = plannedDrain(sight, asked, now);
  return { ...found, named: namedInstances(sight.view, namedIn(found)), planToken };
};

const namedIn = ({ instances, tasks, blockers }: DrainPlan): ReadonlySet<string> =>
  new Set([
    ...instances.map(({ containerInstanceArn }) => containerInstanceArn),
    ...tasks.flatMap((fate) => (fate.outcome === 'moved' ? [fate.to] : [])),
    ...blockers.flatMap(({ nearest }) => nearest?.nearestInstanceArn ?? []),
  ]);
