import type { Instant } from '../../../../events/ids.ts';
import { imageName } from '../../imageName.ts';
import {
  type DockerfileFinding,
  findingOf,
  type LintRules,
  learn,
  quoted,
  type TextPlace,
} from '../finding.ts';
import { channelNamed, tagsNameWindows } from '../imageFacts.ts';
import { lifecycleOf, lifecycleOfRetired } from '../lifecycle.ts';
import type { Instruction } from './parse.ts';
import { placeIn } from './parse.ts';
import { type Stage, stageNamed } from './stages.ts';

const imagesPage = learn('container-base-images');
const lifecyclePage = learn('base-image-lifecycle');

export const baseRules = {
  'base-untagged': {
    severity: 'error',
    reason: 'no tag means latest, and Microsoft dropped latest on 2019-04-16',
    source: imagesPage,
  },
  'base-latest': {
    severity: 'error',
    reason: 'latest names no Windows version, and Microsoft dropped it on 2019-04-16',
    source: imagesPage,
  },
  'base-channel-ended': {
    severity: 'error',
    reason: 'Microsoft ships no security fixes for this base any more',
    source: lifecyclePage,
  },
  'base-channel-ending': {
    severity: 'warning',
    reason: 'the security fixes for this base end within half a year',
    source: lifecyclePage,
  },
  'base-not-pinned': {
    severity: 'info',
    reason:
      'the same file builds on another base tomorrow, and a floating tag once went back a month',
    source: 'docker-library/official-images#18823',
  },
  'base-argument-unset': {
    severity: 'info',
    reason: 'the base is known at build time alone, so its channel is not judged here',
    source: 'Docker docs, Dockerfile reference, ARG and FROM',
  },
  'base-does-not-exist': {
    severity: 'error',
    reason: 'Microsoft publishes no such image',
    source: `${imagesPage}; Windows-Containers#150`,
  },
  'base-moved': {
    severity: 'error',
    reason: 'Microsoft left Docker Hub for mcr.microsoft.com; what stayed there is years old',
    source: imagesPage,
  },
  'base-linux': {
    severity: 'error',
    reason: 'a Windows container instance runs no Linux image',
    source: learn('version-compatibility'),
  },
  'base-servercore-for-dotnet': {
    severity: 'info',
    reason:
      '.NET (not .NET Framework) runs on Nano Server, which is 0.1-0.2 GB to pull each month and ' +
      'not above 2 GB',
    source: learn('container-base-images'),
  },
  'stage-channels-differ': {
    severity: 'warning',
    reason:
      'hardly a host builds both in process isolation, and what was compiled against another ' +
      'Windows may not load',
    source: learn('version-compatibility'),
  },
} as const satisfies LintRules;

const finding = findingOf(baseRules);

export const checkBases = (
  stages: readonly Stage[],
  now: Instant,
): readonly DockerfileFinding[] => [
  ...stages.flatMap((stage) =>
    stage.parent !== undefined || stage.image === '' || stage.image === 'scratch'
      ? []
      : base(stage, now),
  ),
  ...linuxBase(stages),
  ...stages.flatMap((stage) => copiedFrom(stage, stages)),
];

const base = ({ image, unset, from, family }: Stage, now: Instant) => {
  const place = placeIn(from, 0);
  if (unset.length > 0) {
    const fix = `write a default: ARG ${unset[0]}=ltsc2022`;
    return [finding('base-argument-unset', place, quoted(image), fix)];
  }
  if (family === 'linux') return [];
  const { repository, tag, digest } = imageName(image);
  const fixed = digest !== undefined;
  return [
    ...(fixed ? [] : tagOf(image, place)),
    ...(tag === undefined ? [] : lifecycle(image, tag, now, place)),
    ...published(repository, tag, place),
    ...(/\/dotnet\/(aspnet|runtime)$/.test(repository) && tag?.includes('windowsservercore')
      ? [
          finding(
            'base-servercore-for-dotnet',
            place,
            quoted(image),
            'use the tag with nanoserver, unless the program needs Server Core',
          ),
        ]
      : []),
  ];
};

const tagOf = (image: string, place: TextPlace) => {
  const { repository, tag } = imageName(image);
  const fix = `write ${repository}:ltsc2022, or another tag that names its Windows`;
  if (image === repository) return [finding('base-untagged', place, quoted(image), fix)];
  if (tag === 'latest') return [finding('base-latest', place, quoted(image), fix)];
  const pinned = `write ${repository}:${tag}@sha256:... and let a pull request move it each month`;
  return [finding('base-not-pinned', place, quoted(image), pinned)];
};

const lifecycle = (image: string, tag: string, now: Instant, place: TextPlace) => {
  const named = channelOf(image, tag, now);
  if (named === undefined || named.status === 'supported') return [];
  const ended = named.status === 'ended';
  const found = `${named.name}, which ${ended ? 'ended' : 'ends'} on ${named.endsOn}`;
  const fix = 'build on ltsc2022 or ltsc2025';
  return [finding(ended ? 'base-channel-ended' : 'base-channel-ending', place, found, fix)];
};

const channelOf = (image: string, tag: string, now: Instant) => {
  const channel = channelNamed(image);
  if (channel !== undefined) return lifecycleOf(channel, now);
  return tagsNameWindows(image) ? lifecycleOfRetired(tag, now) : undefined;
};

/** Names that look right beside those that exist (the page's table of repositories and tags). */
const absent: readonly (readonly [repository: string, tag: RegExp, instead: string])[] = [
  ['windows', /^ltsc20(22|25)/, 'mcr.microsoft.com/windows/server, or windows/servercore'],
  ['windows/nanoserver', /^ltsc2019/, 'mcr.microsoft.com/windows/nanoserver:1809'],
  ['windows/nanoserver', /^ltsc2016/, 'mcr.microsoft.com/windows/nanoserver:ltsc2022'],
  ['windows/server', /^ltsc20(16|19)/, 'mcr.microsoft.com/windows/servercore'],
];

const published = (repository: string, tag: string | undefined, place: TextPlace) => {
  if (/^(docker\.io\/)?microsoft\//.test(repository)) {
    const fix = 'write mcr.microsoft.com/windows/servercore:ltsc2022, or what it is there';
    return [finding('base-moved', place, quoted(repository), fix)];
  }
  const path = repository.replace(/^mcr\.microsoft\.com\//, '');
  if (path === repository || tag === undefined) return [];
  const wrong = absent.find(([name, form]) => name === path && form.test(tag));
  if (wrong === undefined) return [];
  return [finding('base-does-not-exist', place, quoted(`${repository}:${tag}`), `use ${wrong[2]}`)];
};

/** Only of what is shipped: a builder stage may run on Linux and hand files over. */
const linuxBase = (stages: readonly Stage[]) => {
  const last = stages.at(-1);
  if (last?.family !== 'linux') return [];
  const fix = 'build on mcr.microsoft.com/windows/servercore:ltsc2022 or nanoserver';
  return [finding('base-linux', placeIn(last.from, 0), quoted(last.image), fix)];
};

const copiedFrom = (stage: Stage, stages: readonly Stage[]) =>
  stage.instructions.flatMap((instruction) => {
    const source = sourceStage(instruction, stages);
    if (source?.channel === undefined || stage.channel === undefined) return [];
    if (source.channel === stage.channel) return [];
    const found = `from a stage on ${source.channel} into one on ${stage.channel}`;
    const { line, column } = instruction;
    const fix = `build both on ${stage.channel}`;
    return [finding('stage-channels-differ', { line, column }, found, fix)];
  });

const sourceStage = ({ keyword, flags }: Instruction, stages: readonly Stage[]) => {
  const from = keyword === 'COPY' ? flags.find(({ name }) => name === 'from')?.value : undefined;
  if (from === undefined) return undefined;
  return /^\d+$/.test(from) ? stages[Number(from)] : stageNamed(from, stages);
};
