import { osReserveDefaultMiB as osReserveMiB } from '../../../domain/fleet/capacity.ts';
import type { FleetView } from '../../../domain/fleet/fleetView.ts';
import { simulatePlacements as simulated } from '../../../domain/placement/simulatePlacements.ts';
import type { ObservedService, ObservedTaskDefinition } from '../../../events/fleet.ts';
import type { simulatePlacements } from '../contract/placements.ts';
import { ProblemError } from '../problem.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';
import { namedInstances } from './placements.ts';

export const simulate: Handle<typeof simulatePlacements> = async (asked, _caller, tools) => {
  const { view, views } = await clusterSight(tools, asked.parameters.cluster);
  const { amis, channels, images } = views;
  const { taskDefinition, service, count, imageBuild } = asked.body;
  const definition = definitionNamed(view, taskDefinition);
  const found = simulated(
    { view, amis, channels, images },
    {
      definition,
      count,
      osReserveMiB,
      ...(service !== undefined && { service: serviceNamed(view, service) }),
      ...(imageBuild !== undefined && { imageBuild }),
    },
  );
  if ('unreadable' in found) throw new ProblemError('PlacementUnreadable', found.unreadable);
  const { placed, unplaced, firstUnplaced } = found;
  const byArn = new Map(
    namedInstances(view, new Set(placed.keys())).map((each) => [each.containerInstanceArn, each]),
  );
  return {
    taskDefinitionArn: definition.taskDefinitionArn,
    placed: count - unplaced,
    unplaced,
    instances: [...placed].map(([containerInstanceArn, tasks]) => ({
      ...(byArn.get(containerInstanceArn) ?? { containerInstanceArn }),
      tasks,
    })),
    firstUnplaced,
  };
};

/** Throws `ProblemError` for one that no service and no task has brought into view. */
const definitionNamed = (view: FleetView, named: string): ObservedTaskDefinition => {
  const known = [...view.taskDefinitions.values()].toSorted((a, b) => b.revision - a.revision);
  const found = known.find(
    ({ taskDefinitionArn, family, revision }) =>
      taskDefinitionArn === named || `${family}:${revision}` === named || family === named,
  );
  if (found !== undefined) return found;
  const families = [...new Set(known.map(({ family }) => family))].toSorted().slice(0, 8);
  const detail = `${named} is not known in ${view.clusterName}; some are: ${families.join(', ')}`;
  throw new ProblemError('TaskDefinitionNotFound', detail);
};

const serviceNamed = (view: FleetView, named: string): ObservedService => {
  const services = [...view.services.values()];
  const found = services.find(
    ({ serviceName, serviceArn }) => serviceName === named || serviceArn === named,
  );
  if (found !== undefined) return found;
  const names = services.map(({ serviceName }) => serviceName).toSorted();
  const known = names.slice(0, 8).join(', ') || 'none';
  throw new ProblemError('TaskNotFound', `there is no service ${named}; some are: ${known}`);
};
