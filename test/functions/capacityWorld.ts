import { scalingStream } from '../../domain/scaling/clusterCapacity.ts';
import { ClusterArn } from '../../events/ids.ts';
import { observe } from '../../functions/observe.ts';
import { observeCapacity } from '../../functions/ticks/observeCapacity.ts';
import type { AutoScalingGroup } from '../../infra/aws/autoScalingPort.ts';
import type { Ec2Image, LaunchTemplateVersion } from '../../infra/aws/ec2Port.ts';
import type { CapacityProvider, EcsCluster } from '../../infra/aws/ecsCapacityPort.ts';
import { GatewayError } from '../../infra/aws/gateways.ts';
import { followViews } from '../../infra/views/views.ts';
import { anInstance, at, clusterName, ec2Id } from '../support/fleetBuilder.ts';
import { anAutoScaling, anEcs, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, writtenTo } from './record.ts';

export const arnOf = (name: string) =>
  `arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:1:autoScalingGroupName/${name}`;

export const member = (
  name: string,
  fields: Partial<AutoScalingGroup['instances'][number]> = {},
) => ({
  ec2InstanceId: ec2Id(name),
  availabilityZone: 'eu-west-1a',
  lifecycleState: 'InService',
  isHealthy: true,
  protectedFromScaleIn: false,
  ...fields,
});

export const aGroup = (name: string, fields: Partial<AutoScalingGroup> = {}): AutoScalingGroup => ({
  name,
  arn: arnOf(name),
  desiredCapacity: 2,
  minSize: 1,
  maxSize: 4,
  availabilityZones: ['eu-west-1a'],
  suspendedProcesses: [],
  newInstancesProtectedFromScaleIn: false,
  tags: {},
  instances: [],
  lifecycleHooks: [],
  ...fields,
});

export const aProvider = (name: string, managedScaling = false): CapacityProvider => ({
  name,
  status: 'ACTIVE',
  group: {
    autoScalingGroupArn: arnOf(name),
    managedScaling,
    targetCapacityPercent: undefined,
    managedTerminationProtection: false,
  },
});

/** What AWS has; `fails` names calls that are throttled. */
type Aws = {
  readonly cluster?: EcsCluster['status'] | 'MISSING';
  readonly associated?: readonly string[];
  readonly providers?: readonly CapacityProvider[];
  readonly groups?: readonly AutoScalingGroup[];
  readonly fails?: readonly string[];
  readonly template?: Partial<LaunchTemplateVersion>;
  readonly images?: readonly Ec2Image[];
};

const gatewaysOver = (aws: () => Aws, asked: string[]) => {
  const answering = <Answer>(call: string, named: readonly string[], answer: () => Answer) => {
    asked.push(`${call} ${named.join(' ')}`.trimEnd());
    if (aws().fails?.includes(call)) throw new GatewayError('throttled', 'Throttling', call);
    return Promise.resolve(answer());
  };
  const providersOf = () => aws().providers ?? [];
  const groupsOf = () => aws().groups ?? [];
  return gatewaysWith({
    ecs: anEcs({
      describeCluster: async () =>
        answering('describeCluster', [], () => {
          const { cluster = 'ACTIVE', associated } = aws();
          if (cluster === 'MISSING') return undefined;
          return {
            clusterArn: ClusterArn.parse('arn:aws:ecs:eu-west-1:111122223333:cluster/shop'),
            status: cluster,
            settings: {},
            capacityProviders: associated ?? providersOf().map(({ name }) => name),
            defaultCapacityProviders: [],
          };
        }),
      describeCapacityProviders: async (names) =>
        answering('describeCapacityProviders', names, () =>
          providersOf().filter(({ name }) => names.includes(name)),
        ),
    }),
    autoScaling: anAutoScaling({
      describeGroups: async (names) =>
        answering('describeGroups', names, () =>
          groupsOf().filter(({ name }) => names.includes(name)),
        ),
      findGroupNames: async (ids) =>
        answering('findGroupNames', ids, () => {
          const members = groupsOf().flatMap(({ name, instances }) =>
            instances.map(({ ec2InstanceId }) => [ec2InstanceId, name] as const),
          );
          return new Map(members.filter(([id]) => ids.includes(id)));
        }),
    }),
    ec2: {
      ...gatewaysWith().ec2,
      describeLaunchTemplateVersions: async (id, versions) =>
        answering('describeLaunchTemplateVersions', [id, ...versions], () => [
          {
            launchTemplateId: id,
            version: 7,
            isDefault: true,
            instanceType: 'm5.2xlarge',
            ...aws().template,
          },
        ]),
      describeImages: async (ids) =>
        answering('describeImages', ids, () =>
          (aws().images ?? []).filter(({ imageId }) => ids.includes(imageId)),
        ),
    },
  });
};

/** A cluster in which instances a and b are registered, while AWS has what `aws` says. */
export const watched = async (first: Aws) => {
  let aws = first;
  const asked: string[] = [];
  const store = await aRecord('observe');
  const views = followViews(store);
  const told = ['a', 'b'].map((name) => {
    return { kind: 'instance', instance: anInstance(name), from: 'event' } as const;
  });
  await observe(store, { name: clusterName, shards: 1 }, told, at(1));
  const gateways = gatewaysOver(() => aws, asked);
  return {
    asked,
    written: () => writtenTo(store, scalingStream(clusterName)),
    look: async (minute: number, next: Aws = aws) => {
      aws = next;
      asked.length = 0;
      const report = await observeCapacity(
        { store, views, gateways, now: () => at(minute) },
        clusterName,
      );
      return { report, state: (await views.catchUp()).capacity(clusterName) };
    },
    tell: (name: string, fields: Parameters<typeof anInstance>[1]) => {
      const instance = anInstance(name, { version: 9, ...fields });
      const seen = { kind: 'instance', instance, from: 'event' } as const;
      return observe(store, { name: clusterName, shards: 1 }, [seen], at(20));
    },
  };
};
