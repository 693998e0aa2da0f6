import type {
  ObservedInstance,
  ObservedService,
  ObservedTask,
  ObservedTaskDefinition,
} from '../../events/fleet.ts';
import type { Instant, TaskArn } from '../../events/ids.ts';
import type { Buckets } from './buckets.ts';
import type { DeploymentState, ServiceAction } from './observation.ts';
import type { Told } from './recent.ts';
import { noTombstones, type Tombstones } from './tombstones.ts';

/**
 * `describedAt`: when this very version was described, which orders two descriptions of one
 * version.
 */
export type InstanceRecord = {
  readonly instance: ObservedInstance;
  readonly describedAt?: Instant;
};

export type TargetGroup = {
  readonly targetGroupArn: string;
  readonly deregistrationDelaySeconds: number;
};

/** `expiresAt` is absent where ECS did not say. */
export type Protection = { readonly taskArn: TaskArn; readonly expiresAt?: Instant };

/** What one shard of a cluster runs, as ECS says it. Plain JSON. */
export type FleetShardState = {
  readonly instances: Buckets<InstanceRecord>;
  readonly deregistered: Tombstones;
  readonly tasks: Buckets<ObservedTask>;
  readonly forgotten: Tombstones;
  readonly services: Buckets<ObservedService>;
  readonly taskDefinitions: Buckets<ObservedTaskDefinition>;
  /** By target group ARN. */
  readonly targetGroups: Buckets<TargetGroup>;
  /** By task ARN, those that are protected; one that is not known is not. */
  readonly protections: Buckets<Protection>;
  /** By service ARN, the newest twenty, newest first. */
  readonly serviceActions: Buckets<readonly (ServiceAction & Told)[]>;
  readonly deploymentStates: Buckets<readonly (DeploymentState & Told)[]>;
};

export const emptyShard: FleetShardState = {
  instances: {},
  deregistered: noTombstones,
  tasks: {},
  forgotten: noTombstones,
  services: {},
  taskDefinitions: {},
  targetGroups: {},
  protections: {},
  serviceActions: {},
  deploymentStates: {},
};
