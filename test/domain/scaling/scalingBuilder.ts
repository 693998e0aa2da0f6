import type { CapacityState } from '../../../domain/scaling/clusterCapacity.ts';
import type { Ec2InstanceId } from '../../../events/ids.ts';
import type {
  ObservedAutoScalingGroup,
  ObservedCapacityProvider,
} from '../../../events/scaling.ts';
import { anInstance, aTask, at, ec2Id } from '../../support/fleetBuilder.ts';

type ProviderGroup = NonNullable<ObservedCapacityProvider['group']>;

const groupArn = (name: string) =>
  `arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:1:autoScalingGroupName/${name}`;

/** A capacity provider over the Auto Scaling group of the same name; managed scaling is on. */
export const aProvider = (
  name: string,
  group: Partial<ProviderGroup> = {},
): ObservedCapacityProvider => ({
  name,
  status: 'ACTIVE',
  group: {
    autoScalingGroupArn: groupArn(name),
    managedScaling: true,
    targetCapacityPercent: 100,
    managedTerminationProtection: false,
    ...group,
  },
});

/** Of 2 to 10, m5.2xlarge, all that it has in service. */
export const aGroup = (
  name: string,
  {
    has = [],
    ...fields
  }: Partial<ObservedAutoScalingGroup> & { readonly has?: readonly string[] } = {},
): ObservedAutoScalingGroup => ({
  name,
  arn: groupArn(name),
  desiredCapacity: has.length,
  minSize: Math.min(2, has.length),
  maxSize: 10,
  instanceTypes: ['m5.2xlarge'],
  weighted: false,
  suspendedProcesses: [],
  instanceRefreshUnderway: false,
  inService: has.map((each): Ec2InstanceId => ec2Id(each)),
  notInService: [],
  protectedFromScaleIn: [],
  ...fields,
});

/** Both described at minute 0. */
export const capacityOf = (
  providers: readonly ObservedCapacityProvider[],
  groups: readonly ObservedAutoScalingGroup[],
  observedAt = at(0),
): CapacityState => ({
  providers: Object.fromEntries(
    providers.map((provider) => [provider.name, { provider, observedAt }]),
  ),
  groups: Object.fromEntries(
    groups.map((group) => [group.name, { group, observedAt, desiredChanges: [] }]),
  ),
});

/** An m5.2xlarge that says so. */
export const m5 = (name: string, fields: Parameters<typeof anInstance>[1] = {}) => {
  const instance = anInstance(name, fields);
  const attributes = { ...instance.attributes, 'ecs.instance-type': 'm5.2xlarge' };
  return { ...instance, attributes };
};

/** Tasks of orders that wait for an instance. */
export const waiting = (count: number, capacityProviderName?: string, service = 'orders') =>
  Array.from({ length: count }, (_, index) =>
    aTask(`${service}-waits-${index}`, {
      service,
      lastStatus: 'PROVISIONING',
      ...(capacityProviderName === undefined ? {} : { capacityProviderName }),
    }),
  );
