import type { Channel, Flavour } from '../../../events/ids.ts';
import { buildOf, channelOfBuild } from '../build.ts';
import { imageName } from '../imageName.ts';
import { channelOfTag } from '../tag.ts';

/** What somebody knows about an image that its reference does not say. */
export type ImageFacts = {
  /** `windows` or `linux`, as the config of the image says. */
  readonly os?: string;
  /** `10.0.20348.4294`. */
  readonly osVersion?: string;
  /** How many of its layers the registry does not hold itself. */
  readonly foreignLayers?: number;
};

export type ImageFamily = 'windows' | 'linux' | 'unknown';

/** Distributions that have no Windows image under the same name. */
const linuxRepositories = new Set(
  'alpine ubuntu debian busybox centos fedora amazonlinux rockylinux almalinux archlinux scratch'
    .split(' ')
    .flatMap((name) => [name, `library/${name}`, `docker.io/library/${name}`]),
);
const linuxTagWords = new Set(
  'alpine bookworm bullseye buster slim jammy noble focal trixie linux'.split(' '),
);

export const isMicrosofts = (repository: string): boolean =>
  repository.startsWith('mcr.microsoft.com/') && /\/(windows|dotnet|powershell)\b/.test(repository);

const wordsOf = (tag: string) => tag.toLowerCase().split('-');

/**
 * Whether a bare `1809`, or a build number, is meant as a Windows: in Microsoft's repositories, and
 * behind the name of a flavour as in `golang:1.26-windowsservercore-1809`.
 */
export const tagsNameWindows = (image: string): boolean =>
  isMicrosofts(imageName(image).repository) || flavourNamed(image) !== undefined;

/** The channel that a reference names. Anybody's `ltsc2022` counts. */
export const channelNamed = (image: string): Channel | undefined => {
  const { tag = '' } = imageName(image);
  if (tagsNameWindows(image)) return channelOfTag(tag);
  const word = /(?:^|[-_.])ltsc(2016|2019|2022|2025)(?=$|[-_.])/.exec(tag.toLowerCase());
  return word === null ? undefined : (`ltsc${word[1]}` as Channel);
};

export const channelOfFacts = ({ osVersion }: ImageFacts): Channel | undefined => {
  const build = osVersion === undefined ? undefined : buildOf(osVersion);
  return build === undefined ? undefined : channelOfBuild(build);
};

/** Which operating system a reference is for, where its words leave no doubt. */
export const familyNamed = (image: string): ImageFamily => {
  const { repository, tag = '' } = imageName(image);
  if (channelNamed(image) !== undefined || flavourNamed(image) !== undefined) return 'windows';
  if (/^mcr\.microsoft\.com\/(windows|dotnet\/framework)(\/|$)/.test(repository)) return 'windows';
  const linux = wordsOf(tag).some((word) => linuxTagWords.has(word.replace(/[\d.]+$/, '')));
  return linux || linuxRepositories.has(repository) ? 'linux' : 'unknown';
};

/** Nano Server, Server Core or Server, where a reference says so. */
export const flavourNamed = (image: string): Flavour | undefined => {
  const { repository, tag = '' } = imageName(image);
  const inMicrosofts = /^(?:mcr\.microsoft\.com\/windows|microsoft)\/(?:windows)?(\w+)/.exec(
    repository,
  )?.[1];
  if (inMicrosofts === 'nanoserver' || inMicrosofts === 'servercore' || inMicrosofts === 'server') {
    return inMicrosofts;
  }
  const words = wordsOf(tag);
  if (words.includes('nanoserver')) return 'nanoserver';
  if (words.includes('windowsservercore') || repository.includes('dotnet/framework')) {
    return 'servercore';
  }
  return undefined;
};
