import type { ImageLayer } from '../placement/placementProblem.ts';
import { bytesToPull } from '../placement/requirement.ts';
import type { Span } from './drainPlan.ts';
import { type Pulls, pullSpan } from './imagePulls.ts';
import type { Wave } from './waves.ts';

/** What has to be known of one task to say how long it takes. */
export type TaskTimes = {
  /** From the order to stop until it has stopped. */
  readonly stop: Span;
  /** The replacement, where there is one. */
  readonly start?: {
    readonly on: string;
    /** Layers of all its images, or what stands for those that are not known. */
    readonly layers: readonly ImageLayer[];
    readonly areLayersKnown: boolean;
    /** From RUNNING until ECS takes it for healthy. */
    readonly healthy: Span;
  };
};

export type EstimateQuestion = {
  /** Waves of each service; services go on beside each other. */
  readonly services: readonly (readonly Wave[])[];
  /** By task ARN. */
  readonly times: ReadonlyMap<string, TaskTimes>;
  /** Layers known to be on an instance, by diff id; absent: nothing is known of it. */
  readonly layersOn: ReadonlyMap<string, ReadonlySet<string>>;
};

export type Estimate = {
  /** From the beginning of the drain until the task has stopped; by task ARN. */
  readonly stopsAfter: ReadonlyMap<string, Span>;
  /** Compressed bytes that the destination lacked when the replacement was placed there. */
  readonly bytes: ReadonlyMap<string, number | null>;
  /** Until all that each service starts is healthy, in the order of the question. */
  readonly wholeAfter: readonly Span[];
};

export const noTime: Span = { low: 0, high: 0 };
export const plus = (a: Span, b: Span): Span => ({ low: a.low + b.low, high: a.high + b.high });
export const latest = (a: Span, b: Span): Span => ({
  low: Math.max(a.low, b.low),
  high: Math.max(a.high, b.high),
});

/**
 * How long a drain takes. A wave lasts until all that it starts is healthy and all that it stops
 * has stopped; the next one begins then. An instance unpacks one image after another, and a layer
 * that one task has brought the next one finds there.
 */
export const estimateDrain = ({ services, times, layersOn }: EstimateQuestion): Estimate => {
  const pulls: Pulls = new Map();
  const stopsAfter = new Map<string, Span>();
  const bytes = new Map<string, number | null>();
  const begins = services.map(() => noTime);
  const wavesMost = services.reduce((most, waves) => Math.max(most, waves.length), 0);
  for (let turn = 0; turn < wavesMost; turn += 1) {
    services.forEach((waves, place) => {
      const wave = waves[turn];
      const begin = begins[place] ?? noTime;
      if (wave === undefined) return;
      let end = begin;
      for (const id of wave.stops) {
        const stopped = plus(begin, times.get(id)?.stop ?? noTime);
        stopsAfter.set(id, stopped);
        end = latest(end, stopped);
      }
      for (const id of wave.starts) {
        const start = times.get(id)?.start;
        if (start === undefined) continue;
        const held = heldOn(pulls, layersOn, start.on);
        bytes.set(id, start.areLayersKnown ? bytesToPull(start.layers, held) : null);
        const isKnown = start.areLayersKnown && layersOn.has(start.on);
        const pulled = pullSpan(pulls, { ...start, begin, held, isKnown });
        end = latest(end, plus(pulled, start.healthy));
      }
      begins[place] = end;
    });
  }
  return { stopsAfter, bytes, wholeAfter: begins };
};

const heldOn = (
  pulls: Pulls,
  layersOn: EstimateQuestion['layersOn'],
  on: string,
): ReadonlySet<string> => new Set([...(layersOn.get(on) ?? []), ...(pulls.get(on)?.brought ?? [])]);
