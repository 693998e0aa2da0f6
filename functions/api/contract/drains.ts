import * as z from 'zod';
import { drainWaits } from '../../../domain/rollout/drainsNow.ts';
import { ContainerInstanceArn, RolloutId, TaskArn } from '../../../events/ids.ts';
import { question } from './contract.ts';
import { inCluster, list, Moment, page, paging } from './wire.ts';

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

export const Drain = z
  .object({
    containerInstanceArn: ContainerInstanceArn,
    ec2InstanceId: z.string().exactOptional(),
    status: z.string().nullable().meta({ description: 'null once it is deregistered' }),
    waitsFor: z.enum(drainWaits),
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
      .meta({ description: 'absent where someone else has set it DRAINING' }),
  })
  .readonly()
  .meta({ id: 'Drain' });

export const listDrains = question({
  name: 'listDrains',
  path: '/clusters/{cluster}/drains',
  summary: 'Instances that are being drained or replaced now, and what each waits for',
  parameters: inCluster,
  query: z.strictObject(paging),
  answer: page(Drain),
  problems: ['ClusterNotFound'],
});
