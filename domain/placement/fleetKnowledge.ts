import type { ObservedContainer, ObservedInstance } from '../../events/fleet.ts';
import { type FleetView, tasksOn } from '../fleet/fleetView.ts';
import type { AmiState } from '../windows/ami.ts';
import { buildOf } from '../windows/build.ts';
import type { ChannelState } from '../windows/channelState.ts';
import type { ImageState } from '../windows/image.ts';
import { instanceBuild } from '../windows/instanceBuild.ts';
import { type InstanceKnowledge, placementInstanceOf } from './fleetProblem.ts';
import type { ImageKnowledge } from './fleetTask.ts';
import type { ImageLayer, PlacementInstance } from './placementProblem.ts';

/** A fleet with what is known of its releases and images. */
export type KnownFleet = {
  readonly view: FleetView;
  readonly amis: readonly AmiState[];
  readonly channels: readonly ChannelState[];
  readonly images: ReadonlyMap<string, ImageState>;
};

/** Every instance with its build, and the layers that tasks seen there must have brought. */
export const placementInstancesOf = (fleet: KnownFleet): readonly PlacementInstance[] =>
  [...fleet.view.instances.values()].map((instance) =>
    placementInstanceOf(fleet.view, instance, knowledgeOf(fleet, instance)),
  );

const knowledgeOf = (fleet: KnownFleet, instance: ObservedInstance): InstanceKnowledge => {
  const { view, amis, channels, images } = fleet;
  const found = instanceBuild(instance, amis, channels);
  const layers = tasksOn(view, instance.containerInstanceArn)
    .filter(({ lastStatus }) => lastStatus === 'RUNNING')
    .flatMap(({ containers }) => containers)
    .flatMap((container) => imageOf(images, container)?.config?.diffIds ?? []);
  return {
    build: found.status === 'known' ? found.build : null,
    layers: layers.length === 0 ? null : [...new Set(layers)],
  };
};

const imageOf = (
  images: KnownFleet['images'],
  { imageDigest }: Pick<ObservedContainer, 'imageDigest'>,
): ImageState | undefined => (imageDigest === undefined ? undefined : images.get(imageDigest));

/** What is known of the image that a container runs; compressed bytes are what is pulled. */
export const imageKnowledgeOf = (
  images: KnownFleet['images'],
  container: Pick<ObservedContainer, 'imageDigest'> | undefined,
): ImageKnowledge => {
  const config = container && imageOf(images, container)?.config;
  if (config === undefined) return { build: null, layers: null };
  const { osVersion, diffIds, layers } = config;
  const isPaired = diffIds.length === layers.length;
  return {
    build: (osVersion === undefined ? undefined : buildOf(osVersion)) ?? null,
    layers: isPaired
      ? diffIds.map((diffId, index): ImageLayer => ({ diffId, bytes: layers[index]?.bytes ?? 0 }))
      : null,
  };
};
