import type { ObservedInstance } from '../../events/fleet.ts';
import type { Channel, WindowsBuild } from '../../events/ids.ts';
import type { Ami, AmiState } from './ami.ts';
import { amiName } from './amiName.ts';
import { buildOf, channelOfBuild, compareBuilds, osFamilyChannel } from './build.ts';
import type { ChannelState } from './channelState.ts';
import { dayMs, startOf } from './civilDate.ts';
import { type DatedRelease, historyEndsAt, releaseHistory } from './releaseHistory.ts';
import { baseRepository } from './tag.ts';

export type InstanceBuild =
  | {
      readonly status: 'known';
      readonly build: WindowsBuild;
      readonly channel: Channel;
      readonly evidence: 'attribute' | 'table' | 'inferred';
    }
  | { readonly status: 'unknown'; readonly reason: string };

/**
 * Set by an instance's user data, or with `aws ecs put-attributes`; `ecs.*` are the agent's own
 * (ECS Developer Guide, task-placement-constraints).
 */
export const buildAttribute = 'tuesday.os-build';
const amiAttribute = 'ecs.ami-id';
const familyAttribute = 'ecs.os-family';

const remedy = `set its attribute ${buildAttribute}, such as 20348.4294`;

/**
 * The build that an instance runs, in order of trust (design decision 8): its attribute
 * `tuesday.os-build`; what the table says of its AMI; the newest release on the date in the AMI's
 * name, which is an inference. Its operating system family must agree. An unknown says what to do
 * about it.
 */
export const instanceBuild = (
  instance: ObservedInstance,
  amis: readonly AmiState[],
  channels: readonly ChannelState[],
): InstanceBuild => {
  const last = judged.get(instance);
  if (last?.amis === amis && last.channels === channels) return last.is;
  const is = judge(instance, amis, channels);
  judged.set(instance, { amis, channels, is });
  return is;
};

// Asked for every service that an instance may serve.
const judged = new WeakMap<
  ObservedInstance,
  {
    readonly amis: readonly AmiState[];
    readonly channels: readonly ChannelState[];
    readonly is: InstanceBuild;
  }
>();

const judge = (
  instance: ObservedInstance,
  amis: readonly AmiState[],
  channels: readonly ChannelState[],
): InstanceBuild => {
  const found = findBuild(instance.attributes, amis, channels);
  if ('reason' in found) return { status: 'unknown', ...found };
  const { build, evidence } = found;
  const channel = channelOfBuild(build);
  if (channel === undefined) {
    return { status: 'unknown', reason: `${build} is in no channel that Tuesday follows` };
  }
  const family = instance.attributes[familyAttribute];
  const says = osFamilyChannel(family ?? '');
  if (says !== undefined && says !== channel) {
    const reason = `ECS says ${family} and its ${evidenceName[evidence]} says ${build}: ${remedy}`;
    return { status: 'unknown', reason };
  }
  return { status: 'known', build, channel, evidence };
};

const evidenceName = {
  attribute: `attribute ${buildAttribute}`,
  table: 'AMI',
  inferred: 'AMI',
} as const;

type Found =
  | { readonly build: WindowsBuild; readonly evidence: 'attribute' | 'table' | 'inferred' }
  | { readonly reason: string };

const findBuild = (
  attributes: ObservedInstance['attributes'],
  amis: readonly AmiState[],
  channels: readonly ChannelState[],
): Found => {
  const said = attributes[buildAttribute];
  if (said !== undefined) {
    const build = buildOf(said ?? '');
    // The most trusted word must be mended, not passed over for a weaker one.
    if (build === undefined) return { reason: `its ${buildAttribute} is "${said}": ${remedy}` };
    return { build, evidence: 'attribute' };
  }
  const amiId = attributes[amiAttribute];
  if (amiId === undefined || amiId === null) {
    return { reason: `it has no attribute ${amiAttribute}: ${remedy}` };
  }
  const ami = amis.flatMap((family) => family.amis).find((each) => each.amiId === amiId);
  if (ami === undefined) {
    const describe = `aws ec2 describe-images --image-ids ${amiId}`;
    return { reason: `its ${amiId} is not known: import what ${describe} prints, or ${remedy}` };
  }
  if (ami.build !== undefined) return { build: ami.build, evidence: ami.evidence ?? 'table' };
  const release = releaseOnAmi(ami, channels);
  if (release !== undefined) return { build: release.build, evidence: 'inferred' };
  const { name } = ami;
  return { reason: `no release is known for its ${amiId} (${name}): ${remedy}` };
};

/**
 * The newest release that was published by the end of the day that an AMI's name carries, by this
 * Tuesday's own watch or, for what is older, by Microsoft's history. `undefined` when the name
 * carries no day, or nothing is known to have been published by then.
 */
export const releaseOnAmi = (
  { name }: Pick<Ami, 'name'>,
  channels: readonly ChannelState[],
): DatedRelease | undefined => {
  const read = amiName(name);
  if (read === undefined) return undefined;
  const dayEnds = startOf(read.date) + dayMs;
  const watched = channels
    .filter(({ repository }) => repository === baseRepository('servercore'))
    .filter(({ channel }) => channel === read.channel)
    .flatMap(({ releases }) => releases);
  const older = dayEnds <= historyEndsAt ? releaseHistory(read.channel) : [];
  return [...watched, ...older]
    .filter(({ publishedAt }) => publishedAt < dayEnds)
    .toSorted((a, b) => compareBuilds(b.build, a.build))[0];
};
