import * as z from 'zod';
import {
  Channel,
  ContainerInstanceArn,
  Digest,
  TaskArn,
  WindowsBuild,
} from '../../../events/ids.ts';
import { question } from './contract.ts';
import { inCluster, list, Moment, page, paging } from './wire.ts';

const count = z.int().nonnegative();
const Counts = z
  .object({ total: count, current: count, behind: count, unknown: count })
  .readonly()
  .meta({ id: 'ExposureCounts' });

const WaitingFor = z.enum(['ami', 'rebuild', 'rollout']);
const behind = {
  channel: Channel,
  build: WindowsBuild,
  newest: WindowsBuild,
  releasesBehind: count,
  since: Moment,
  hoursBehind: count,
  atLeast: z.boolean(),
  waitingFor: WaitingFor,
};

const UnknownReason = z.enum([
  'NotInspected',
  'InspectionFailed',
  'NotWindows',
  'BuildUnknown',
  'ChannelUnknown',
  'EvidenceConflicts',
  'NoDigest',
  'ChannelNotYetRead',
]);

const Standing = z
  .discriminatedUnion('status', [
    z.object({ status: z.literal('current'), channel: Channel, build: WindowsBuild }).readonly(),
    z.object({ status: z.literal('behind'), ...behind }).readonly(),
    z
      .object({ status: z.literal('unknown'), reason: UnknownReason, detail: z.string() })
      .readonly(),
  ])
  .meta({ id: 'Standing' });

const Summary = z.object({
  tasks: Counts,
  instances: Counts,
  worst: z
    .object({ kind: z.enum(['task', 'instance']), id: z.string(), ...behind })
    .readonly()
    .exactOptional(),
  hoursBehind: z.object({ p50: z.number(), max: z.number() }).readonly().exactOptional(),
});

const Unreadable = z.object({ reason: z.string(), since: Moment }).readonly();

export const ExposedTask = z
  .object({
    kind: z.literal('task'),
    id: TaskArn,
    group: z.string(),
    containerInstanceArn: ContainerInstanceArn.exactOptional(),
    image: z.string().exactOptional(),
    imageDigest: Digest.exactOptional(),
    standing: Standing,
  })
  .readonly()
  .meta({ id: 'ExposedTask' });

export const ExposedInstance = z
  .object({
    kind: z.literal('instance'),
    id: ContainerInstanceArn,
    ec2InstanceId: z.string().exactOptional(),
    instanceStatus: z.string(),
    standing: Standing,
  })
  .readonly()
  .meta({ id: 'ExposedInstance' });

export const Exposure = z
  .object({
    clusterName: z.string(),
    at: Moment,
    cluster: Summary.readonly(),
    channels: list(
      z
        .object({
          channel: Channel,
          newest: WindowsBuild.exactOptional(),
          newestSince: Moment.exactOptional(),
          unreadable: Unreadable.exactOptional(),
          ...Summary.shape,
        })
        .readonly(),
    ),
    services: list(z.object({ group: z.string(), ...Summary.shape }).readonly()),
    unknown: list(
      z
        .object({ reason: UnknownReason, tasks: count, instances: count, example: z.string() })
        .readonly(),
    ),
  })
  .meta({ id: 'Exposure' });

export const getExposure = question({
  name: 'getExposure',
  path: '/clusters/{cluster}/exposure',
  summary: 'What runs behind, by channel and service, and what cannot be judged',
  parameters: inCluster,
  answer: Exposure,
  problems: ['ClusterNotFound'],
});

export const listExposedTasks = question({
  name: 'listExposedTasks',
  path: '/clusters/{cluster}/exposure/tasks',
  summary: 'How each running task stands, in the order of their ARNs',
  parameters: inCluster,
  query: z.strictObject(paging),
  answer: page(ExposedTask),
  problems: ['ClusterNotFound'],
});

export const listExposedInstances = question({
  name: 'listExposedInstances',
  path: '/clusters/{cluster}/exposure/instances',
  summary: 'How each instance stands, in the order of their ARNs',
  parameters: inCluster,
  query: z.strictObject(paging),
  answer: page(ExposedInstance),
  problems: ['ClusterNotFound'],
});
