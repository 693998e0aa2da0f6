import type { ObservedInstance } from '../../events/fleet.ts';
import type { AmiId, EffectId, WindowsBuild } from '../../events/ids.ts';
import { identity } from '../identity.ts';
import type { AmiState } from '../windows/ami.ts';
import { amiName } from '../windows/amiName.ts';
import { compareBuilds } from '../windows/build.ts';
import { releaseOnAmi } from '../windows/instanceBuild.ts';
import { amiReaching } from './amiTarget.ts';
import { templateEffect } from './evolveTemplates.ts';
import type { InstanceProgress, Rollout } from './rolloutState.ts';
import { type Hold, hold, type Proposal, type SeenGroup, type Sight } from './sight.ts';
import { groupNames } from './surgeGroups.ts';
import { templatesToReturn } from './templatesToReturn.ts';

/**
 * What stands against replacing an instance because of what its group launches from, and the
 * versions to be made, one for each group in a pass.
 *
 * Judged is only an AMI of AWS's: one that its owner has baked, a parameter and a template that was
 * not read may be anything, and the newcomer's own build decides, as it always does.
 */
export const templateDesk = (rollout: Rollout, sight: Sight) => {
  const renewals = new Map<string, Proposal>();
  return {
    whyNot: (item: InstanceProgress, instance: ObservedInstance): Hold | undefined => {
      const known = sight.capacity.groups[groupNames(sight.capacity)(instance) ?? ''];
      const behind = known && whatIsBehind(rollout, item, known, sight);
      if (known === undefined || behind === undefined) return undefined;
      const found = judge(rollout, item, known, behind, sight);
      if ('reason' in found) return found;
      renewals.set(known.group.name, found);
      const { amiId } = behind;
      return changing(item, `${known.group.name} is to launch from another AMI than ${amiId}`);
    },
    proposals: (): readonly Proposal[] => [...renewals.values()],
  };
};

type Behind = { readonly amiId: AmiId; readonly family: string; readonly build: WindowsBuild };

const changing = ({ containerInstanceArn }: InstanceProgress, detail: string): Hold =>
  hold(containerInstanceArn, 'LaunchTemplateChanging', detail);

/** The AMI from which the group launches, where it is known not to reach the target. */
const whatIsBehind = (
  rollout: Rollout,
  { channel }: InstanceProgress,
  { group, observedAt }: SeenGroup,
  { amis, channels }: Sight,
): Behind | undefined => {
  const target = rollout.targets.find((each) => each.channel === channel);
  const template = group.launchTemplate;
  if (target === undefined || group.launchesOtherwise || template?.image === undefined) {
    return undefined;
  }
  // What was set since the group was described.
  const set = rollout.groups[group.name]?.template?.set;
  if (set !== undefined && set.at >= observedAt) return undefined;
  const known = familyOf(template.image, template.amiName, amis);
  const build =
    known?.build ?? (known && releaseOnAmi({ name: known.name }, channels)?.build) ?? undefined;
  if (known === undefined || known.channel !== channel || build === undefined) return undefined;
  if (compareBuilds(build, target.build) >= 0) return undefined;
  return { amiId: template.image as AmiId, family: known.family, build };
};

const familyOf = (image: string, name: string | undefined, amis: readonly AmiState[]) => {
  for (const { family, channel, amis: some } of amis) {
    const ami = some.find(({ amiId }) => amiId === image);
    if (ami !== undefined) return { family, channel, ...ami };
  }
  const read = name === undefined ? undefined : amiName(name);
  return read && name !== undefined
    ? { family: read.family, channel: read.channel, name, build: undefined }
    : undefined;
};

const judge = (
  rollout: Rollout,
  item: InstanceProgress,
  { group, observedAt }: SeenGroup,
  behind: Behind,
  { amis, now }: Sight,
): Hold | Proposal => {
  const { name, launchTemplate: template } = group;
  const subject = item.containerInstanceArn;
  const says = `${name} launches from ${behind.amiId} on ${behind.build}`;
  const progress = rollout.groups[name]?.template;
  if (templateEffect(rollout, name) !== undefined) {
    return changing(item, `${name} is being given another AMI than ${behind.amiId}`);
  }
  if (progress?.set !== undefined && progress.set.at >= (rollout.resumedAt ?? 0)) {
    const detail = `${says} again, which somebody else has set: pause the rollout and resume it`;
    return hold(subject, 'LaunchTemplateConflict', detail);
  }
  const refused = progress?.refused;
  if (refused !== undefined && refused.at >= Math.max(observedAt, rollout.resumedAt ?? 0)) {
    return hold(subject, refused.reason, refused.detail);
  }
  if (rollout.policy.launchTemplate !== 'newVersion') {
    const remedy = 'renew its launch template, or allow it by policy (launchTemplate)';
    return hold(subject, 'LaunchTemplateBehind', `${says}: ${remedy}`);
  }
  const sourceVersion = template?.number;
  if (template === undefined || sourceVersion === undefined) {
    return hold(subject, 'CapacityUnknown', `${says}; the version of its template is not known`);
  }
  const target = rollout.targets.find(({ channel }) => channel === item.channel);
  const own = amis.filter(({ family }) => family === behind.family);
  const to = target && amiReaching(own, item.channel, target.build);
  if (to === undefined) {
    const detail = `${says}; no AMI of ${behind.family} on ${target?.build} is known yet`;
    return hold(subject, 'AmiNotPublished', detail);
  }
  return {
    step: {
      type: 'RenewLaunchTemplate',
      groupName: name,
      launchTemplateId: template.id,
      launchedFrom: template.version,
      sourceVersion,
      fromAmiId: behind.amiId,
      amiId: to.amiId,
      channel: item.channel,
      effectId: effectIdFor('template', rollout, name, progress?.times ?? 0),
      now,
    },
  };
};

/** Another one each time that the group is given a version. */
const effectIdFor = (
  kind: 'template' | 'templateBack',
  { rolloutId }: Rollout,
  groupName: string,
  times: number,
): EffectId => identity(kind, rolloutId, groupName, `${times}`) as EffectId;

/** Lets groups launch from the AMI of before again, where the rollout leaves that to be done. */
export const returnTemplates = (rollout: Rollout, { now }: Sight): readonly Proposal[] =>
  templatesToReturn(rollout).flatMap(({ change, set, times }): readonly Proposal[] => {
    const { groupName } = change;
    if (templateEffect(rollout, groupName) !== undefined) return [];
    const effectId = effectIdFor('templateBack', rollout, groupName, times);
    const { version } = set;
    return [{ step: { type: 'ReturnLaunchTemplate', ...change, version, effectId, now } }];
  });
