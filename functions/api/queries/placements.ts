import { osReserveDefaultMiB } from '../../../domain/fleet/capacity.ts';
import type { FleetView } from '../../../domain/fleet/fleetView.ts';
import {
  type ExplainedSubject,
  explainTask,
} from '../../../domain/placement/explain/explainTask.ts';
import type { PlacementExplanation } from '../../../events/placement.ts';
import type { explainPlacement } from '../contract/placements.ts';
import { ProblemError } from '../problem.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';
import { recordedPlacements } from './recordedPlacements.ts';

export const explain: Handle<typeof explainPlacement> = async (asked, _caller, tools) => {
  const { view, views } = await clusterSight(tools, asked.parameters.cluster);
  const { amis, channels, images } = views;
  const subject = subjectNamed(view, asked.query.task);
  const explained = explainTask({ view, amis, channels, images }, subject, osReserveDefaultMiB);
  const rollouts = [...views.rollouts.values()].filter(
    ({ clusterName }) => clusterName === asked.parameters.cluster,
  );
  const recorded = await recordedPlacements(tools.store, rollouts, subject);
  const told = [
    ...('placement' in explained ? [explained.placement] : []),
    ...recorded.map(({ placement }) => placement),
  ];
  const own = subject.type === 'task' ? [subject.task.containerInstanceArn ?? ''] : [];
  const named = new Set([...own, ...told.flatMap(instancesIn)]);
  return { subject, explained, recorded, instances: namedInstances(view, named) };
};

const instancesIn = ({ candidates, nearMisses, placedOn }: PlacementExplanation) => [
  ...(placedOn === null ? [] : [placedOn]),
  ...candidates.map(({ containerInstanceArn }) => containerInstanceArn),
  ...nearMisses.map(({ nearestInstanceArn }) => nearestInstanceArn),
];

/** Those that are still there, in the order of their ARNs. */
export const namedInstances = (view: FleetView, arns: ReadonlySet<string>) =>
  [...arns].toSorted().flatMap((arn) => {
    const instance = view.instances.get(arn);
    if (instance === undefined) return [];
    const { containerInstanceArn, ec2InstanceId, attributes } = instance;
    const availabilityZone = attributes['ecs.availability-zone'];
    return [
      {
        containerInstanceArn,
        ...(ec2InstanceId !== undefined && { ec2InstanceId }),
        ...(availabilityZone && { availabilityZone }),
      },
    ];
  });

/** Throws `ProblemError` where there is no such task or service, naming what there is. */
const subjectNamed = (view: FleetView, named: string): ExplainedSubject => {
  const tasks = [...view.tasks.values()].filter(
    ({ taskArn }) => taskArn === named || idOf(taskArn).startsWith(named),
  );
  const [task, ...others] = tasks;
  if (task !== undefined && (others.length === 0 || task.taskArn === named)) {
    return { type: 'task', task };
  }
  if (others.length > 0 && named.length >= 4) {
    const most = tasks.slice(0, 3).map(({ taskArn }) => idOf(taskArn));
    const detail = `${named} begins more than one task id: ${most.join(', ')}`;
    throw new ProblemError('TaskNotUnique', detail);
  }
  const name = named.replace(/^service:/, '');
  const services = [...view.services.values()];
  const service = services.find(
    ({ serviceName, serviceArn }) => serviceName === name || serviceArn === named,
  );
  if (service !== undefined) return { type: 'service', service };
  const names = services.map(({ serviceName }) => serviceName).toSorted();
  const known = `its services: ${names.slice(0, 8).join(', ') || 'none'}`;
  const detail = `${named} is neither a task nor a service of ${view.clusterName}; ${known}`;
  throw new ProblemError('TaskNotFound', detail);
};

const idOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
