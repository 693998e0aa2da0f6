import type { Instant, WindowsBuild } from '../../events/ids.ts';
import type { PlacementRuleName } from '../../events/placement.ts';
import type { CompatibilityPolicy } from '../windows/compatibility.ts';
import type { Query } from './query/ast.ts';

/**
 * One question to the engine: where do `tasks` go, one after the other in the order given, each
 * seeing those before it as placed? The order of `instances` and of the tasks on them means
 * nothing.
 */
export type PlacementProblem = {
  readonly instances: readonly PlacementInstance[];
  readonly tasks: readonly PlacementTask[];
  readonly rules: PlacementRules;
};

/** `windows: null` is ECS's documented rules alone, which is what ECS itself applies. */
export type PlacementRules = {
  /**
   * TCP ports that the agent keeps on every instance, whether or not ECS lists them as taken
   * (amazon-ecs-agent, Windows configuration: 53, 135, 139, 445, 2375, 2376, 3389, 5985, 5986,
   * 51678, 51679).
   */
  readonly reservedTcpPorts: readonly number[];
  readonly windows: WindowsRules | null;
};

export type WindowsRules = {
  /** Stays free on every instance, above what ECS knows (design: never overcommitted). */
  readonly osReserveMiB: number;
  /** `null`: builds are not asked about. */
  readonly compatibility: CompatibilityPolicy | null;
};

export type PlacementInstance = {
  /** The container instance ARN. Every tie ends with the lesser id by code unit. */
  readonly id: string;
  readonly ec2InstanceId: string | null;
  /** Only `ACTIVE` takes tasks. */
  readonly status: string;
  readonly agentConnected: boolean;
  /** False for an instance that is new or back and has not yet shown that tasks run on it. */
  readonly isProven: boolean;
  readonly agentVersion: string | null;
  readonly registeredAt: Instant | null;
  /** `null`: an attribute that has no value. */
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly remaining: RemainingResources;
  /** The Windows build; `null`: not known. */
  readonly build: WindowsBuild | null;
  /**
   * Diff ids of the layers seen there; `null`: not known, counted as none. A placement adds
   * nothing: until a pull is seen it has not happened.
   */
  readonly layers: readonly string[] | null;
  /** What `remaining` has been lessened by already. Tasks that have stopped are not listed. */
  readonly tasks: readonly RunningTask[];
};

/** What ECS says is left. */
export type RemainingResources = {
  /** CPU units, 1,024 a vCPU. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /**
   * Network interfaces left for `awsvpc` tasks, without trunking; `null`: not known, taken as 0.
   */
  readonly networkInterfaces: number | null;
  /** Ports *taken*, assigned ones included. The same port twice counts once. */
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
};

export type RunningTask = {
  readonly id: string;
  /** `service:<name>`, or what a standalone task was given. */
  readonly group: string;
  /**
   * One that is to stop still holds its resources and ports, but counts neither for `spread`, nor
   * for `distinctInstance`, `task:group` and `runningTasksCount` (DG: judged by desired status).
   */
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  /** Given back when it is released; static and assigned host ports. */
  readonly holds: HeldResources;
  /** Task scale-in protection. */
  readonly isProtected: boolean;
};

export type HeldResources = {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  readonly networkInterfaces: number;
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
};

export type PlacementTask = {
  readonly id: string;
  readonly group: string;
  /** Needs are summed over all of them, ports are those of all of them. */
  readonly containers: readonly PlacementContainer[];
  /** `awsvpc` needs one network interface and no host port; any other mode the reverse. */
  readonly networkMode: 'awsvpc' | 'default';
  /** What the task definition requires; `value: null`: the name alone. OS family included. */
  readonly requiredAttributes: readonly RequiredAttribute[];
  /** All must hold, in any order. */
  readonly constraints: readonly PlacementConstraint[];
  /** Applied in order, at most five; see `PlacementStrategy`. Empty: none. */
  readonly strategies: readonly PlacementStrategy[];
  /** The instance whose host directories it works on; `null`: none, or any will do. */
  readonly hostVolumeInstanceId: string | null;
  /** Drawn by the caller from [0, 1); read by `random` alone. */
  readonly chance: number;
};

export type PlacementContainer = {
  readonly name: string;
  readonly cpu: number;
  /** Hard limit; `null`: none, which counts as 0 for ECS and is refused by the Windows rules. */
  readonly memoryMiB: number | null;
  readonly gpus: number;
  /** Static host ports; a port that is assigned at start (host port 0) is not listed. */
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
  /** `os.version` of its image; `null`: not known. */
  readonly imageBuild: WindowsBuild | null;
  /** Layers of its image; `null`: not known. The same diff id in two containers is pulled once. */
  readonly layers: readonly ImageLayer[] | null;
};

export type ImageLayer = { readonly diffId: string; readonly bytes: number };

export type RequiredAttribute = { readonly name: string; readonly value: string | null };

/**
 * `distinctInstance`: no task of the same group that is to run is there. `memberOf`: the query
 * holds for the instance as it stands before the placement; `runningTasksCount` and `task:group`
 * see the
 * tasks there whose desired status is RUNNING, those just placed included.
 */
export type PlacementConstraint =
  | { readonly type: 'distinctInstance' }
  | { readonly type: 'memberOf'; readonly query: Query };

/**
 * Each narrows what the one before it left to those with the least score:
 *
 * - `spread`: the number of tasks of the same group that are to run on all instances of the
 * problem,
 *   usable or not, that share with this one the value of this field *and of every attribute spread
 *   before it in the list*. `instanceId` and `host` mean the instance itself. Instances without the
 *   attribute, or with one that has no value, count as one more value.
 * - `binpack`: what remains there of the resource, before the placement.
 * - `random`: with `n` instances in the problem sorted by id, the distance, going up and round,
 * from
 *   the index `floor(chance * n)` to the index of the instance. No two are equal.
 *
 * What is still equal: the fewest bytes to pull (Windows rules only, and only where the layers of
 * all containers are known), then the least id. Bytes to pull are those of the distinct layers that
 * the
 * instance does not hold.
 */
export type PlacementStrategy =
  | {
      readonly type: 'spread';
      readonly field: 'instanceId' | 'host' | `attribute:${string}`;
    }
  | { readonly type: 'binpack'; readonly field: 'cpu' | 'memory' }
  | { readonly type: 'random' };

/**
 * What removes an instance, in the order in which it is asked; the first that applies counts.
 *
 * - `Ports`: a wanted port is taken, or kept by the agent; with the Windows rules TCP 80 too where
 *   the instance has the attribute `com.amazonaws.ecs.capability.task-iam-role`.
 * - `PortLimit`: more than 100 ports would be reserved, TCP and UDP together, the agent's and TCP
 * 80
 *   as above included; ports from 49152 up are not counted. Only asked of tasks that want a port.
 * - `Attribute`: a required attribute is absent or has another value.
 * - From `OsReserve` on, the Windows rules alone. `OsReserve`: it fits only into what Windows
 * itself
 *   needs. `BuildUnknown`: the build of the instance is not known. `BuildMismatch` to `BelowFloor`
 *   are the reasons of `mayRun`, for the first container that has one. `HostVolume`: its
 * directories
 *   are on another instance.
 */
export const placementRules = [
  'NotActive',
  'AgentDisconnected',
  'NotProven',
  'Cpu',
  'Memory',
  'Gpu',
  'Ports',
  'PortLimit',
  'NetworkInterfaces',
  'Attribute',
  'DistinctInstance',
  'MemberOf',
  'OsReserve',
  'BuildUnknown',
  'BuildMismatch',
  'RevisionMustMatch',
  'KnownBadPair',
  'BelowFloor',
  'HostVolume',
] as const satisfies readonly PlacementRuleName[];
export type PlacementRule = PlacementRuleName;

/**
 * What keeps a task off every instance, asked before them and in this order. `PortTwice`: two of
 * its containers, or one of them twice, want one port of one protocol. The others by the Windows
 * rules
 * alone: `NoMemoryLimit`: a container without a hard limit. `DynamicPort`: a static host port from
 * 49152 up, where Windows assigns. `ImageBuildUnknown`: compatibility is asked about and the build
 * of an image is not known. Ports are not looked at in `awsvpc`.
 */
export type TaskFault = 'PortTwice' | 'NoMemoryLimit' | 'DynamicPort' | 'ImageBuildUnknown';

/**
 * How many instances each rule removed, in the order of `placementRules`. On a task with a fault
 * all are zero.
 */
export type RemovedByRule = readonly number[];

export type PlacementDecision = {
  readonly taskId: string;
  /** How many instances the problem has. */
  readonly consideredCount: number;
  readonly removed: RemovedByRule;
} & (
  | {
      readonly outcome: 'placed';
      readonly instanceId: string;
    }
  | { readonly outcome: 'refused'; readonly fault: TaskFault | null }
);
