import * as z from 'zod';
import { fact } from './fact.ts';
import {
  ContainerInstanceArn,
  Digest,
  Ec2InstanceId,
  EffectId,
  Instant,
  LeaseId,
  RolloutId,
  TaskArn,
} from './ids.ts';

// Stream prefetch#<rollout id>: rebuilt images that are pulled onto instances before the services
// that run them are deployed.

export const PrefetchOutcome = z.enum([
  'pulled',
  /** The task did not get so far, or did not end as it ought to. */
  'failed',
  /** Given up: it took too long, the instance left, or the rollout stopped. */
  'givenUp',
]);
export type PrefetchOutcome = z.infer<typeof PrefetchOutcome>;

export const PrefetchEvent = z.discriminatedUnion('type', [
  /** Intent: one task of the image, pinned to the instance, whose command ends at once. */
  fact('PrefetchIntended', {
    rolloutId: RolloutId,
    clusterName: z.string(),
    containerInstanceArn: ContainerInstanceArn,
    ec2InstanceId: Ec2InstanceId,
    /** As ECS names it for the instance, such as WINDOWS_SERVER_2022_CORE. */
    operatingSystemFamily: z.string(),
    /** `<registry>/<path>`, without a tag: it is pulled by its digest. */
    repository: z.string(),
    digest: Digest,
    memoryMiB: z.int().positive(),
    leaseId: LeaseId,
    effectId: EffectId,
    intendedAt: Instant,
  }),
  fact('PrefetchStarted', { effectId: EffectId, taskArn: TaskArn, startedAt: Instant }),
  fact('PrefetchEnded', {
    effectId: EffectId,
    outcome: PrefetchOutcome,
    detail: z.string(),
    endedAt: Instant,
  }),
]);
export type PrefetchEvent = z.infer<typeof PrefetchEvent>;
