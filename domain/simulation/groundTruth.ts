import { resolveImage } from './images.ts';
import { livingOf } from './instances.ts';
import type { LaunchTemplate } from './launchTemplates.ts';
import type { World } from './world.ts';

/**
 * What is true in the simulated world, whatever anyone has been told: the measure of every
 * invariant.
 */
export type GroundTruth = {
  readonly instances: readonly {
    readonly arn: string;
    readonly ec2InstanceId: string;
    readonly zone: string;
    readonly build: string;
    readonly status: string;
    readonly alive: boolean;
    readonly agentConnected: boolean;
    readonly memoryRegistered: number;
    readonly memoryUsed: number;
    readonly tasks: readonly string[];
  }[];
  /** Absent where nobody asks. */
  readonly groups?: readonly {
    readonly name: string;
    readonly desired: number;
    readonly declared: number;
    readonly maxSize: number;
    /** On their way in, or in service. */
    readonly living: number;
    /** As it is at this moment; absent where the group names no launch template. */
    readonly template?: LaunchTemplate;
  }[];
  readonly services: readonly {
    readonly name: string;
    readonly desired: number;
    readonly minimumHealthyPercent: number;
    readonly maximumPercent: number;
    readonly healthyRunning: number;
    readonly deployments: readonly {
      readonly id: string;
      readonly status: string;
      readonly rolloutState: string;
    }[];
  }[];
  readonly tasks: readonly {
    readonly arn: string;
    readonly service: string | null;
    readonly instance: string;
    readonly image: string;
    readonly digest: string | null;
    /** Of its first container's image; `null` before it was resolved. */
    readonly build: string | null;
    readonly lastStatus: string;
    readonly healthy: boolean;
  }[];
};

export const groundTruth = (world: World): GroundTruth => {
  const tasks = tasksOf(world);
  return {
    instances: Object.values(world.instances)
      .filter(({ status }) => status === 'ACTIVE' || status === 'DRAINING')
      .map((instance) => ({
        arn: instance.arn ?? '',
        ec2InstanceId: instance.ec2InstanceId,
        zone: instance.zone,
        build: instance.build,
        status: instance.status,
        alive: !instance.ghost && instance.ec2State === 'running',
        agentConnected: instance.agentConnected,
        memoryRegistered: instance.memoryMiB,
        memoryUsed: instance.memoryUsedMiB,
        tasks: instance.tasks,
      })),
    groups: Object.values(world.groups).map((group) => ({
      name: group.name,
      desired: group.desiredCapacity,
      declared: group.declaredCapacity,
      maxSize: group.maxSize,
      living: livingOf(world, group).length,
      ...(group.template && {
        template: { ...group.template, versions: [...group.template.versions] },
      }),
    })),
    services: Object.values(world.services).map((service) => ({
      name: service.name,
      desired: service.desiredCount,
      minimumHealthyPercent: service.minimumHealthyPercent,
      maximumPercent: service.maximumPercent,
      healthyRunning: tasks.filter((task) => task.service === service.name && task.healthy).length,
      deployments: service.deployments.map(({ id, status, rolloutState }) => ({
        id,
        status,
        rolloutState,
      })),
    })),
    tasks,
  };
};

const tasksOf = (world: World): GroundTruth['tasks'] =>
  Object.values(world.tasks)
    .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
    .map((task) => {
      const [container] = task.containers;
      const image = container?.image ?? '';
      const digest = container?.digest ?? null;
      const isVendor = world.vendorImages[image] !== undefined;
      const found =
        digest === null && !isVendor ? null : resolveImage(world, image, digest ?? undefined);
      return {
        arn: task.arn,
        service: task.service,
        instance: task.ec2InstanceId,
        image,
        digest,
        build: found?.content.build ?? null,
        lastStatus: task.lastStatus,
        healthy: task.healthy && world.instances[task.ec2InstanceId]?.ghost !== true,
      };
    });
