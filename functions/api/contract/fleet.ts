import * as z from 'zod';
import {
  ObservedContainer,
  ObservedDeployment,
  ObservedService,
  ObservedTask,
} from '../../../events/fleet.ts';
import { Channel, ContainerInstanceArn, Ec2InstanceId, WindowsBuild } from '../../../events/ids.ts';
import { question } from './contract.ts';
import { inCluster, list, Moment, page, paging } from './wire.ts';

const count = z.int().nonnegative();

const Build = z
  .discriminatedUnion('status', [
    z
      .object({
        status: z.literal('known'),
        build: WindowsBuild,
        channel: Channel,
        evidence: z.enum(['attribute', 'table', 'inferred']),
      })
      .readonly(),
    z.object({ status: z.literal('unknown'), reason: z.string() }).readonly(),
  ])
  .meta({ id: 'InstanceBuild' });

const notice = { eventId: z.string(), at: Moment };
const Notices = z
  .object({
    interruption: z
      .object({ ...notice, action: z.string() })
      .readonly()
      .exactOptional(),
    rebalance: z.object(notice).readonly().exactOptional(),
    state: z
      .object({ ...notice, state: z.string() })
      .readonly()
      .exactOptional(),
    notFound: z
      .object({ ...notice, since: Moment })
      .readonly()
      .exactOptional(),
    terminationHook: z
      .object({ ...notice, autoScalingGroupName: z.string(), lifecycleHookName: z.string() })
      .readonly()
      .exactOptional(),
  })
  .readonly()
  .meta({ id: 'Ec2Notices', description: 'the newest of each kind' });

const Silence = z
  .object({
    status: z.enum(['ghost', 'silent', 'deregistering']),
    detail: z.string(),
  })
  .readonly()
  .meta({ id: 'Silence', description: 'its agent is silent: what is known of its machine' });

export const Instance = z
  .object({
    kind: z.literal('instance'),
    containerInstanceArn: ContainerInstanceArn,
    ec2InstanceId: Ec2InstanceId.nullable(),
    status: z.string(),
    agentConnected: z.boolean(),
    agentVersion: z.string().nullable(),
    availabilityZone: z.string().nullable(),
    instanceType: z.string().nullable(),
    amiId: z.string().nullable(),
    osFamily: z.string().nullable(),
    build: Build,
    registered: z.object({ cpu: z.number(), memoryMiB: z.number() }).readonly(),
    free: z
      .object({ cpu: z.number(), memoryMiB: z.number(), osReserveMiB: z.number() })
      .readonly()
      .meta({ description: 'memory less the reserve of the operating system' }),
    portsTaken: list(z.int()).meta({
      description: 'those that the agent reserved at registration are left out',
    }),
    tasks: count,
    notices: Notices.nullable(),
    silence: Silence.nullable(),
    version: count,
  })
  .readonly()
  .meta({ id: 'Instance' });
export type Instance = z.output<typeof Instance>;

export const WireService = z
  .object({
    ...ObservedService.shape,
    deployments: list(
      z.object({ ...ObservedDeployment.shape, createdAt: Moment.optional() }).readonly(),
    ),
    describedAt: Moment,
  })
  .readonly()
  .meta({ id: 'ObservedService' });

export const Service = z
  .object({ ...WireService.unwrap().shape, kind: z.literal('service'), tasksSeen: count })
  .readonly()
  .meta({ id: 'Service' });
export type Service = z.output<typeof Service>;

const moments = {
  createdAt: Moment.optional(),
  startedAt: Moment.optional(),
  stoppedAt: Moment.optional(),
};
export const WireTask = z
  .object({ ...ObservedTask.shape, ...moments, containers: list(ObservedContainer.readonly()) })
  .readonly()
  .meta({ id: 'ObservedTask' });

export const Task = z
  .object({ ...WireTask.unwrap().shape, kind: z.literal('task') })
  .readonly()
  .meta({ id: 'Task' });
export type Task = z.output<typeof Task>;

export const getFleet = question({
  name: 'getFleet',
  path: '/clusters/{cluster}/fleet',
  summary: 'How much runs in a cluster, as far as it was told',
  parameters: inCluster,
  answer: z
    .object({
      clusterName: z.string(),
      instances: count,
      services: count,
      runningTasks: count,
      tasks: count.meta({ description: 'those stopped within the hour included' }),
    })
    .meta({ id: 'Fleet' }),
  problems: ['ClusterNotFound'],
});

const text = (most: number) => z.string().min(1).max(most);
const status = z
  .string()
  .regex(/^[A-Z_]{1,40}$/, 'as ECS writes it, such as ACTIVE')
  .optional();

export const listInstances = question({
  name: 'listInstances',
  path: '/clusters/{cluster}/instances',
  summary: 'Container instances, in the order of their ARNs',
  parameters: inCluster,
  query: z.strictObject({
    ...paging,
    status,
    where: text(2_048)
      .optional()
      .meta({ description: 'only those that satisfy this expression (cluster query language)' }),
  }),
  answer: page(Instance).extend({
    notes: list(z.string()).meta({ description: 'what is odd about `where` in this fleet' }),
  }),
  problems: ['ClusterNotFound', 'QueryUnreadable'],
});

export const listServices = question({
  name: 'listServices',
  path: '/clusters/{cluster}/services',
  summary: 'Services, in the order of their ARNs',
  parameters: inCluster,
  query: z.strictObject({ ...paging, status }),
  answer: page(Service),
  problems: ['ClusterNotFound'],
});

export const listTasks = question({
  name: 'listTasks',
  path: '/clusters/{cluster}/tasks',
  summary: 'Tasks, those stopped within the hour included, in the order of their ARNs',
  parameters: inCluster,
  query: z.strictObject({
    ...paging,
    status: status.meta({ description: 'the last status' }),
    service: text(255).optional().meta({ description: 'only the tasks of this service, by name' }),
    instance: ContainerInstanceArn.optional().meta({ description: 'only the tasks on this one' }),
  }),
  answer: page(Task),
  problems: ['ClusterNotFound'],
});
