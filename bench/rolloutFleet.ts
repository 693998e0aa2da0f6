import { fold } from '../domain/decider.ts';
import type { FleetView } from '../domain/fleet/fleetView.ts';
import { defaultPolicy } from '../domain/rollout/defaultPolicy.ts';
import { expectedMs } from '../domain/rollout/expectedDuration.ts';
import { rollout } from '../domain/rollout/rollout.ts';
import type { Rollout } from '../domain/rollout/rolloutState.ts';
import type { ImageState } from '../domain/windows/image.ts';
import type {
  ObservedInstance,
  ObservedService,
  ObservedTask,
  ObservedTaskDefinition,
} from '../events/fleet.ts';
import {
  AmiId,
  ContainerInstanceArn,
  Digest,
  Ec2InstanceId,
  Instant,
  RolloutId,
  ServiceArn,
  TaskArn,
  TaskDefinitionArn,
  WindowsBuild,
} from '../events/ids.ts';
import type { RolloutEvent } from '../events/rollout.ts';
import type { InstanceItem } from '../events/rolloutItems.ts';
import { createRandom } from './random.ts';

// A fleet in which how long an instance takes to replace is log-normal, and in which a planner can
// foretell half of the variance from what it sees: the bytes that its one task has to pull anew.

export const fleet = { instances: 500, medianMs: 15 * 60_000, sigma: 0.3, knownVariance: 0.5 };

export const began = Instant.parse(Date.parse('2025-10-14T18:00:00Z'));
export const clusterName = 'shop';
export const fromBuild = WindowsBuild.parse('20348.4171');
export const toBuild = WindowsBuild.parse('20348.4294');
const channel = 'ltsc2022' as const;
const account = 'arn:aws:ecs:eu-west-1:111122223333';
const registry = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';

export type Replaceable = {
  readonly instance: ObservedInstance & { readonly ec2InstanceId: Ec2InstanceId };
  readonly task: ObservedTask;
  readonly service: ObservedService;
  readonly taskDefinition: ObservedTaskDefinition;
  readonly image: ImageState;
  readonly durationMs: number;
};

/** In random order of their durations; the order of their ARNs says nothing of them. */
export const replaceables = (
  seed: number,
  instances: number = fleet.instances,
): readonly Replaceable[] => {
  const random = createRandom(seed);
  const known = fleet.sigma * Math.sqrt(fleet.knownVariance);
  const unknown = fleet.sigma * Math.sqrt(1 - fleet.knownVariance);
  const leastMs = expectedMs({ tasks: 1, bytesToPull: 0 });
  const msPerByte = expectedMs({ tasks: 1, bytesToPull: 1 }) - leastMs;
  return Array.from({ length: instances }, (_, index) => {
    const foretoldMs = Math.max(leastMs, fleet.medianMs * Math.exp(known * normal(random.next)));
    const bytes = Math.round((foretoldMs - leastMs) / msPerByte);
    const durationMs = Math.round(foretoldMs * Math.exp(unknown * normal(random.next)));
    return { ...described(`${index}`, random.hex(17), bytes), durationMs };
  });
};

/** Box and Muller: two uniform numbers make one that is normal. */
const normal = (next: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

const described = (name: string, hex: string, bytes: number): Omit<Replaceable, 'durationMs'> => {
  const service = `service-${name}`;
  const digest = Digest.parse(`sha256:${name.padStart(64, '0')}`);
  const taskDefinitionArn = TaskDefinitionArn.parse(`${account}:task-definition/${service}:1`);
  const image = `${registry}/${service}:main`;
  const instance = instanceOf(name, hex, fromBuild, began);
  return {
    instance,
    task: taskOf(name, instance, { service, image, digest, taskDefinitionArn }),
    service: serviceOf(service, taskDefinitionArn),
    taskDefinition: {
      taskDefinitionArn,
      family: service,
      revision: 1,
      containers: [{ name: 'app', image, cpu: 1_024, memoryMiB: 2_048, hostPorts: [] }],
      hostPaths: [],
    },
    image: imageOf(digest, bytes),
  };
};

const instanceOf = (
  name: string,
  hex: string,
  build: WindowsBuild,
  registeredAt: Instant,
): ObservedInstance & { readonly ec2InstanceId: Ec2InstanceId } => ({
  containerInstanceArn: ContainerInstanceArn.parse(
    `${account}:container-instance/${clusterName}/${name}`,
  ),
  ec2InstanceId: Ec2InstanceId.parse(`i-${hex}`),
  version: 1,
  status: 'ACTIVE',
  agentConnected: true,
  registered: { cpu: 8_192, memoryMiB: 32_767, tcpPorts: [], udpPorts: [] },
  remaining: { cpu: 7_168, memoryMiB: 30_719, tcpPorts: [], udpPorts: [] },
  attributes: {
    'ecs.os-type': 'windows',
    'ecs.os-family': 'WINDOWS_SERVER_2022_CORE',
    'tuesday.os-build': build,
  },
  registeredAt,
  runningTasksCount: 1,
  pendingTasksCount: 0,
});

/** The one that stands in for `old`, on the new build. */
export const replacementOf = (
  { containerInstanceArn, ec2InstanceId }: Replaceable['instance'],
  now: Instant,
): Replaceable['instance'] => {
  const hex = [...ec2InstanceId.slice(2)].reverse().join('');
  return instanceOf(`${containerInstanceArn.split('/').at(-1)}-new`, hex, toBuild, now);
};

const taskOf = (
  name: string,
  { containerInstanceArn }: ObservedInstance,
  what: {
    readonly service: string;
    readonly image: string;
    readonly digest: Digest;
    readonly taskDefinitionArn: TaskDefinitionArn;
  },
): ObservedTask => ({
  taskArn: TaskArn.parse(`${account}:task/${clusterName}/${name}`),
  version: 1,
  containerInstanceArn,
  taskDefinitionArn: what.taskDefinitionArn,
  group: `service:${what.service}`,
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  containers: [{ name: 'app', image: what.image, imageDigest: what.digest, hostPorts: [] }],
});

const serviceOf = (serviceName: string, taskDefinitionArn: TaskDefinitionArn): ObservedService => ({
  serviceArn: ServiceArn.parse(`${account}:service/${clusterName}/${serviceName}`),
  serviceName,
  status: 'ACTIVE',
  schedulingStrategy: 'REPLICA',
  deploymentController: 'ECS',
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  taskDefinitionArn,
  deployments: [],
  describedAt: began,
});

const imageOf = (digest: Digest, bytes: number): ImageState => ({
  digest,
  repositories: [],
  tags: [],
  pushes: {},
  deletions: {},
  config: { history: [], diffIds: [digest], layers: [{ digest, bytes }] },
  failureReasons: [],
});

export const viewOf = (fleetNow: readonly Replaceable[]): FleetView => ({
  clusterName,
  instances: new Map(fleetNow.map(({ instance: each }) => [each.containerInstanceArn, each])),
  tasks: new Map(fleetNow.map(({ task }) => [task.taskArn, task])),
  services: new Map(fleetNow.map(({ service }) => [service.serviceArn, service])),
  taskDefinitions: new Map(
    fleetNow.map(({ taskDefinition: each }) => [each.taskDefinitionArn, each]),
  ),
  deregistrationDelays: new Map(),
  protectedUntil: new Map(),
  notices: new Map(),
});

/** Planned and started over all of them, the AMI known. */
export const rolloutOver = (all: readonly Replaceable[]): Rollout => {
  const rolloutId = RolloutId.parse('rollout-shop-2025-10-14');
  const instances = all.map(({ instance }): InstanceItem => {
    const { containerInstanceArn, ec2InstanceId } = instance;
    return { containerInstanceArn, ec2InstanceId, channel, fromBuild };
  });
  const amiId = AmiId.parse(`ami-${'0'.repeat(17)}`);
  const facts: readonly RolloutEvent[] = [
    {
      type: 'RolloutPlanned',
      data: {
        rolloutId,
        clusterName,
        targets: [{ channel, build: toBuild }],
        emergency: false,
        policy: defaultPolicy,
        images: [],
        instances,
        services: [],
        held: [],
        plannedAt: began,
        actor: 'bench',
      },
    },
    { type: 'RolloutStarted', data: { startedAt: began, actor: 'bench' } },
    { type: 'InstanceTargetLearnt', data: { channel, amiId, build: toBuild, learntAt: began } },
  ];
  const state = fold(rollout, facts);
  if (state.status === 'none') throw new Error('it was planned');
  return state;
};
