import type { GroupLaunch } from '../../infra/aws/autoScalingPort.ts';
import type { Ec2Gateway } from '../../infra/aws/ec2Port.ts';
import { isGatewayError } from '../../infra/aws/gateways.ts';
import { overridesOf } from './observedGroup.ts';

/**
 * Types that a group may launch: those of its overrides, or that of its launch template. Where AWS
 * does not answer it is what was `known` before; `undefined` where the types are chosen by their
 * properties, or named in a launch configuration, which is not read.
 */
export const typesLaunched = async (
  { describeLaunchTemplateVersions }: Pick<Ec2Gateway, 'describeLaunchTemplateVersions'>,
  launch: GroupLaunch | undefined,
  known: readonly string[] | undefined,
): Promise<readonly string[] | undefined> => {
  if (launch === undefined || launch.kind === 'launchConfiguration') return undefined;
  const overrides = overridesOf(launch);
  if (overrides.length > 0) {
    const types = overrides.flatMap(({ instanceType }) => instanceType ?? []);
    return types.length === overrides.length ? types : undefined;
  }
  try {
    const [version] = await describeLaunchTemplateVersions(launch.id, [launch.version]);
    return version?.instanceType === undefined ? undefined : [version.instanceType];
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return known;
  }
};
