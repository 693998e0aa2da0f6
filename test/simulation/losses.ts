import type { GroundTruth } from '../../domain/simulation/groundTruth.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { AuditedCall, AuditStep } from './audit.ts';

/**
 * What was lost in a step that nobody at Tuesday asked for, read from the truth before and after.
 * `cleared`: machines that an operator took away; what ECS was made to forget is lost to it too. A
 * service has lost what ran on a lost instance at any moment of the step.
 */
export const lossesBetween = (
  { before, after, from }: { before: GroundTruth; after: GroundTruth; from: number },
  calls: readonly AuditedCall[],
  cleared: readonly string[],
  world: World,
): AuditStep['losses'] => {
  const now = new Map(after.instances.map((each) => [each.ec2InstanceId, each]));
  const ended = new Set(
    calls.flatMap(({ operation, input }) =>
      operation === 'TerminateInstanceInAutoScalingGroup'
        ? [(input as { InstanceId: string }).InstanceId]
        : [],
    ),
  );
  const lost = before.instances.filter(({ ec2InstanceId, alive, agentConnected }) => {
    const found = now.get(ec2InstanceId);
    if (found === undefined) return !ended.has(ec2InstanceId);
    return (alive && !found.alive) || (agentConnected && !found.agentConnected);
  });
  const forgotten = calls.flatMap(({ operation, input, took }) => {
    if (operation !== 'DeregisterContainerInstance' || !took) return [];
    const arn = (input as { containerInstance: string }).containerInstance;
    return before.instances.flatMap((each) => (each.arn === arn ? [each.ec2InstanceId] : []));
  });
  const names = lost.map(({ ec2InstanceId }) => ec2InstanceId);
  const instances = new Set([...names, ...cleared, ...forgotten]);
  const services = Object.values(world.tasks).flatMap(({ service, ec2InstanceId, stoppedAt }) =>
    service !== null && instances.has(ec2InstanceId) && (stoppedAt ?? from) >= from
      ? [service]
      : [],
  );
  return { instances: [...instances], services: [...new Set(services)] };
};
