import * as z from 'zod';
import { fact } from './fact.ts';
import { ContainerInstanceArn, Ec2InstanceId, EffectId, Instant } from './ids.ts';

// Stream ghosts#<cluster name>: container instances whose machine is gone for good.

export const GhostEvent = z.discriminatedUnion('type', [
  /** Intent: `DeregisterContainerInstance` with `force`, after EC2 has proved its end. */
  fact('GhostDeregistrationIntended', {
    containerInstanceArn: ContainerInstanceArn,
    ec2InstanceId: Ec2InstanceId,
    proof: z.enum(['terminated', 'notFound']),
    effectId: EffectId,
    intendedAt: Instant,
  }),
  fact('GhostDeregistered', {
    containerInstanceArn: ContainerInstanceArn,
    effectId: EffectId,
    deregisteredAt: Instant,
  }),
  /** ECS refused it, or it turned out to be no ghost. */
  fact('GhostDeregistrationFailed', {
    containerInstanceArn: ContainerInstanceArn,
    effectId: EffectId,
    reason: z.string(),
    failedAt: Instant,
  }),
]);
export type GhostEvent = z.infer<typeof GhostEvent>;
