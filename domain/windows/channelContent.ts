import type { Digest, WindowsBuild } from '../../events/ids.ts';
import { baseHistory } from './baseHistory.ts';
import { buildOf, channelOfBuild } from './build.ts';
import { channelOfTag, flavourOfBase } from './tag.ts';

export type TagContent = {
  readonly osVersion: string;
  readonly diffIds: readonly Digest[];
  readonly history: readonly string[];
};

/**
 * The build that a tag holds, or why what it holds cannot be what its name says. In May 2022 Nano
 * Server tags carried Server Core (Windows-Containers#225): such content has the right build and
 * the wrong layers. A Server Core base without its patch layer looks like Nano Server and passes.
 */
export const judgeContent = (
  repository: string,
  tag: string,
  content: TagContent,
): { readonly build: WindowsBuild } | { readonly refused: string } => {
  const { osVersion } = content;
  const build = buildOf(osVersion);
  if (build === undefined) return { refused: `os.version ${osVersion || '(empty)'} is no build` };
  const says = channelOfTag(tag);
  if (channelOfBuild(build) !== says) {
    return { refused: `the tag says ${says} and its image says ${osVersion}` };
  }
  const refused =
    whyNotThisHistory(repository, build, content) ?? whyNotTheseLayers(repository, content);
  return refused === undefined ? { build } : { refused };
};

/** A base repository's whole history is the base; that of a derived one begins with it. */
const whyNotThisHistory = (
  repository: string,
  build: WindowsBuild,
  { history }: TagContent,
): string | undefined => {
  const { applied, installed } = baseHistory(history);
  const told = installed ?? applied;
  if (told !== undefined && told !== build) {
    return `os.version says ${build} and the history of the image says ${told}`;
  }
  const flavour = flavourOfBase(repository);
  if (flavour === 'nanoserver' && installed !== undefined) {
    return `a patch layer (Install update 10.0.${installed}), which Nano Server does not have`;
  }
  return undefined;
};

const whyNotTheseLayers = (repository: string, { diffIds }: TagContent): string | undefined => {
  const flavour = flavourOfBase(repository);
  if (flavour === 'nanoserver' && diffIds.length > 1) {
    return `${diffIds.length} layers, where Nano Server has one`;
  }
  if (flavour === 'servercore' && diffIds.length > 2) {
    return `${diffIds.length} layers, where Server Core has a base and at most one patch`;
  }
  return undefined;
};
