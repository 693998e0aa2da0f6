import type { GroundTruth } from '../../domain/simulation/groundTruth.ts';
import type { AuditedCall, AuditStep } from './audit.ts';

/** What was lost in a step that nobody at Tuesday asked for, read from the truth before and after. */
export const lossesBetween = (
  before: GroundTruth,
  after: GroundTruth,
  calls: readonly AuditedCall[],
  cleared: readonly string[],
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
  const instances = new Set([...lost.map(({ ec2InstanceId }) => ec2InstanceId), ...cleared]);
  return { instances: [...instances], services: [] };
};
