import { type ExposureReport, exposureOf } from '../../domain/patching/exposure.ts';
import type { Instant } from '../../events/ids.ts';
import type { Views } from '../../infra/views/views.ts';

/** How things stand in one cluster at one moment. */
export type Standing = {
  readonly now: Instant;
  readonly views: Views;
  readonly exposure: ExposureReport;
};

export const standingOf = (views: Views, clusterName: string, now: Instant): Standing => {
  let found: ExposureReport | undefined;
  const { channels, amis, images } = views;
  return {
    now,
    views,
    // Measured when someone looks: most steps of a lived month are shown to nobody.
    get exposure() {
      found ??= exposureOf({ view: views.fleet(clusterName), channels, amis, images, now });
      return found;
    },
  };
};

const minuteMs = 60_000;

/** The grid of steps: fine while something moves, coarse while there is only waiting to be done. */
export const stepMs = { moving: minuteMs, waiting: 30 * minuteMs } as const;

/**
 * The watch and the sweep come at full hours of their own, so that a step done again is the same
 * step.
 */
export const dueAt = (now: Instant, startedAt: Instant) => ({
  watch: now % (60 * minuteMs) === 0 || now === startedAt,
  sweep: now % (120 * minuteMs) === 0 || now === startedAt,
});

/** The next point of the grid after `now`. */
export const nextStep = (now: Instant, moving: boolean, endsAt: number): Instant => {
  const grid = moving ? stepMs.moving : stepMs.waiting;
  return Math.min(endsAt, Math.floor(now / grid) * grid + grid) as Instant;
};
