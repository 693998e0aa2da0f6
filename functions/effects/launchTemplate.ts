import { mayStillLand } from '../../domain/attempt.ts';
import type { Rollout, TemplateChange } from '../../domain/rollout/rolloutState.ts';
import type { Instant } from '../../events/ids.ts';
import type { AutoScalingGroup, GroupLaunch } from '../../infra/aws/autoScalingPort.ts';
import type { LaunchTemplateVersion } from '../../infra/aws/ec2Port.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import {
  type Attempt,
  attempted,
  type Of,
  open,
  type Performance,
  refused,
  stopped,
} from './performance.ts';

type Place = Pick<Gateways, 'autoScaling' | 'ec2'> & {
  readonly now: () => Instant;
  readonly attempt: Attempt;
};

/**
 * Makes a version that differs only in the AMI, and lets the group launch from it. EC2 knows the
 * effect's id as the client token, so that a lost answer makes no second version. A group that
 * names `$Latest` launches from it at once; so does every other group that names it so.
 */
export const renewTemplate = async (
  place: Place,
  rollout: Rollout,
  effect: Of<'renewTemplate'>,
): Promise<Performance> => {
  const { now } = place;
  const { groupName, amiId, fromAmiId, sourceVersion, attemptedAt, effectId } = effect;
  const found = await launchedNow(place, effect);
  if ('why' in found) return found.why;
  const { group, launch, current } = found;
  const done = (version: number): Performance => ({
    status: 'done',
    commands: [{ type: 'RecordLaunchTemplate', groupName, version, now: now() }],
  });
  if (current.imageId === amiId) {
    if (attemptedAt !== undefined) return done(current.version);
    return stale(`somebody else has let ${groupName} launch from ${amiId}`);
  }
  if (stopped(rollout)) {
    const mayLand = mayStillLand(attemptedAt, now());
    return mayLand ? open(attempted) : refused(`the rollout is ${rollout.status}`);
  }
  if (current.version !== sourceVersion || current.imageId !== fromAmiId) {
    const image = current.imageId ?? current.imageAlias ?? 'no image';
    return stale(`${groupName} launches from version ${current.version}, of ${image}, by now`);
  }
  if (group.activeRefresh !== undefined) {
    return stale(`an instance refresh replaces the instances of ${groupName}`);
  }
  if (!(await place.attempt())) return open(attempted);
  return done(await launchFrom(place, effect, launch, { imageId: amiId, clientToken: effectId }));
};

/**
 * Lets the group launch from the AMI of before again, unless somebody else has set another: from
 * the version that it named, or where that was `$Latest` from another version like it.
 */
export const returnTemplate = async (
  place: Place,
  effect: Of<'returnTemplate'>,
): Promise<Performance> => {
  const { now } = place;
  const { groupName, version, fromAmiId, launchedFrom, effectId } = effect;
  const found = await launchedNow(place, effect);
  if ('why' in found) return found.why;
  const { launch, current } = found;
  const done: Performance = {
    status: 'done',
    commands: [{ type: 'RecordTemplateReturned', groupName, now: now() }],
  };
  // By its number: a version of somebody else's may name the same AMI.
  if (current.version !== version) return done;
  if (!(await place.attempt())) return open(attempted);
  if (launch.version === latest) {
    await launchFrom(place, effect, launch, { imageId: fromAmiId, clientToken: effectId });
  } else await place.autoScaling.setLaunchTemplateVersion(groupName, launchedFrom);
  return done;
};

const latest = '$Latest';

const stale = (reason: string): Performance => ({
  status: 'refused',
  reason,
  held: 'FactsStale',
  unlessAttempted: true,
});

type FromTemplate = Exclude<GroupLaunch, { kind: 'launchConfiguration' }>;
type Launched = {
  readonly group: AutoScalingGroup;
  readonly launch: FromTemplate;
  readonly current: LaunchTemplateVersion;
};

/** What the group launches from at this moment, where it is still the template that was meant. */
const launchedNow = async (
  { autoScaling, ec2 }: Pick<Place, 'autoScaling' | 'ec2'>,
  { groupName, launchTemplateId }: TemplateChange,
): Promise<Launched | { readonly why: Performance }> => {
  const [group] = await autoScaling.describeGroups([groupName]);
  if (group === undefined) return { why: open(`there is no group ${groupName}`) };
  const { launch } = group;
  const isTemplate = launch !== undefined && launch.kind !== 'launchConfiguration';
  if (!isTemplate || launch.id !== launchTemplateId) {
    return { why: refused(`${groupName} launches from ${launchTemplateId} no more`) };
  }
  const [current] = await ec2.describeLaunchTemplateVersions(launch.id, [launch.version]);
  if (current !== undefined) return { group, launch, current };
  return { why: open(`EC2 does not say what version ${launch.version} of ${launch.id} is`) };
};

const launchFrom = async (
  { autoScaling, ec2 }: Pick<Place, 'autoScaling' | 'ec2'>,
  { groupName, launchTemplateId, sourceVersion }: TemplateChange,
  { version: named }: FromTemplate,
  made: { readonly imageId: TemplateChange['amiId']; readonly clientToken: string },
): Promise<number> => {
  const request = { launchTemplateId, sourceVersion, ...made };
  const version = await ec2.createLaunchTemplateVersion(request);
  // `$Default` too gives way to the number: other groups may launch from the default.
  if (named !== latest) await autoScaling.setLaunchTemplateVersion(groupName, String(version));
  return version;
};
