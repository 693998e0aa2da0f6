import type { Ec2InstanceId } from '../../events/ids.ts';
import type { ObservedAutoScalingGroup } from '../../events/scaling.ts';
import type { AutoScalingGroup, GroupLaunch } from '../../infra/aws/autoScalingPort.ts';

/**
 * What is recorded of a group. Lists are in order, because AWS answers them in any, and the same
 * group must give the same fact.
 */
export const observedGroup = (
  group: AutoScalingGroup,
  instanceTypes: readonly string[] | undefined,
): ObservedAutoScalingGroup => {
  const { name, arn, desiredCapacity, minSize, maxSize, launch, status, instances } = group;
  const isInService = ({ lifecycleState }: { readonly lifecycleState: string }) =>
    lifecycleState === 'InService';
  return {
    name,
    arn,
    desiredCapacity,
    minSize,
    maxSize,
    ...(instanceTypes && { instanceTypes: [...new Set(instanceTypes)].toSorted() }),
    ...templateOf(launch),
    weighted: overridesOf(launch).some(({ weightedCapacity = 1 }) => weightedCapacity !== 1),
    ...(status !== undefined && { status }),
    suspendedProcesses: group.suspendedProcesses.toSorted(),
    instanceRefreshUnderway: group.activeRefresh !== undefined,
    inService: idsOf(instances.filter(isInService)),
    notInService: instances
      .filter((each) => !isInService(each))
      .map(({ ec2InstanceId, lifecycleState }) => ({ ec2InstanceId, lifecycleState }))
      .toSorted((a, b) => (a.ec2InstanceId < b.ec2InstanceId ? -1 : 1)),
    protectedFromScaleIn: idsOf(
      instances.filter(({ protectedFromScaleIn }) => protectedFromScaleIn),
    ),
  };
};

const idsOf = (
  instances: readonly { readonly ec2InstanceId: Ec2InstanceId }[],
): readonly Ec2InstanceId[] => instances.map(({ ec2InstanceId }) => ec2InstanceId).toSorted();

const templateOf = (
  launch: GroupLaunch | undefined,
): Pick<ObservedAutoScalingGroup, 'launchTemplate'> =>
  launch === undefined || launch.kind === 'launchConfiguration'
    ? {}
    : { launchTemplate: { id: launch.id, version: launch.version } };

export const overridesOf = (launch: GroupLaunch | undefined) =>
  launch?.kind === 'mixedInstancesPolicy' ? launch.overrides : [];
