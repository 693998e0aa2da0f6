import * as z from 'zod';
import { fact } from './fact.ts';
import { ClusterArn, Instant } from './ids.ts';
import { RolloutPolicy } from './rolloutPolicy.ts';

// Stream cluster#<cluster name>.

/** Adoption mode (design decision 5). `place` is not offered yet and so is not in the list. */
export const Mode = z.enum(['observe', 'advise', 'drive']);
export type Mode = z.infer<typeof Mode>;

export const ClusterEvent = z.discriminatedUnion('type', [
  fact('ClusterAdopted', {
    clusterArn: ClusterArn,
    clusterName: z.string(),
    account: z.string(),
    region: z.string(),
    /** How many fleet# streams its facts are spread over; fixed for the life of the cluster. */
    shards: z.int().min(1).max(64),
    adoptedAt: Instant,
  }),
  fact('ModeSet', { mode: Mode, actor: z.string(), setAt: Instant }),
  fact('PolicySet', { policy: RolloutPolicy.readonly(), actor: z.string(), setAt: Instant }),
]);
export type ClusterEvent = z.infer<typeof ClusterEvent>;
