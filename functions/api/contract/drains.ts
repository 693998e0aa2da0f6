import * as z from 'zod';
import { drainWaits, standingWaits } from '../../../domain/rollout/drainWaits.ts';
import { AfterDrain, AtDeadline, DrainOutcome, DrainReason } from '../../../events/drain.ts';
import { ContainerInstanceArn, RolloutId, TaskArn } from '../../../events/ids.ts';
import { command, question } from './contract.ts';
import { instanceNames, StandalonePolicy } from './drainPlan.ts';
import { HeldItem } from './rollout.ts';
import { inCluster, list, Moment, page, paging, Reason } from './wire.ts';

const TaskLeft = z
  .object({
    taskArn: TaskArn,
    group: z.string(),
    lastStatus: z.string(),
    desiredStatus: z.string(),
    why: z.string().exactOptional().meta({ description: 'what keeps it there, where that shows' }),
  })
  .readonly()
  .meta({ id: 'TaskLeft' });

const DrainStatus = z.enum([
  'waiting',
  'draining',
  'escalated',
  'drained',
  'terminating',
  'restoring',
  'gone',
  'ended',
]);

const AskedDrain = z
  .object({
    status: DrainStatus,
    since: Moment,
    reason: DrainReason,
    actor: z.string(),
    because: z.string().exactOptional(),
    deadlineAt: Moment,
    atDeadline: AtDeadline,
    standalone: StandalonePolicy,
    andThen: AfterDrain,
    forcedBecause: z.string().exactOptional(),
    held: list(HeldItem).meta({ description: 'what it waits for, or what has not left' }),
    outcome: DrainOutcome.exactOptional(),
    detail: z.string().exactOptional().meta({ description: 'how it came to that outcome' }),
  })
  .readonly()
  .meta({ id: 'AskedDrain' });

export const Drain = z
  .object({
    containerInstanceArn: ContainerInstanceArn,
    ec2InstanceId: z.string().exactOptional(),
    status: z.string().nullable().meta({ description: 'null once it is deregistered' }),
    waitsFor: z.enum([...drainWaits, ...standingWaits]),
    tasksLeft: list(TaskLeft),
    rollout: z
      .object({
        rolloutId: RolloutId,
        since: Moment,
        deadline: Moment.exactOptional(),
        replacementArn: z.string().exactOptional(),
      })
      .readonly()
      .exactOptional()
      .meta({ description: 'where a rollout drains it' }),
    asked: AskedDrain.exactOptional().meta({
      description: 'where it was asked for beside rollouts; with neither, someone else drains it',
    }),
  })
  .readonly()
  .meta({ id: 'Drain' });

export const listDrains = question({
  name: 'listDrains',
  path: '/clusters/{cluster}/drains',
  summary: 'Instances that are being drained or replaced now, and drains that ended today',
  parameters: inCluster,
  query: z.strictObject(paging),
  answer: page(Drain),
  problems: ['ClusterNotFound'],
});

const Told = z.object({
  containerInstanceArn: ContainerInstanceArn,
  ec2InstanceId: z.string(),
  status: DrainStatus,
  changed: z.boolean(),
});

export const startDrains = command({
  name: 'startDrains',
  method: 'POST',
  path: '/clusters/{cluster}/drains',
  summary: 'Drain instances as soon as budget and windows allow; all of them or none',
  parameters: inCluster,
  body: z.strictObject({
    instances: instanceNames,
    reason: Reason,
    deadlineAt: Moment.meta({ description: 'a week from now at most' }),
    atDeadline: AtDeadline.optional().meta({ description: 'restore where it is left out' }),
    standalone: StandalonePolicy.optional().meta({ description: 'wait where it is left out' }),
    andThen: AfterDrain.optional().meta({ description: 'keepDrained where it is left out' }),
    forcedBecause: Reason.optional().meta({
      description: 'why it goes on although something on it would never leave',
    }),
    planToken: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'a token as a plan gave it')
      .optional()
      .meta({ description: 'of a plan with the same instances and the same standalone policy' }),
  }),
  answer: z.object({ drains: list(Told) }),
  problems: [
    'ClusterNotFound',
    'InstanceNotFound',
    'ClusterNotDriven',
    'DrainInvalid',
    'DrainUnderWay',
    'DrainNotPossible',
    'DrainDeadlocked',
    'PlanChanged',
  ],
});

const InstanceName = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'an EC2 id or that of an instance');

export const undoDrain = command({
  name: 'undoDrain',
  method: 'POST',
  path: '/clusters/{cluster}/drains/{instance}/undo',
  summary: 'Call a drain off while it waits; set the instance ACTIVE again where it has begun',
  parameters: inCluster.extend({ instance: InstanceName }),
  body: z.strictObject({ reason: Reason }),
  answer: Told,
  problems: ['ClusterNotFound', 'DrainNotFound', 'DrainNotPossible'],
});
