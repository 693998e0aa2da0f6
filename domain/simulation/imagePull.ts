import type { ImageContent, Instance, World } from './world.ts';

/**
 * Pulls an image onto an instance and returns when its last layer is unpacked. Layers that the
 * instance holds, by diff id, cost nothing, whatever their compressed digest (Moby fills diff ids
 * from the config before it downloads). The line is shared and unpacking runs on one core, one
 * layer after another (moby/moby#39832), so both are queues: a pull waits for what earlier pulls
 * left in them.
 */
export const pullImage = (world: World, instance: Instance, image: ImageContent): number => {
  let readyAt = world.now;
  for (const { diffId, bytes } of image.layers) {
    const held = instance.layers[diffId];
    if (held !== undefined) {
      readyAt = Math.max(readyAt, held);
      continue;
    }
    const downloaded =
      Math.max(world.now, instance.downloadFreeAt) +
      (bytes / world.rates.downloadBytesPerSecond) * 1000;
    const unpacked =
      Math.max(downloaded, instance.unpackFreeAt) +
      (bytes / world.rates.unpackBytesPerSecond) * 1000;
    instance.downloadFreeAt = Math.round(downloaded);
    instance.unpackFreeAt = Math.round(unpacked);
    instance.layers[diffId] = instance.unpackFreeAt;
    instance.bytesPulled += bytes;
    world.bytesPulled += bytes;
    readyAt = Math.max(readyAt, instance.unpackFreeAt);
  }
  return readyAt;
};

/** Compressed bytes of an image that the instance does not hold. */
export const bytesToPull = (instance: Instance, image: ImageContent): number => {
  let bytes = 0;
  for (const layer of image.layers) {
    if (instance.layers[layer.diffId] === undefined) bytes += layer.bytes;
  }
  return bytes;
};
