import type { PrefetchEvent } from '../../events/prefetch.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import type { AmiEvent, ChannelEvent } from '../../events/windows.ts';
import type { Commit } from '../../infra/eventStore/eventStore.ts';
import { count, moment, shortArn } from '../text.ts';

type Told = ChannelEvent | AmiEvent | RolloutEvent | PrefetchEvent;

/** The facts of one commit that a person watching wants to hear of, one line each. */
export const narrate = ({ stream, at, events }: Commit): readonly string[] =>
  (events as readonly Told[]).flatMap((event) => {
    const sentence = sentenceOf(event, stream);
    return sentence === undefined ? [] : [`${moment(at)}  ${sentence}`];
  });

const sentenceOf = (event: Told, stream: string): string | undefined => {
  if (stream.startsWith('channel#')) return ofChannel(event as ChannelEvent);
  if (stream.startsWith('ami#')) return ofAmi(event as AmiEvent);
  if (stream.startsWith('prefetch#')) return ofPrefetch(event as PrefetchEvent);
  return stream.startsWith('rollout#') ? ofRollout(event as RolloutEvent) : undefined;
};

const ofChannel = (event: ChannelEvent): string | undefined => {
  const tagged = `${event.data.repository}:${event.data.tag}`;
  switch (event.type) {
    case 'ReleasePublished': {
      const { build, kb = '', kind, rebaseline } = event.data;
      const what = kind === 'B' ? 'Patch Tuesday' : 'out of band';
      const base = rebaseline ? ', a new base layer for everyone' : '';
      return `released   ${tagged} ${build} ${kb} (${what}${base})`;
    }
    case 'TagMovedBack':
      return `anomaly    ${tagged} went back from ${event.data.from} to ${event.data.to}`;
    case 'ReleaseRespun':
      return `anomaly    ${tagged} has other bytes under ${event.data.build}`;
    case 'TagContentRefused':
      return `anomaly    ${tagged}: ${event.data.reason}`;
    case 'ChannelBecameUnreadable':
      return `unknown    ${tagged}: ${event.data.reason}`;
    default:
      return undefined;
  }
};

const ofAmi = ({ data: { name, amiId, build } }: AmiEvent): string =>
  `released   ${name} ${amiId}, ${build === undefined ? 'build unknown' : `build ${build}`}`;

const ofPrefetch = (event: PrefetchEvent): string | undefined => {
  if (event.type !== 'PrefetchIntended') return undefined;
  const { repository, containerInstanceArn } = event.data;
  const image = repository.slice(repository.indexOf('/') + 1);
  return `pull       ${image} onto ${shortArn(containerInstanceArn)}`;
};

const ofRollout = (event: RolloutEvent): string | undefined => {
  switch (event.type) {
    case 'RolloutPlanned':
      return `planned    ${sizesOf(event.data)}`;
    case 'RolloutStarted':
      return `started    by ${event.data.actor}`;
    case 'RolloutPaused':
      return `paused     by ${event.data.actor}: ${event.data.reason}`;
    case 'RolloutResumed':
      return `resumed    by ${event.data.actor}`;
    case 'RolloutHalted':
      return `halted     ${event.data.reason}: ${event.data.detail}`;
    case 'RolloutAborted':
      return `aborted    by ${event.data.actor}: ${event.data.reason}`;
    case 'RolloutCompleted':
      return `completed  ${event.data.left.length || 'nothing'} left`;
    default:
      return ofItem(event);
  }
};

const sizesOf = (planned: Extract<RolloutEvent, { type: 'RolloutPlanned' }>['data']): string => {
  const { rolloutId, instances, services, images, held, emergency } = planned;
  const sizes = [
    count(instances.length, 'instance'),
    count(services.length, 'service'),
    `${count(images.length, 'image')} to rebuild`,
    `${held.length} held`,
  ];
  return `${rolloutId}${emergency ? ' (emergency)' : ''}: ${sizes.join(', ')}`;
};

const ofItem = (event: RolloutEvent): string | undefined => {
  switch (event.type) {
    case 'RebuildArrived':
      return `rebuilt    ${shortImage(event.data.image)} on ${event.data.build}`;
    case 'RebuildOverdue':
      return `overdue    ${shortImage(event.data.image)} was not rebuilt in time`;
    case 'InstanceDrainIntended':
      return `drain      ${shortArn(event.data.containerInstanceArn)}`;
    case 'InstanceReplaced': {
      const { containerInstanceArn, replacementEc2InstanceId: by, build } = event.data;
      const on = build ?? 'an unknown build';
      return `replaced   ${shortArn(containerInstanceArn)} by ${by} on ${on}`;
    }
    case 'InstanceRestoreIntended':
      return `hand back  ${shortArn(event.data.containerInstanceArn)}: ${event.data.detail}`;
    case 'GroupSurgeIntended': {
      const { groupName, from, to } = event.data;
      return `surge      ${groupName} from ${from} to ${count(to, 'instance')}`;
    }
    case 'LaunchTemplateVersionIntended':
      return `template   ${event.data.groupName} is to launch from ${event.data.amiId}`;
    case 'LaunchTemplateVersionSet':
      return `template   ${event.data.groupName} launches from version ${event.data.version}`;
    case 'LaunchTemplateVersionRefused':
      return `refused    ${event.data.groupName}: ${event.data.detail}`;
    case 'LaunchTemplateReturnIntended':
      return `template   ${event.data.groupName} goes back to ${event.data.fromAmiId}`;
    case 'GroupOverruled':
      return `overruled  ${event.data.groupName} was set to ${event.data.desired} by someone else`;
    case 'InstancePutOff':
      return `put off    ${shortArn(event.data.containerInstanceArn)}: ${event.data.detail}`;
    case 'ServicePutOff':
      return `put off    ${shortArn(event.data.serviceArn)}: ${event.data.detail}`;
    case 'InstanceSkipped':
      return `skipped    ${shortArn(event.data.containerInstanceArn)}: ${event.data.detail}`;
    case 'ServiceDeploymentIntended':
      return `deploy     ${shortArn(event.data.serviceArn)}`;
    case 'ServiceDeployed':
      return `deployed   ${shortArn(event.data.serviceArn)}`;
    case 'ServiceSkipped':
      return `skipped    ${shortArn(event.data.serviceArn)}: ${event.data.detail}`;
    default:
      return undefined;
  }
};

/** Without the registry's host, which is the same for all. */
const shortImage = (image: string): string => image.slice(image.indexOf('/') + 1);
