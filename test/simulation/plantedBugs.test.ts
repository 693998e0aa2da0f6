import { describe, expect, it } from 'vitest';
import { plantedBugs } from './plantedBugs.ts';
import { plantedInDrains } from './plantedDrains.ts';
import { plantedInEnforcement } from './plantedEnforcement.ts';
import { plantedInGhosts } from './plantedGhosts.ts';
import { plantedInPrefetch } from './plantedPrefetch.ts';
import { plantedInSurge } from './plantedSurge.ts';
import { plantedInTemplates } from './plantedTemplates.ts';
import { plantedInWindows } from './plantedWindows.ts';
import { simulate } from './simulate.ts';

/** A bug is found within so many seeds, beginning with the one that found it before. */
const seedsMax = 25;
const steps = 200;

describe('a planted bug is found', () => {
  it.each([
    ...plantedBugs,
    ...plantedInDrains,
    ...plantedInEnforcement,
    ...plantedInWindows,
    ...plantedInPrefetch,
    ...plantedInGhosts,
    ...plantedInSurge,
    ...plantedInTemplates,
  ])('$name', async (plant) => {
    let found: readonly string[] = [];
    for (
      let seed = plant.foundBy;
      found.length === 0 && seed < plant.foundBy + seedsMax;
      seed += 1
    ) {
      found = (await simulate(seed, { steps, plant })).violations;
    }
    expect(found.length).toBeGreaterThan(0);
  });
});
