import { AmiId } from '../../events/ids.ts';
import type { ObservedAutoScalingGroup } from '../../events/scaling.ts';
import type { AutoScalingGroup, GroupLaunch } from '../../infra/aws/autoScalingPort.ts';
import type { Ec2Gateway } from '../../infra/aws/ec2Port.ts';
import { isGatewayError } from '../../infra/aws/gateways.ts';
import { type GroupLaunched, overridesOf } from './observedGroup.ts';

type Ec2 = Pick<Ec2Gateway, 'describeLaunchTemplateVersions' | 'describeImages'>;
type Known = ObservedAutoScalingGroup | undefined;

/**
 * What each group launches, by its name. Where EC2 does not answer it is what was `known` before,
 * as long as the group names the same version.
 */
export const launchedBy = async (
  ec2: Ec2,
  groups: readonly Pick<AutoScalingGroup, 'name' | 'launch'>[],
  known: (groupName: string) => Known,
): Promise<ReadonlyMap<string, GroupLaunched>> => {
  const found = new Map<string, GroupLaunched>();
  for (const { name, launch } of groups) {
    found.set(name, await ofTemplate(ec2, launch, known(name)));
  }
  const names = await amiNames(ec2, [...found], known);
  for (const [name, launched] of found) {
    const amiName = names.get(launched.image ?? '');
    if (amiName !== undefined) found.set(name, { ...launched, amiName });
  }
  return found;
};

const ofTemplate = async (
  { describeLaunchTemplateVersions }: Ec2,
  launch: GroupLaunch | undefined,
  known: Known,
): Promise<GroupLaunched> => {
  if (launch === undefined || launch.kind === 'launchConfiguration') return {};
  const overrides = overridesOf(launch);
  const types = overrides.flatMap(({ instanceType }) => instanceType ?? []);
  const ofOverrides = types.length === overrides.length ? { instanceTypes: types } : {};
  try {
    const [found] = await describeLaunchTemplateVersions(launch.id, [launch.version]);
    const { version, instanceType, imageId, imageAlias } = found ?? {};
    const ofVersion = instanceType === undefined ? {} : { instanceTypes: [instanceType] };
    const image = imageId ?? imageAlias;
    return {
      ...(overrides.length > 0 ? ofOverrides : ofVersion),
      ...(version !== undefined && { number: version }),
      ...(image !== undefined && { image }),
    };
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    const { instanceTypes, launchTemplate: before } = known ?? {};
    const isSame = before?.id === launch.id && before.version === launch.version;
    const ofBefore = instanceTypes === undefined ? {} : { instanceTypes };
    return {
      ...(overrides.length > 0 ? ofOverrides : ofBefore),
      ...(isSame && before.number !== undefined && { number: before.number }),
      ...(isSame && before.image !== undefined && { image: before.image }),
    };
  }
};

/** The name of an AMI never changes, so it is asked for once; only Amazon's own say anything. */
const amiNames = async (
  { describeImages }: Ec2,
  groups: readonly (readonly [string, GroupLaunched])[],
  known: (groupName: string) => Known,
): Promise<ReadonlyMap<string, string>> => {
  const names = new Map<string, string>();
  const unknown = new Set<AmiId>();
  for (const [groupName, { image }] of groups) {
    const before = known(groupName)?.launchTemplate;
    const amiId = AmiId.safeParse(image).data;
    if (amiId === undefined) continue;
    const isSame = before?.image === image;
    if (isSame && before?.amiName !== undefined) names.set(amiId, before.amiName);
    else unknown.add(amiId);
  }
  if (unknown.size === 0) return names;
  try {
    for (const { imageId, name, ownerAlias } of await describeImages([...unknown].toSorted())) {
      if (name !== undefined && ownerAlias === 'amazon') names.set(imageId, name);
    }
  } catch (error) {
    if (!isGatewayError(error)) throw error;
  }
  return names;
};
