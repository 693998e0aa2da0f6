import * as z from 'zod';
import { Budget, DisruptionReason } from '../../../events/disruption.ts';
import { command, question } from './contract.ts';
import { inCluster, list, Moment } from './wire.ts';

const Limit = z
  .object({
    limit: z.enum(['total', 'reason', 'zone', 'service']),
    kind: z.enum(['instance', 'service']),
    name: z.string().meta({ description: 'the reason, the zone or the service' }).exactOptional(),
    total: z.int().meta({ description: 'how many there are' }),
    unavailable: z.int().meta({ description: 'down, and nobody holds a lease on them' }),
    allowed: z.int().meta({ description: 'what the share comes to' }),
    leased: z.int(),
  })
  .meta({ id: 'BudgetLimit' });

const Lease = z
  .object({
    leaseId: z.string(),
    kind: z.enum(['instance', 'service']),
    subject: z.string(),
    reason: DisruptionReason,
    holder: z.string(),
    grantedAt: Moment,
  })
  .meta({ id: 'Lease' });

export const getBudget = question({
  name: 'getBudget',
  path: '/clusters/{cluster}/budget',
  summary: 'How much of a cluster may be disturbed at once, and who disturbs what now',
  parameters: inCluster,
  answer: z
    .object({ budget: Budget, limits: list(Limit), leases: list(Lease) })
    .meta({ id: 'BudgetOfCluster' }),
  problems: ['ClusterNotFound'],
});

const strictShare = z.union([
  z.strictObject({ count: z.int().min(0).max(100_000) }),
  z.strictObject({ percent: z.number().min(0).max(100) }),
]);

export const setBudget = command({
  name: 'setBudget',
  method: 'PUT',
  path: '/clusters/{cluster}/budget',
  summary: 'Set how much may be disturbed at once, whole; a reason that is not listed gets zero',
  parameters: inCluster,
  body: z
    .strictObject({
      instances: strictShare,
      services: strictShare,
      reasons: z
        .array(
          z
            .strictObject({
              reason: DisruptionReason,
              instances: strictShare.optional(),
              services: strictShare.optional(),
            })
            .readonly(),
        )
        .max(DisruptionReason.options.length)
        .readonly(),
      perZone: strictShare.optional(),
      perService: z
        .array(
          z
            .strictObject({ serviceName: z.string().min(1).max(255), instances: strictShare })
            .readonly(),
        )
        .max(500)
        .readonly()
        .optional(),
    })
    .meta({ id: 'NewBudget' }),
  answer: z.object({ budget: Budget, changed: z.boolean() }),
  problems: ['ClusterNotAdopted'],
});
