import * as z from 'zod';
import { drainReasons, endings, verdicts } from '../../../domain/draining/drainPlan.ts';
import { ContainerInstanceArn } from '../../../events/ids.ts';
import { NearMiss } from '../../../events/placement.ts';
import { question } from './contract.ts';
import { NamedInstance } from './placements.ts';
import { inCluster, list, Moment } from './wire.ts';

const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();

const Span = z
  .object({ low: milliseconds, high: milliseconds })
  .readonly()
  .meta({ id: 'Span', description: 'milliseconds: not sooner, and not later as far as is known' });

const reason = z.enum(drainReasons);
const about = {
  taskArn: z.string(),
  containerInstanceArn: ContainerInstanceArn,
  group: z.string(),
};

const TaskFate = z
  .discriminatedUnion('outcome', [
    z
      .object({
        ...about,
        outcome: z.literal('moved'),
        to: ContainerInstanceArn,
        startsInWave: z.int().min(1).meta({ description: 'of its service' }),
        stopsInWave: z.int().min(1).meta({ description: 'of its service' }),
        bytesToPull: z
          .number()
          .nonnegative()
          .nullable()
          .meta({ description: 'null where the layers of its images are not known' }),
        leavesAfter: Span,
      })
      .readonly(),
    z
      .object({
        ...about,
        outcome: z.literal('ends'),
        because: z.enum(endings),
        leavesAfter: Span.nullable().meta({ description: 'null: after all others have left' }),
      })
      .readonly(),
    z.object({ ...about, outcome: z.literal('stays'), reason, detail: z.string() }).readonly(),
  ])
  .meta({ id: 'TaskFate' });

const Blocker = z
  .object({
    containerInstanceArn: ContainerInstanceArn,
    taskArn: z.string().nullable().meta({ description: 'null: the whole instance' }),
    serviceName: z.string().nullable(),
    reason,
    detail: z.string(),
    nearest: NearMiss.readonly()
      .exactOptional()
      .meta({ description: 'what comes nearest to taking a task that has no room' }),
    until: Moment.exactOptional().meta({ description: 'of a task that is protected' }),
  })
  .readonly()
  .meta({ id: 'DrainBlocker' });

const InstanceOutcome = z
  .object({
    containerInstanceArn: ContainerInstanceArn,
    moved: count,
    ends: count,
    stays: count,
    emptyAfter: Span.nullable().meta({ description: 'null: something stays on it' }),
  })
  .readonly()
  .meta({ id: 'DrainedInstance' });

const ServiceOutcome = z
  .object({
    serviceArn: z.string(),
    serviceName: z.string(),
    desiredCount: count,
    running: count,
    lowest: count.meta({ description: 'fewest tasks that run at any moment of the drain' }),
    lowestPercent: count.meta({ description: 'of the desired count, rounded down' }),
    lowerBound: count,
    upperBound: count,
    waves: count,
    short: count.meta({ description: 'tasks that it goes without until there is room' }),
    wholeAfter: Span.meta({ description: 'until all that finds room elsewhere is healthy' }),
  })
  .readonly()
  .meta({ id: 'DrainedService' });

const DrainPlan = z
  .object({
    verdict: z.enum(verdicts).meta({
      description: 'emptiesShort: a task goes for which there is no room elsewhere',
    }),
    instances: list(InstanceOutcome),
    tasks: list(TaskFate).meta({ description: 'every task on them, once' }),
    services: list(ServiceOutcome),
    blockers: list(Blocker),
    emptyAfter: Span.nullable().meta({ description: 'null: not all of them empty' }),
    assumed: list(z.string()).meta({ description: 'what the times rest on' }),
    named: list(NamedInstance).meta({ description: 'instances that are named above' }),
    planToken: z.string().meta({
      description: 'another one: other tasks are on them, or something else becomes of one',
    }),
  })
  .meta({ id: 'DrainPlan' });

/** So many that the answer stays within what one may be. */
export const instancesMost = 100;

const week = 7 * 24 * 60 * 60 * 1_000;

export const StandalonePolicy = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('wait') }).readonly(),
    z.strictObject({ type: z.literal('protect') }).readonly(),
    z.strictObject({ type: z.literal('stopAfter'), afterMs: z.int().min(0).max(week) }).readonly(),
  ])
  .meta({ id: 'StandalonePolicy', description: 'tasks that no service replaces' });

export const instanceNames = z
  .array(z.string().min(1).max(512))
  .min(1)
  .max(instancesMost)
  .readonly()
  .meta({ description: 'EC2 ids, ids of container instances or their ARNs' });

export const planDrains = question({
  name: 'planDrains',
  path: '/clusters/{cluster}/drains/plan',
  summary: 'What happens if these instances are drained together; nothing moves',
  parameters: inCluster,
  body: z.strictObject({
    instances: instanceNames,
    standalone: StandalonePolicy.optional().meta({
      description: 'waited for where it is left out',
    }),
    lastHealthyTask: z
      .enum(['hold', 'stop'])
      .optional()
      .meta({ description: 'stop: a service may be left without a healthy task' }),
  }),
  answer: DrainPlan,
  problems: ['ClusterNotFound', 'InstanceNotFound'],
});
