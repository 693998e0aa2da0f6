import * as z from 'zod';
import type { ObservedInstance, Resources } from '../fleet.ts';
import { ClusterArn, ContainerInstanceArn, Ec2InstanceId } from '../ids.ts';
import type { Told } from './envelope.ts';
import { eventKind } from './eventKind.ts';
import { OptionalMoment } from './moment.ts';
import { present } from './present.ts';
import { Word } from './text.ts';

const Resource = z.object({
  name: Word,
  integerValue: z.number().nonnegative().nullish(),
  stringSetValue: z.array(z.string().max(16)).max(1_000).nullish(),
});

/** `PORTS` and `PORTS_UDP` list the ports that are taken (ECS API Reference, ContainerInstance). */
const ResourceList = z
  .array(Resource)
  .max(100)
  .transform(
    (resources): Resources => ({
      cpu: resources.find(({ name }) => name === 'CPU')?.integerValue ?? 0,
      memoryMiB: resources.find(({ name }) => name === 'MEMORY')?.integerValue ?? 0,
      tcpPorts: portsOf(resources, 'PORTS'),
      udpPorts: portsOf(resources, 'PORTS_UDP'),
    }),
  );

const portsOf = (resources: readonly z.infer<typeof Resource>[], name: string) => {
  const texts = resources.find((resource) => resource.name === name)?.stringSetValue ?? [];
  const ports = texts.map(Number).filter((port) => Number.isInteger(port) && port > 0);
  return [...new Set(ports)].toSorted((a, b) => a - b);
};

/**
 * A name alone is a capability of the agent; a name with a value says something about the instance.
 */
const Attributes = z
  .array(z.object({ name: z.string().max(512), value: z.string().max(1_024).nullish() }))
  .max(1_000)
  .transform(
    (attributes): Readonly<Record<string, string | null>> =>
      Object.fromEntries(
        attributes
          .filter(({ name }) => name !== '__proto__')
          .map(({ name, value }) => [name, value ?? null]),
      ),
  );

/** A container instance as the event's detail and DescribeContainerInstances both write it. */
export const EcsContainerInstance = z
  .object({
    containerInstanceArn: ContainerInstanceArn,
    // Missing from DescribeContainerInstances, whose caller named the cluster.
    clusterArn: ClusterArn.optional(),
    ec2InstanceId: z.string().max(64).optional(),
    version: z.int().nonnegative(),
    status: Word,
    agentConnected: z.boolean(),
    versionInfo: z.object({ agentVersion: Word.nullish() }).nullish(),
    registeredResources: ResourceList,
    remainingResources: ResourceList,
    attributes: Attributes.default({}),
    capacityProviderName: Word.nullish(),
    registeredAt: OptionalMoment,
    updatedAt: OptionalMoment,
  })
  .transform(({ clusterArn, updatedAt, ...detail }) => {
    const { versionInfo, registeredResources, remainingResources, ...rest } = detail;
    const ec2InstanceId = Ec2InstanceId.safeParse(detail.ec2InstanceId).data;
    const agentVersion = versionInfo?.agentVersion;
    const instance: ObservedInstance = {
      ...present({ ...rest, ec2InstanceId, agentVersion }),
      registered: registeredResources,
      remaining: remainingResources,
    };
    return { clusterArn, updatedAt, instance };
  });

export type EcsContainerInstanceStateChange = Told & {
  readonly kind: 'EcsContainerInstanceStateChange';
  readonly clusterArn: ClusterArn;
  readonly instance: ObservedInstance;
};

/** ECS Developer Guide, ecs_container_instance_events. */
export const ecsContainerInstanceStateChange = eventKind({
  detailType: 'ECS Container Instance State Change',
  source: 'aws.ecs',
  detail: EcsContainerInstance,
  toReading: ({ clusterArn, updatedAt, instance }, told) => {
    if (clusterArn === undefined) {
      return { outcome: 'malformed', field: 'detail.clusterArn', problem: 'is missing' };
    }
    const at = updatedAt ?? told.at;
    const kind = 'EcsContainerInstanceStateChange';
    const event: EcsContainerInstanceStateChange = {
      ...told,
      ...present({ at }),
      kind,
      clusterArn,
      instance,
    };
    return { outcome: 'read', event, clusterArn };
  },
});
