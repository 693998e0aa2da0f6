import type { Channel, Digest, Flavour, WindowsBuild } from '../../events/ids.ts';
import { baseHistory } from './baseHistory.ts';
import { buildOf, channelOfBuild, compareBuilds } from './build.ts';
import type { ChannelState } from './channelState.ts';
import type { ImageState } from './image.ts';
import { flavourOfBase } from './tag.ts';

export type LineageEvidence = 'os.version' | 'history' | 'diffIds';

export type LineageUnknown =
  | 'NotInspected'
  | 'InspectionFailed'
  | 'NotWindows'
  | 'BuildUnknown'
  | 'ChannelUnknown'
  | 'EvidenceConflicts';

/**
 * The base that an image was made from; `reason` is a sentence for people, `code` is for sorting.
 */
export type ImageLineage =
  | {
      readonly status: 'known';
      readonly channel: Channel;
      readonly build: WindowsBuild;
      /** Only where its layers prove it. */
      readonly flavour?: Flavour;
      readonly evidence: readonly LineageEvidence[];
      /**
       * Its base layers lie in Microsoft's registry, as in images made before June 2023: whoever
       * pulls it pulls from there, and it is gone when they are.
       */
      readonly foreignLayers?: true;
    }
  | { readonly status: 'unknown'; readonly code: LineageUnknown; readonly reason: string };

const unknown = (code: LineageUnknown, reason: string): ImageLineage => ({
  status: 'unknown',
  code,
  reason,
});

/**
 * Which base image an image stands on, by design decision 6: `os.version` of its config, then its
 * history, then its uncompressed layers against those of Microsoft's releases. Compressed layers
 * are not looked at: `docker push` compresses the base anew, so their digests differ from
 * Microsoft's for one and the same base (Windows-Containers#519). Where two kinds of evidence
 * disagree the answer is unknown, not the likelier one.
 */
export const lineageOf = (image: ImageState, channels: readonly ChannelState[]): ImageLineage => {
  const last = found.get(image);
  if (last?.channels === channels) return last.lineage;
  const lineage = findLineage(image, channels);
  found.set(image, { channels, lineage });
  return lineage;
};

// An image is asked about for every task that runs it.
const found = new WeakMap<
  ImageState,
  { readonly channels: readonly ChannelState[]; readonly lineage: ImageLineage }
>();

const findLineage = (image: ImageState, channels: readonly ChannelState[]): ImageLineage => {
  const { config, failure } = image;
  if (config === undefined) {
    return failure === undefined
      ? unknown('NotInspected', 'its config has not been read yet')
      : unknown('InspectionFailed', `its config cannot be read: ${failure.reason}`);
  }
  const { osVersion } = config;
  const { applied, installed } = baseHistory(config.history);
  const byHistory = installed ?? applied;
  const byVersion = osVersion === undefined ? undefined : buildOf(osVersion);
  const layers = baseLayersOf(config.diffIds, channels);
  const byLayers = layers?.exact ? layers.build : undefined;
  if (byVersion !== undefined && byHistory !== undefined && byVersion !== byHistory) {
    const reason = `its os.version says ${byVersion} and its history says ${byHistory}`;
    return unknown('EvidenceConflicts', reason);
  }
  const build = byVersion ?? byHistory ?? byLayers;
  if (build === undefined) return noBuild(osVersion, layers);
  const channel = channelOfBuild(build);
  if (channel === undefined) {
    return unknown('ChannelUnknown', `${build} is in no channel that Tuesday follows`);
  }
  const contradiction = layers === undefined ? undefined : whyNotOn(layers, build);
  if (contradiction !== undefined) return unknown('EvidenceConflicts', contradiction);
  const evidence: LineageEvidence[] = [];
  if (byVersion !== undefined) evidence.push('os.version');
  if (byHistory !== undefined) evidence.push('history');
  if (layers?.build === build) evidence.push('diffIds');
  const flavour = layers === undefined ? {} : { flavour: layers.flavour };
  const foreign = config.layers.some((layer) => layer.foreign) && { foreignLayers: true as const };
  return { status: 'known', channel, build, ...flavour, evidence, ...foreign };
};

const noBuild = (osVersion: string | undefined, layers: BaseLayers | undefined): ImageLineage => {
  if (osVersion !== undefined) {
    return unknown('BuildUnknown', `its os.version ${osVersion} names no revision`);
  }
  if (layers !== undefined) {
    return unknown('BuildUnknown', `its base layer is that of ${layers.build}, its patch unknown`);
  }
  return unknown('NotWindows', 'its config has neither os.version nor a Windows history');
};

/**
 * The base that the lower layers are. `exact` when they are all of it: a Server Core image may
 * share only the base layer with a release, and its patch layer be that of another month.
 */
type BaseLayers = {
  readonly flavour: Flavour;
  readonly build: WindowsBuild;
  readonly exact: boolean;
  readonly shared: number;
};

const baseLayersOf = (
  diffIds: readonly Digest[],
  channels: readonly ChannelState[],
): BaseLayers | undefined => {
  const found: BaseLayers[] = [];
  for (const { repository, diffIdsByBuild } of channels) {
    const flavour = flavourOfBase(repository);
    if (flavour === undefined) continue;
    for (const [text, lists] of Object.entries(diffIdsByBuild)) {
      const build = text as WindowsBuild;
      for (const layers of lists) {
        if (layers.length === 0 || !isPrefix(layers, diffIds)) continue;
        const exact = layers.length > 1 || flavour === 'nanoserver' || diffIds.length === 1;
        found.push({ flavour, build, exact, shared: layers.length });
      }
    }
  }
  return found.toSorted(longestFirst)[0];
};

const isPrefix = (layers: readonly Digest[], diffIds: readonly Digest[]): boolean =>
  layers.every((layer, index) => diffIds[index] === layer);

const longestFirst = (a: BaseLayers, b: BaseLayers): number =>
  b.shared - a.shared ||
  compareBuilds(b.build, a.build) ||
  (a.flavour < b.flavour ? -1 : Number(a.flavour > b.flavour));

const whyNotOn = (layers: BaseLayers, build: WindowsBuild): string | undefined => {
  const order = compareBuilds(layers.build, build);
  // A shared base layer alone fits every later patch on it.
  if (order === 0 || (order < 0 && !layers.exact)) return undefined;
  return `it says ${build} and its layers are those of ${layers.flavour} ${layers.build}`;
};
