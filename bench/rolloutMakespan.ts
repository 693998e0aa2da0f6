import { allowedInTotal, defaultBudget } from '../domain/maintenance/budget.ts';
import { fleet, replaceables } from './rolloutFleet.ts';
import { batchesMs, floorMs, slidingMs } from './rolloutFloor.ts';
import { runRollout } from './rolloutRun.ts';

export const slots = allowedInTotal(defaultBudget, 'instance', fleet.instances);

/** Times over the floor, of one seed, and what was counted in Tuesday's run. */
export type Makespan = {
  readonly tuesday: number;
  readonly batches: number;
  readonly anyOrder: number;
  readonly planCalls: number;
  readonly events: number;
  readonly bytes: number;
};

export const makespanOf = (seed: number): Makespan => {
  const all = replaceables(seed);
  const wave = { slots, durationsMs: all.map(({ durationMs }) => durationMs) };
  const { makespanMs, ...counted } = runRollout(all);
  const over = (ms: number) => ms / floorMs({ mandatoryMs: 0, waves: [wave] });
  return {
    tuesday: over(makespanMs),
    batches: over(batchesMs(wave)),
    anyOrder: over(slidingMs(wave)),
    ...counted,
  };
};
