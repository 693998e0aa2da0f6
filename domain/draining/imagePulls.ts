import type { ImageLayer } from '../placement/placementProblem.ts';
import { bytesToPull } from '../placement/requirement.ts';
import type { Span } from './drainPlan.ts';

/**
 * 2.4 GB came down in 74 s (containerd/containerd#4989, Google Cloud, 2021). While it comes it is
 * unpacked already at best, and not before all of it is there at worst.
 */
const downloadBytesPerSecond = 32_000_000;

/** 2 GB in 140 s on a fast machine (microsoft/Windows-Containers#607, 2025). */
const unpackFastBytesPerSecond = 14_300_000;

/** 2.4 GB in 12.5 minutes, with Defender at work (containerd/containerd#4989). */
const unpackSlowBytesPerSecond = 3_200_000;

/** Server Core 2022 as it is pulled, September 2025: what an unknown image is at least. */
export const unknownImageBytes = 2_400_000_000;

/** How long one image takes, alone on its instance. */
export const pullTime = ({ low, high }: { readonly low: number; readonly high: number }): Span => ({
  low: (low / unpackFastBytesPerSecond) * 1_000,
  high: (high / downloadBytesPerSecond + high / unpackSlowBytesPerSecond) * 1_000,
});

/** By instance: until when it pulls and unpacks, and what that has brought. */
export type Pulls = Map<string, { readonly freeAfter: Span; readonly brought: Set<string> }>;

type Pull = {
  readonly on: string;
  readonly begin: Span;
  readonly layers: readonly ImageLayer[];
  readonly held: ReadonlySet<string>;
  /** Where the image or the instance is not known, all of it may be there: the AMI brings some. */
  readonly isKnown: boolean;
};

/**
 * When the image is unpacked, and notes that the instance was busy so long. Unpacking is serial and
 * runs on one core (moby/moby#39832).
 */
export const pullSpan = (pulls: Pulls, { on, begin, layers, held, isKnown }: Pull): Span => {
  const line = pulls.get(on) ?? { freeAfter: begin, brought: new Set<string>() };
  const bytes = bytesToPull(layers, held);
  const time = pullTime({ low: isKnown ? bytes : 0, high: bytes });
  const low = time.low === 0 ? begin.low : Math.max(begin.low, line.freeAfter.low) + time.low;
  const high = time.high === 0 ? begin.high : Math.max(begin.high, line.freeAfter.high) + time.high;
  for (const { diffId } of layers) line.brought.add(diffId);
  pulls.set(on, {
    freeAfter: {
      low: Math.max(line.freeAfter.low, low),
      high: Math.max(line.freeAfter.high, high),
    },
    brought: line.brought,
  });
  return { low: Math.round(low), high: Math.round(high) };
};
