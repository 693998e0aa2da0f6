import type { Channel, Instant } from '../../../../events/ids.ts';
import { osFamilyChannel } from '../../build.ts';
import { imageName } from '../../imageName.ts';
import {
  ecsApi,
  findingOf,
  guide,
  type LintRules,
  learn,
  quoted,
  type TaskDefinitionFinding,
} from '../finding.ts';
import { channelNamed, channelOfFacts, familyNamed, type ImageFacts } from '../imageFacts.ts';
import { lifecycleOf } from '../lifecycle.ts';
import { type Container, objectAt, type TaskDefinitionDocument, textAt } from './document.ts';

export const imageRules = {
  'image-missing': {
    severity: 'error',
    reason: 'a container without an image is refused',
    source: ecsApi('ContainerDefinition, image'),
  },
  'image-latest': {
    severity: 'warning',
    reason: 'latest says neither which version runs nor which Windows it was built on',
    source: 'Microsoft Learn, container-base-images (latest was dropped on 2019-04-16)',
  },
  'image-not-pinned': {
    severity: 'info',
    reason:
      'ECS resolves a tag once a deployment, so a rebuilt image reaches tasks only by a new one, ' +
      'and a tag that moved cannot be rolled back to',
    source: guide('deployment-type-ecs, container image resolution'),
  },
  'image-linux': {
    severity: 'error',
    reason: 'a Windows container instance runs no Linux image',
    source: learn('version-compatibility'),
  },
  'image-family-mismatch': {
    severity: 'error',
    reason:
      'in process isolation, the only one that ECS has, the build of the image must be one that ' +
      'the instance runs (CORE and FULL name the instance; either runs any flavour of image)',
    source: learn('version-compatibility'),
  },
  'image-revision-bound': {
    severity: 'warning',
    reason: 'before Windows Server 2019 image and instance must be of the same revision too',
    source: learn('version-compatibility'),
  },
  'image-channel-ended': {
    severity: 'error',
    reason: 'Microsoft ships no security fixes for its base image any more',
    source: learn('base-image-lifecycle'),
  },
  'image-channel-ending': {
    severity: 'warning',
    reason: 'the security fixes for its base image end within half a year',
    source: learn('base-image-lifecycle'),
  },
  'image-windows-unknown': {
    severity: 'info',
    reason:
      'neither its name nor a record says which Windows it is built on, so that is not judged',
    source: learn('version-compatibility'),
  },
  'image-foreign-layers': {
    severity: 'warning',
    reason:
      'its base layers are not in your registry: each pull needs mcr.microsoft.com, and an image ' +
      'so old (before June 2023) has an unpatched base',
    source: 'docker-library/official-images#14853',
  },
} as const satisfies LintRules;

const finding = findingOf(imageRules);

export type ImageContext = {
  readonly now: Instant;
  /** By reference as the task definition writes it. */
  readonly images: ReadonlyMap<string, ImageFacts>;
};

export const checkImages = (
  document: TaskDefinitionDocument,
  context: ImageContext,
): readonly TaskDefinitionFinding[] => {
  const platform = objectAt(document.json, 'runtimePlatform') ?? {};
  const family = textAt(platform, 'operatingSystemFamily');
  return document.containers.flatMap((container) => oneImage(container, family, context));
};

const oneImage = ({ json, path }: Container, family: string | undefined, context: ImageContext) => {
  const image = textAt(json, 'image');
  const place = { path: `${path}.image` };
  if (image === undefined) {
    return [finding('image-missing', place, 'no image', 'write "image": "<repository>@<digest>"')];
  }
  const facts = context.images.get(image) ?? {};
  const isLinux = facts.os === undefined ? familyNamed(image) === 'linux' : facts.os === 'linux';
  const channel = channelOfFacts(facts) ?? channelNamed(image);
  const known = facts.osVersion ?? channel;
  return [
    ...tag(image, place),
    ...(isLinux
      ? [finding('image-linux', place, quoted(image), 'name an image built on Windows')]
      : []),
    ...(channel === undefined
      ? windowsUnknown(isLinux, place)
      : [
          ...againstFamily(channel, `${known}`, family, place),
          ...ending(channel, context.now, place),
        ]),
    ...(facts.foreignLayers === undefined || facts.foreignLayers === 0
      ? []
      : [
          finding(
            'image-foreign-layers',
            place,
            `${facts.foreignLayers} foreign layer${facts.foreignLayers === 1 ? '' : 's'}`,
            'build it again on the base image of this month and push it',
          ),
        ]),
  ];
};

const windowsUnknown = (isLinux: boolean, place: Place) => {
  if (isLinux) return [];
  const fix = 'name its base in the tag (ltsc2022), or lint with --store or --image-os-version';
  return [finding('image-windows-unknown', place, 'an image of unknown base', fix)];
};

type Place = { readonly path: string };

const tag = (image: string, place: Place) => {
  const { repository, tag, digest } = imageName(image);
  if (digest !== undefined) return [];
  if (tag === 'latest') {
    const fix = `write "${repository}@sha256:..." or a tag of its own for each build`;
    return [finding('image-latest', place, quoted(image), fix)];
  }
  const fix = `write the digest that was pushed behind the tag: ":${tag}@sha256:..."`;
  return [finding('image-not-pinned', place, quoted(image), fix)];
};

/** Images that instances of a family run (the table of the page). */
const runs: Readonly<Record<Channel, readonly Channel[]>> = {
  ltsc2016: ['ltsc2016'],
  ltsc2019: ['ltsc2019'],
  ltsc2022: ['ltsc2022'],
  ltsc2025: ['ltsc2022', 'ltsc2025'],
};

const againstFamily = (
  channel: Channel,
  known: string,
  family: string | undefined,
  place: Place,
) => {
  const host = family === undefined ? undefined : osFamilyChannel(family);
  if (host === undefined) return [];
  if (!runs[host].includes(channel)) {
    const other = `WINDOWS_SERVER_${channel.slice(4)}_CORE`;
    const fix = `write "operatingSystemFamily": "${other}", or rebuild on ${host}`;
    const found = `built on ${known}, to run on ${family}`;
    return [finding('image-family-mismatch', place, found, fix)];
  }
  if (host !== 'ltsc2016') return [];
  const fix = 'patch image and instance as one pair, or move to Windows Server 2022';
  return [finding('image-revision-bound', place, `built on ${known}`, fix)];
};

const ending = (channel: Channel, now: Instant, place: Place) => {
  const { status, endsOn, name } = lifecycleOf(channel, now);
  if (status === 'supported') return [];
  const rule = status === 'ended' ? 'image-channel-ended' : 'image-channel-ending';
  const found = `built on ${name}, which ${status === 'ended' ? 'ended' : 'ends'} on ${endsOn}`;
  return [finding(rule, place, found, 'build it on ltsc2022 or ltsc2025')];
};
