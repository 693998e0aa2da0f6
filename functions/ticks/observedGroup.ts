import type { Ec2InstanceId } from '../../events/ids.ts';
import type { ObservedAutoScalingGroup } from '../../events/scaling.ts';
import type { AutoScalingGroup, GroupLaunch } from '../../infra/aws/autoScalingPort.ts';

/**
 * What is recorded of a group. Lists are in order, because AWS answers them in any, and the same
 * group must give the same fact.
 */
export const observedGroup = (
  group: AutoScalingGroup,
  { instanceTypes, ...launched }: GroupLaunched = {},
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
    ...templateOf(launch, launched),
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

/** Which version a group launches from, and its image, as far as EC2 has said. */
export type Launched = {
  readonly number?: number;
  readonly image?: string;
  readonly amiName?: string;
};

export type GroupLaunched = Launched & {
  /**
   * Types that the group may launch: those of its overrides, or that of its launch template;
   * absent where they are chosen by their properties, or named in a launch configuration, which is
   * not read.
   */
  readonly instanceTypes?: readonly string[];
};

const templateOf = (
  launch: GroupLaunch | undefined,
  launched: Launched,
): Pick<ObservedAutoScalingGroup, 'launchTemplate' | 'launchesOtherwise'> => {
  if (launch === undefined || launch.kind === 'launchConfiguration') return {};
  const overrides = overridesOf(launch);
  const isOtherwise = overrides.some(({ launchTemplate, imageId }) => launchTemplate ?? imageId);
  return {
    launchTemplate: { id: launch.id, version: launch.version, ...launched },
    ...(isOtherwise && { launchesOtherwise: true }),
  };
};

export const overridesOf = (launch: GroupLaunch | undefined) =>
  launch?.kind === 'mixedInstancesPolicy' ? launch.overrides : [];
