import type { WindowsBuild } from '../../events/ids.ts';
import { tasksOn } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import type { ChannelState } from '../windows/channelState.ts';
import type { ImageState } from '../windows/image.ts';
import type { InstanceProgress, Rollout } from './rolloutState.ts';
import type { Sight } from './sight.ts';

/** What can be known of an instance before it is emptied and replaced. */
export type KnownBeforehand = {
  readonly tasks: number;
  /** The longest of the target groups that its tasks are in; absent: not known. */
  readonly deregistrationDelayMs?: number;
  /** Compressed bytes of layers that its tasks need and an instance fresh from its AMI lacks. */
  readonly bytesToPull: number;
};

/** A Windows instance serves 4 to 8 minutes after launch. */
const launchMs = 6 * 60_000;
/** ECS_CONTAINER_STOP_TIMEOUT of the agent: 30 s unless set (ECS Developer Guide). */
const stopTimeoutMs = 30_000;
/** Layers unpack one after another on one core: 2 GB in 140 s (Windows-Containers#607). */
const unpackBytesPerMs = 14_300;

/**
 * How long an instance may be expected to hold its lease, in ms. Good enough to say which of two
 * takes longer: what else happens to them nobody knows beforehand.
 */
export const expectedMs = ({
  tasks,
  deregistrationDelayMs = 0,
  bytesToPull,
}: KnownBeforehand): number =>
  launchMs + deregistrationDelayMs + tasks * stopTimeoutMs + bytesToPull / unpackBytesPerMs;

/**
 * Asked of one instance after another in one pass. An image that could not be read, and one whose
 * layers cannot be told from their compressed ones, count as nothing to pull.
 */
export const expectationOf = (
  { instanceTargets }: Pick<Rollout, 'instanceTargets'>,
  { view, images, channels }: Pick<Sight, 'view' | 'images' | 'channels'>,
) => {
  const onAmi = new Map<string, ReadonlySet<string>>();
  const heldByAmiOf = (channel: string): ReadonlySet<string> => {
    const held = onAmi.get(channel) ?? layersOf(channels, instanceTargets[channel]?.build);
    onAmi.set(channel, held);
    return held;
  };
  return ({ containerInstanceArn, channel }: InstanceProgress): number => {
    const tasks = tasksOn(view, containerInstanceArn);
    const held = heldByAmiOf(channel);
    const toPull = new Map<string, number>();
    for (const { containers } of tasks) {
      for (const { imageDigest = '' } of containers) {
        const image = images.get(imageDigest);
        for (const [diffId, bytes] of image === undefined ? [] : bytesByDiffId(image)) {
          if (!held.has(diffId)) toPull.set(diffId, bytes);
        }
      }
    }
    const bytesToPull = [...toPull.values()].reduce((sum, bytes) => sum + bytes, 0);
    return expectedMs({ tasks: tasks.length, bytesToPull });
  };
};

/** The AMI of a build carries Microsoft's base images of that build. */
const layersOf = (
  channels: readonly ChannelState[],
  build: WindowsBuild | undefined,
): ReadonlySet<string> =>
  new Set(
    build === undefined
      ? []
      : channels.flatMap(({ diffIdsByBuild }) => (diffIdsByBuild[build] ?? []).flat()),
  );

const bytesByDiffId = once((image: ImageState): ReadonlyMap<string, number> => {
  const { diffIds = [], layers = [] } = image.config ?? {};
  if (diffIds.length !== layers.length) return new Map();
  return new Map(diffIds.map((diffId, index) => [diffId, layers[index]?.bytes ?? 0]));
});
