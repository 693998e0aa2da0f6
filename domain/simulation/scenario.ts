import type { Channel, Flavour } from '../../events/ids.ts';
import type { ServiceStrategy } from './world.ts';

// What a simulated world is made from. Plain data: the same scenario and seed give the same
// history.

/** One layer of a Microsoft image: a baseline, or the cumulative patch on top of it. */
export type BaseLayer = {
  readonly kind: 'base' | 'patch';
  /** The build that this layer brings the image to, `20348.4294`. */
  readonly build: string;
  readonly bytes: number;
  /** Compressed digest as the registry holds it; made up when absent. */
  readonly digest?: string;
};

/** One publication in Microsoft's registry: an index behind floating tags. */
export type BaseRelease = {
  readonly repository: string;
  /** Tags that move to this release. */
  readonly tags: readonly string[];
  /** Tags that are made for this release alone, besides `10.0.B.R` and KB tags. */
  readonly fixedTags?: readonly string[];
  readonly channel: Channel;
  readonly flavour: Flavour;
  readonly build: string;
  readonly kb?: string;
  readonly publishedAt: number;
  readonly createdAt: number;
  readonly layers: readonly BaseLayer[];
  /** What a derived image (IIS, .NET Framework) puts on top. */
  readonly extraLayers?: readonly AppLayer[];
};

/** A floating tag of Microsoft's registry that is set, from `at` on, to a release that is there. */
export type TagMove = {
  readonly repository: string;
  readonly tag: string;
  readonly build: string;
  readonly at: number;
};

export type AppLayer = { readonly name: string; readonly bytes: number };

/** An ECS-optimized Windows AMI behind `/aws/service/ami-windows-latest/<family>`. */
export type AmiRelease = {
  readonly family: string;
  readonly name: string;
  readonly amiId: string;
  readonly build: string;
  readonly publishedAt: number;
};

export type GroupPlan = {
  readonly name: string;
  readonly amiFamily: string;
  /** `WINDOWS_SERVER_2022_CORE`: what the agent registers as `ecs.os-family`. */
  readonly operatingSystemFamily: string;
  readonly channel: Channel;
  readonly instanceType: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly zones: readonly string[];
  /** User data of the group sets `tuesday.os-build`. */
  readonly setsBuildAttribute: boolean;
  readonly bootMinMs: number;
  readonly bootMaxMs: number;
  readonly terminationHook?: { readonly name: string; readonly timeoutMs: number };
  /** Absent: it launches from the newest AMI of its family, and says nothing of a template. */
  readonly launchesFrom?: {
    readonly templateId: string;
    /** As the group names it: `1`, `$Latest` or `$Default`. */
    readonly version: string;
    /** An AMI, or `resolve:ssm:` and the public parameter of a family. */
    readonly image: string;
  };
  /** 0 unless it says otherwise. */
  readonly minSize?: number;
  /** Twice the instances that it begins with, and one at least, unless it says otherwise. */
  readonly maxSize?: number;
};

/** A capacity provider of the cluster. What ECS does by itself for it is not simulated. */
export type CapacityProviderPlan = {
  readonly name: string;
  /** Name of the group that it launches in. */
  readonly group: string;
  /** Percent that ECS keeps the group full; absent: managed scaling is off. */
  readonly targetCapacityPercent?: number;
};

/** An instance that runs when the world begins. */
export type InstancePlan = {
  readonly group: string;
  readonly zone: string;
  readonly amiId: string;
  readonly build: string;
  readonly buildAttribute: boolean;
};

/** How a repository's pipeline answers a request for a rebuild. */
export type Builder = 'answers' | 'fails' | 'silent';

/** One tag of an ECR repository. */
export type RepositoryPlan = {
  readonly repository: string;
  readonly tag: string;
  readonly channel: Channel;
  readonly base: { readonly repository: string; readonly tag: string };
  /** Build of the base it was last built on, and when. */
  readonly build: string;
  readonly pushedAt: number;
  readonly appLayers: readonly AppLayer[];
  readonly builder: Builder;
};

/**
 * An image in a registry that is not simulated on the wire: it runs, but nobody here can read it.
 */
export type VendorImage = {
  readonly image: string;
  readonly build: string;
  readonly bytes: number;
};

export type ContainerPlan = {
  readonly name: string;
  readonly image: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly containerPort?: number;
  /** 0: a port of the range 49152-65535 that ECS picks. */
  readonly hostPort?: number;
};

export type TaskDefinitionPlan = {
  readonly family: string;
  readonly operatingSystemFamily: string;
  readonly networkMode?: 'default' | 'awsvpc';
  readonly containers: readonly ContainerPlan[];
  /** Present for a family whose tasks end by themselves, such as a canary. */
  readonly run?: RunOutcome;
};

export type RunOutcome = { readonly ms: number; readonly exitCode: number };

export type ServicePlan = {
  readonly name: string;
  readonly family: string;
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly circuitBreaker?: { readonly enable: boolean; readonly rollback: boolean };
  /** REPLICA unless it says otherwise; the desired count of a DAEMON follows its instances. */
  readonly schedulingStrategy?: 'REPLICA' | 'DAEMON';
  /** DISABLED unless it says otherwise, as for services made before September 2025. */
  readonly availabilityZoneRebalancing?: 'ENABLED' | 'DISABLED';
  /** Expressions of `memberOf`. */
  readonly placementConstraints?: readonly string[];
  readonly placementStrategy?: readonly ServiceStrategy[];
};

/**
 * An image at or above `imageFrom` fails on an instance below `instanceFrom` of the same channel.
 */
export type BadPair = {
  readonly channel: Channel;
  readonly imageFrom: string;
  readonly instanceFrom: string;
};

export type Rates = {
  readonly downloadBytesPerSecond: number;
  readonly unpackBytesPerSecond: number;
};

export type Delivery = {
  /**
   * Each event waits a drawn time up to this, so that order is not kept. 0: at once and in order.
   */
  readonly latencyMaxMs: number;
  /** Share of events that arrive a second time. */
  readonly duplicatePercent: number;
};

export type Scenario = {
  readonly name: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly account: string;
  readonly region: string;
  readonly clusterName: string;
  readonly releases: readonly BaseRelease[];
  /** What befell floating tags besides their releases, oldest first. */
  readonly tagMoves?: readonly TagMove[];
  readonly amis: readonly AmiRelease[];
  readonly groups: readonly GroupPlan[];
  readonly capacityProviders?: readonly CapacityProviderPlan[];
  readonly instances: readonly InstancePlan[];
  readonly repositories: readonly RepositoryPlan[];
  readonly vendorImages: readonly VendorImage[];
  readonly taskDefinitions: readonly TaskDefinitionPlan[];
  readonly services: readonly ServicePlan[];
  readonly badPairs: readonly BadPair[];
  /** Ordinals (1, 2 ...) of instance launches whose agent never registers. */
  readonly launchesWithoutAgent: readonly number[];
  /** Short losses of the agent's connection, a normal thing, per instance and day. */
  readonly agentBlipsPerDay: number;
  /** How often a service at rest says so again. */
  readonly steadyStateEveryMs?: number;
  readonly rates: Rates;
  readonly delivery: Delivery;
};
