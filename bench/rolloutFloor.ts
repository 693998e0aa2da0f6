/** What no scheduler can go below. */
export type FloorTerms = {
  /** Canary, bake and closed windows that the policy prescribes, whatever else is done. */
  readonly mandatoryMs: number;
  readonly waves: readonly Wave[];
};

/** Instances that are replaced without waiting for one another, at most `slots` at once. */
export type Wave = { readonly slots: number; readonly durationsMs: readonly number[] };

/**
 * The mandatory time, and for each wave the longer of two: all of its work spread evenly over the
 * slots, and its longest instance.
 */
export const floorMs = ({ mandatoryMs, waves }: FloorTerms): number =>
  waves.reduce((sum, wave) => sum + waveFloorMs(wave), mandatoryMs);

const waveFloorMs = ({ slots, durationsMs }: Wave): number =>
  Math.max(sumOf(durationsMs) / slots, longestOf(durationsMs));

/** As many at once as there are slots, and none of the next batch before the last one is done. */
export const batchesMs = ({ slots, durationsMs }: Wave): number => {
  let totalMs = 0;
  for (let start = 0; start < durationsMs.length; start += slots) {
    totalMs += longestOf(durationsMs.slice(start, start + slots));
  }
  return totalMs;
};

/** The next one begins, in the order given, as soon as a slot is free. */
export const slidingMs = ({ slots, durationsMs }: Wave): number => {
  const freeAtMs = Array.from({ length: Math.min(slots, durationsMs.length) }, () => 0);
  for (const durationMs of durationsMs) {
    const first = freeAtMs.indexOf(Math.min(...freeAtMs));
    freeAtMs[first] = (freeAtMs[first] ?? 0) + durationMs;
  }
  return longestOf(freeAtMs);
};

/** Calls that change something: ten instances a drain call, and one deployment a service. */
export const callsFloor = (instances: number, services: number): number =>
  Math.ceil(instances / 10) + services;

/** The least of `values` that a share of them is not above. */
export const quantile = (values: readonly number[], share: number): number => {
  const index = Math.max(0, Math.ceil(share * values.length) - 1);
  return values.toSorted((a, b) => a - b)[index] ?? Number.NaN;
};

const sumOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);
const longestOf = (values: readonly number[]): number => Math.max(0, ...values);
