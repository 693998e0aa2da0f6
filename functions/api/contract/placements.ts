import * as z from 'zod';
import {
  ContainerInstanceArn,
  Ec2InstanceId,
  RolloutId,
  WindowsBuild,
} from '../../../events/ids.ts';
import { PlacementExplanation, PlacementRuleName } from '../../../events/placement.ts';
import { question } from './contract.ts';
import { WireService, WireTask } from './fleet.ts';
import { inCluster, list, Moment } from './wire.ts';

const Explanation = PlacementExplanation.readonly().meta({ id: 'PlacementExplanation' });

/** What a person finds in the console by. */
export const NamedInstance = z
  .object({
    containerInstanceArn: z.string(),
    ec2InstanceId: Ec2InstanceId.exactOptional(),
    availabilityZone: z.string().exactOptional(),
  })
  .readonly()
  .meta({ id: 'NamedInstance' });

const Explained = z
  .union([
    z
      .object({
        placement: Explanation,
        findings: list(z.string()).meta({ description: 'what is odd about its constraints' }),
        itsOwn: z
          .union([
            z.object({ rank: z.int().min(1) }).readonly(),
            z.object({ rules: list(PlacementRuleName) }).readonly(),
          ])
          .nullable()
          .meta({ description: 'how the instance that a task is on stands now' }),
      })
      .readonly(),
    z.object({ unexplained: z.string() }).readonly(),
  ])
  .meta({ id: 'TaskExplanation' });

export const RecordedPlacement = z
  .object({
    at: Moment,
    rolloutId: RolloutId,
    because: z.enum(['drain', 'held']),
    placement: Explanation,
  })
  .readonly()
  .meta({ id: 'RecordedPlacement' });

export const explainPlacement = question({
  name: 'explainPlacement',
  path: '/clusters/{cluster}/placements',
  summary: 'Why a task goes where it goes, or what keeps it from going anywhere',
  parameters: inCluster,
  query: z.strictObject({
    task: z.string().min(1).max(512).meta({
      description: 'id or ARN of a task, or the name of a service: the next task of it',
    }),
  }),
  answer: z
    .object({
      subject: z.discriminatedUnion('type', [
        z.object({ type: z.literal('task'), task: WireTask }).readonly(),
        z.object({ type: z.literal('service'), service: WireService }).readonly(),
      ]),
      explained: Explained,
      recorded: list(RecordedPlacement).meta({
        description: 'what was found when something was decided about it, oldest first',
      }),
      instances: list(NamedInstance).meta({ description: 'those that are named above' }),
    })
    .meta({ id: 'PlacementAnswer' }),
  problems: ['ClusterNotFound', 'TaskNotFound', 'TaskNotUnique'],
});

const count = z.int().nonnegative();

export const simulatePlacements = question({
  name: 'simulatePlacements',
  path: '/clusters/{cluster}/placements/simulate',
  summary: 'Where so many more tasks of a definition would go, one after the other; nothing moves',
  parameters: inCluster,
  body: z.strictObject({
    taskDefinition: z
      .string()
      .min(1)
      .max(512)
      .meta({ description: 'ARN, or family and revision, or a family: its newest that is known' }),
    service: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .meta({ description: 'under the constraints and strategies of this service' }),
    count: z.int().min(1).max(1_000),
    imageBuild: WindowsBuild.optional().meta({
      description: 'what its images are built on, where no task of it tells',
    }),
  }),
  answer: z
    .object({
      taskDefinitionArn: z.string(),
      placed: count,
      unplaced: count,
      instances: list(
        z
          .object({
            containerInstanceArn: ContainerInstanceArn,
            ec2InstanceId: Ec2InstanceId.exactOptional(),
            availabilityZone: z.string().exactOptional(),
            tasks: count,
          })
          .readonly(),
      ).meta({ description: 'those that would get some, in the order of their first' }),
      firstUnplaced: Explanation.nullable().meta({
        description: 'of the first task that goes nowhere: why',
      }),
    })
    .meta({ id: 'SimulatedPlacements' }),
  problems: ['ClusterNotFound', 'TaskDefinitionNotFound', 'TaskNotFound', 'PlacementUnreadable'],
});
