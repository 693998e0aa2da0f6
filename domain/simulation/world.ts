import type { Chance } from './chance.ts';
import type { LaunchTemplate } from './launchTemplates.ts';
import type {
  AmiRelease,
  BadPair,
  BaseRelease,
  Builder,
  CapacityProviderPlan,
  Delivery,
  GroupPlan,
  Rates,
  RunOutcome,
  TagMove,
} from './scenario.ts';
import type { Due, Timer } from './timers.ts';

// The whole simulated AWS as plain data: JSON in, JSON out, the same world. Functions of this room
// change it in place.

export type Layer = { digest: string; diffId: string; bytes: number };

/** What an instance needs to know of an image. */
export type ImageContent = {
  /** `20348.4294`: the truth, also where a config cannot be read. */
  build: string;
  layers: Layer[];
  /** Its tasks never start. */
  bad: boolean;
};

export type EcrImage = ImageContent & {
  repository: string;
  digest: string;
  tags: string[];
  manifest: string;
  configDigest: string;
  config: string;
  pushedAt: number;
};

export type AppTag = {
  repository: string;
  tag: string;
  channel: string;
  base: { repository: string; tag: string };
  appLayers: { name: string; bytes: number }[];
  builder: Builder;
  builds: number;
};

/** One repository of Microsoft's registry. */
export type BaseRepository = {
  tags: Record<string, string>;
  /** Indexes and manifests by digest. */
  manifests: Record<string, { mediaType: string; body: string }>;
  blobs: Record<string, string>;
  /** By index digest. */
  contents: Record<string, ImageContent & { configDigest: string }>;
  /** `<floating tag>@<build>` to the index digest published for it, also after the tag moved on. */
  releases: Record<string, string>;
};

export type Ec2State = 'pending' | 'running' | 'shutting-down' | 'terminated';

export type Lifecycle = 'Pending' | 'InService' | 'Terminating:Wait' | 'Terminating' | 'Terminated';

export type Instance = {
  ec2InstanceId: string;
  /** Absent until the agent has registered. */
  arn: string | null;
  group: string;
  zone: string;
  amiId: string;
  build: string;
  launchedAt: number;
  ec2State: Ec2State;
  lifecycle: Lifecycle;
  hookToken: string | null;
  status: 'ABSENT' | 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  agentConnected: boolean;
  /** No reconnection before this instant. */
  agentBackAt: number;
  /** The machine is gone though ECS has not been told. */
  ghost: boolean;
  registersNever: boolean;
  version: number;
  attributes: Record<string, string | null>;
  registeredAt: number;
  cpu: number;
  memoryMiB: number;
  cpuUsed: number;
  memoryUsedMiB: number;
  tcpPorts: number[];
  /** ARNs of its tasks that have not stopped. */
  tasks: string[];
  /** Counts every change of what its tasks hold, or are to become. */
  taskChanges: number;
  /** Layers by diff id, with the instant at which they are unpacked. */
  layers: Record<string, number>;
  downloadFreeAt: number;
  unpackFreeAt: number;
  bytesPulled: number;
  /** Steps that wait for the agent. */
  held: Due[];
};

export type Container = {
  name: string;
  id: string;
  image: string;
  digest: string | null;
  cpu: number;
  memoryMiB: number;
  runtimeId: string | null;
  hostPort: number | null;
  containerPort: number | null;
  exitCode: number | null;
  reason: string | null;
};

export type LastStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export type Task = {
  arn: string;
  service: string | null;
  deployment: string | null;
  group: string;
  startedBy: string | null;
  taskDefinition: string;
  ec2InstanceId: string;
  containerInstanceArn: string;
  zone: string;
  lastStatus: LastStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  version: number;
  createdAt: number;
  pullStartedAt: number | null;
  pullStoppedAt: number | null;
  startedAt: number | null;
  stoppingAt: number | null;
  stoppedAt: number | null;
  stopCode: string | null;
  stoppedReason: string | null;
  healthy: boolean;
  networkInterface: boolean;
  containers: Container[];
};

export type TaskDefinition = {
  arn: string;
  family: string;
  revision: number;
  operatingSystemFamily: string | null;
  networkMode: string | null;
  /** `containerDefinitions` exactly as registered. */
  containerDefinitions: ContainerDefinition[];
  /** Other members of the request, kept for DescribeTaskDefinition. */
  rest: Record<string, unknown>;
  registeredAt: number;
};

export type ContainerDefinition = {
  name: string;
  image: string;
  cpu?: number;
  memory?: number;
  memoryReservation?: number;
  /** One that is `cmd /C exit <code>` ends at once. */
  command?: string[];
  portMappings?: { containerPort?: number; hostPort?: number; protocol?: string }[];
};

export type Deployment = {
  id: string;
  status: 'PRIMARY' | 'ACTIVE';
  taskDefinition: string;
  createdAt: number;
  updatedAt: number;
  failedTasks: number;
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
  /** Image as written in the task definition to the digest it was pinned to by the first task. */
  pinned: Record<string, string>;
};

export type ServiceConstraint = {
  readonly type: 'memberOf' | 'distinctInstance';
  readonly expression?: string;
};

/** `field` is empty where the type has none. */
export type ServiceStrategy = {
  readonly type: 'spread' | 'binpack' | 'random';
  readonly field: string;
};

export type Service = {
  name: string;
  arn: string;
  taskDefinition: string;
  desiredCount: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  circuitBreaker: { enable: boolean; rollback: boolean };
  schedulingStrategy: 'REPLICA' | 'DAEMON';
  availabilityZoneRebalancing: 'ENABLED' | 'DISABLED';
  /** The task that was started to balance the zones, until it is healthy. */
  rebalancingTask: string | null;
  placementConstraints: ServiceConstraint[];
  placementStrategy: ServiceStrategy[];
  createdAt: number;
  deployments: Deployment[];
  lastCompleted: { id: string; taskDefinition: string; pinned: Record<string, string> } | null;
  events: { id: string; createdAt: number; message: string }[];
  tasks: string[];
  evaluateAt: number | null;
  steady: boolean;
  stuck: boolean;
  startFailures: number;
  throttledUntil: number;
  placementFailures: number;
  placementFailureSaidAt: number;
};

export type Group = GroupPlan & {
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  /** What its owner declares as its desired capacity, in Terraform and the like. */
  declaredCapacity: number;
  template?: LaunchTemplate;
  instances: string[];
  reconcileAt: number | null;
};

/** One event on its way to, or in, the outbox: an EventBridge envelope under a growing sequence. */
export type OutboxEvent = { sequence: number; event: unknown };

export type World = {
  name: string;
  now: number;
  chance: Chance;
  timers: Timer[];
  timerSequence: number;
  account: string;
  region: string;
  clusterName: string;
  clusterArn: string;
  scheduledReleases: BaseRelease[];
  scheduledTagMoves: TagMove[];
  /** By task ARN, until when it is protected from scale-in. */
  protections: Record<string, number>;
  /** Grows with every change of what Microsoft's registry and AWS's AMI parameters say. */
  publications: number;
  registry: Record<string, BaseRepository>;
  scheduledAmis: AmiRelease[];
  amis: AmiRelease[];
  /** AMI ids that their owner has made private: nobody else sees them or launches from them. */
  privateAmis: string[];
  groups: Record<string, Group>;
  capacityProviders: readonly CapacityProviderPlan[];
  launches: number;
  launchesWithoutAgent: number[];
  instances: Record<string, Instance>;
  /** Container instance ARN to EC2 instance id. */
  containerInstances: Record<string, string>;
  taskDefinitions: Record<string, TaskDefinition>;
  revisions: Record<string, number>;
  runs: Record<string, RunOutcome>;
  services: Record<string, Service>;
  tasks: Record<string, Task>;
  /** `clientToken` of RunTask to what it made, for 24 hours. */
  tokens: Record<string, { request: string; tasks: string[] }>;
  appTags: Record<string, AppTag>;
  ecr: Record<string, EcrImage>;
  vendorImages: Record<string, ImageContent>;
  builds: Record<
    string,
    { effectId: string; repository: string; tag: string; toBuild: string; tries: number }
  >;
  badPairs: BadPair[];
  rates: Rates;
  delivery: Delivery;
  agentBlipsPerDay: number;
  steadyStateEveryMs: number;
  bytesPulled: number;
  outbox: OutboxEvent[];
  outboxSequence: number;
};
