import type { FleetView } from '../../domain/fleet/fleetView.ts';
import type { AmiState } from '../../domain/windows/ami.ts';
import { channelOfBuild } from '../../domain/windows/build.ts';
import type { ChannelState } from '../../domain/windows/channelState.ts';
import type { ImageState } from '../../domain/windows/image.ts';
import type {
  ObservedDeployment,
  ObservedInstance,
  ObservedService,
  ObservedTask,
  ObservedTaskDefinition,
} from '../../events/fleet.ts';
import {
  AmiId,
  type Channel,
  ContainerInstanceArn,
  Digest,
  Ec2InstanceId,
  Instant,
  ServiceArn,
  TaskArn,
  TaskDefinitionArn,
  WindowsBuild,
} from '../../events/ids.ts';

// Small builders with the values of a real month: the Patch Tuesday of October 2025.

const account = 'arn:aws:ecs:eu-west-1:111122223333';
const patchTuesday = Date.parse('2025-10-14T17:00:00Z');

/** Minutes since the October releases. */
export const at = (minutes: number): Instant => Instant.parse(patchTuesday + minutes * 60_000);
export const minutes = (count: number) => count * 60_000;

export const clusterName = 'shop';
export const instanceArn = (name: string) =>
  ContainerInstanceArn.parse(`${account}:container-instance/${clusterName}/${name}`);
export const taskArn = (name: string) => TaskArn.parse(`${account}:task/${clusterName}/${name}`);
export const serviceArn = (name: string) =>
  ServiceArn.parse(`${account}:service/${clusterName}/${name}`);
export const taskDefinitionArn = (name: string) =>
  TaskDefinitionArn.parse(`${account}:task-definition/${name}:1`);

const hexOf = (text: string, digits: number) =>
  Buffer.from(text).toString('hex').slice(-digits).padStart(digits, '0');
export const ec2Id = (name: string) => Ec2InstanceId.parse(`i-${hexOf(name, 17)}`);
export const amiId = (name: string) => AmiId.parse(`ami-${hexOf(name, 17)}`);
export const digest = (name: string) => Digest.parse(`sha256:${hexOf(name, 64)}`);

/** September and October 2025 as Microsoft published them. */
export const september = WindowsBuild.parse('20348.4171');
export const october = WindowsBuild.parse('20348.4294');
export const september2019 = WindowsBuild.parse('17763.7792');
export const october2019 = WindowsBuild.parse('17763.7919');

const osFamily: Record<Channel, string> = {
  ltsc2016: 'WINDOWS_SERVER_2016_FULL',
  ltsc2019: 'WINDOWS_SERVER_2019_CORE',
  ltsc2022: 'WINDOWS_SERVER_2022_CORE',
  ltsc2025: 'WINDOWS_SERVER_2025_CORE',
};
const channelOf = (build: WindowsBuild): Channel => channelOfBuild(build) ?? 'ltsc2022';

/** An m5.2xlarge whose agent is connected, on `build`. */
export const anInstance = (
  name: string,
  {
    build = september,
    ...fields
  }: Partial<ObservedInstance> & { readonly build?: WindowsBuild } = {},
): ObservedInstance => ({
  containerInstanceArn: instanceArn(name),
  ec2InstanceId: ec2Id(name),
  version: 1,
  status: 'ACTIVE',
  agentConnected: true,
  registered: { cpu: 8192, memoryMiB: 32_767, tcpPorts: [], udpPorts: [] },
  remaining: { cpu: 8192, memoryMiB: 32_767, tcpPorts: [], udpPorts: [] },
  attributes: {
    'ecs.os-type': 'windows',
    'ecs.os-family': osFamily[channelOf(build)],
    'tuesday.os-build': build,
  },
  registeredAt: at(-60 * 24 * 30),
  ...fields,
});

export const imageName = (service: string) =>
  `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${service}:stable`;

/** A running task of `service`, on the September build of its image unless told otherwise. */
export const aTask = (
  name: string,
  {
    service = 'orders',
    on,
    image = imageName(service),
    imageDigest = digest(`${service} september`),
    ...fields
  }: Partial<ObservedTask> & {
    readonly service?: string;
    readonly on?: string;
    readonly image?: string;
    readonly imageDigest?: Digest;
  } = {},
): ObservedTask => ({
  taskArn: taskArn(name),
  version: 1,
  ...(on === undefined ? {} : { containerInstanceArn: instanceArn(on) }),
  taskDefinitionArn: taskDefinitionArn(service),
  group: `service:${service}`,
  startedBy: 'ecs-svc/1',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  createdAt: at(-600),
  startedAt: at(-595),
  containers: [{ name: 'app', image, imageDigest, hostPorts: [] }],
  ...fields,
});

export const aDeployment = (
  id: string,
  fields: Partial<ObservedDeployment> = {},
): ObservedDeployment => ({
  id,
  status: 'PRIMARY',
  taskDefinitionArn: taskDefinitionArn('orders'),
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  failedTasks: 0,
  rolloutState: 'COMPLETED',
  ...fields,
});

/** What Tuesday writes on a service whose images run on September and on October. */
export const enforced = [
  { type: 'memberOf', expression: 'attribute:tuesday.os-build in [20348.4171, 20348.4294]' },
];

/** Two tasks, minimum 50%, maximum 200%, at rest on deployment `ecs-svc/1`, constrained. */
export const aService = (name: string, fields: Partial<ObservedService> = {}): ObservedService => ({
  serviceArn: serviceArn(name),
  serviceName: name,
  status: 'ACTIVE',
  schedulingStrategy: 'REPLICA',
  deploymentController: 'ECS',
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  minimumHealthyPercent: 50,
  maximumPercent: 200,
  taskDefinitionArn: taskDefinitionArn(name),
  deployments: [aDeployment('ecs-svc/1')],
  placementConstraints: enforced,
  describedAt: at(0),
  ...fields,
});

/** One container of 1 vCPU and 2 GiB. */
export const aTaskDefinition = (
  name: string,
  { cpu = 1024, memoryMiB = 2048 }: { readonly cpu?: number; readonly memoryMiB?: number } = {},
): ObservedTaskDefinition => ({
  taskDefinitionArn: taskDefinitionArn(name),
  family: name,
  revision: 1,
  containers: [{ name: 'app', image: imageName(name), cpu, memoryMiB, hostPorts: [] }],
  hostPaths: [],
});

const byKey = <T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [key(item), item]));

/**
 * What runs where. Every service named by a task or a service gets a task definition if none is
 * given.
 */
export const aFleet = ({
  instances = [],
  tasks = [],
  services = [],
  taskDefinitions,
}: {
  readonly instances?: readonly ObservedInstance[];
  readonly tasks?: readonly ObservedTask[];
  readonly services?: readonly ObservedService[];
  readonly taskDefinitions?: readonly ObservedTaskDefinition[];
} = {}): FleetView => {
  const names = [...services.map((each) => each.serviceName), ...tasks.map(familyOf)];
  const definitions = taskDefinitions ?? [...new Set(names)].map((name) => aTaskDefinition(name));
  return {
    clusterName,
    instances: byKey(instances, (each) => each.containerInstanceArn),
    tasks: byKey(tasks, (each) => each.taskArn),
    services: byKey(services, (each) => each.serviceArn),
    taskDefinitions: byKey(definitions, (each) => each.taskDefinitionArn),
    deregistrationDelays: new Map(),
    protectedUntil: new Map(),
    notices: new Map(),
  };
};

const familyOf = ({ taskDefinitionArn: arn }: ObservedTask) =>
  arn.slice(arn.indexOf('/') + 1, arn.lastIndexOf(':'));

/**
 * `windows/servercore` of the channel of `builds`, published one after another, the last one at
 * minute 0.
 */
export const aChannel = (...builds: readonly WindowsBuild[]): ChannelState => {
  const channel = channelOf(builds[0] ?? october);
  const releases = builds.map((build, index) => ({
    build,
    digest: digest(`servercore ${build}`),
    kind: 'B' as const,
    publishedAt: at((index - builds.length + 1) * 60 * 24 * 28),
  }));
  const newest = releases.at(-1);
  return {
    repository: 'windows/servercore',
    tag: channel,
    channel,
    ...(newest === undefined ? {} : { newest }),
    releases,
    anomalies: [],
    diffIdsByBuild: {},
  };
};

/** The Core family of the channel of `builds`, one AMI each. */
export const anAmiFamily = (...builds: readonly WindowsBuild[]): AmiState => {
  const channel = channelOf(builds[0] ?? october);
  const family = `Windows_Server-${channel.slice(4)}-English-Core-ECS_Optimized`;
  const amis = builds.map((build, index) => ({
    amiId: amiId(build),
    name: `${family}-2025.${String(9 + index).padStart(2, '0')}.15`,
    build,
    evidence: 'table' as const,
    publishedAt: at(index),
  }));
  const newest = amis.at(-1);
  return { family, channel, amis, ...(newest === undefined ? {} : { newest }) };
};

/** The image of `service` on `build`, pushed under the tag that its tasks name. */
export const anImage = (
  service: string,
  build: WindowsBuild,
  { name, pushedAt = at(-1000) }: { readonly name?: string; readonly pushedAt?: Instant } = {},
): ImageState => {
  const month = build === october || build === october2019 ? 'october' : 'september';
  const image = imageName(service);
  const repository = image.slice(0, image.lastIndexOf(':'));
  return {
    digest: digest(name ?? `${service} ${month}`),
    repositories: [repository],
    tags: ['stable'],
    pushedAt,
    pushes: { [image]: pushedAt },
    deletions: {},
    config: { osVersion: `10.0.${build}`, history: [], diffIds: [], layers: [] },
    failureReasons: [],
  };
};

export const imagesOf = (...images: readonly ImageState[]): ReadonlyMap<string, ImageState> =>
  byKey(images, (each) => each.digest);
