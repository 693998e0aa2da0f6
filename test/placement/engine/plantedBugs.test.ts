import { describe, expect, it } from 'vitest';
import { builtWithBug, type PlantedBug } from '../../support/builtWithBug.ts';
import { compareWithOracle, type Decide } from '../oracle/compareWithOracle.ts';
import { plantedBugs } from './plantedBugs.ts';

// The oracle is worth what it finds: the engine is built anew with one mistake in it each time.

const room = 'domain/placement';

const entry = `export * from './${room}/indexed/placementIndex.ts';`;

const engineWith = async (bug: PlantedBug): Promise<Decide> => {
  const { planPlacements } = await builtWithBug<{ planPlacements: Decide }>(entry, room, bug);
  return planPlacements;
};

describe('the oracle', () => {
  it('has thirty mistakes to find, each of its own kind', () => {
    expect(plantedBugs.length).toBeGreaterThanOrEqual(30);
    expect(new Set(plantedBugs.map(({ mistake }) => mistake)).size).toBe(plantedBugs.length);
  });

  it.each(plantedBugs)('finds it when $mistake', async (bug) => {
    const decide = await engineWith(bug);
    const { disagreements } = untilFirst(decide, 20_000);
    expect(disagreements.length).toBeGreaterThan(0);
  });
});

/** In portions, so that what is found early ends early. */
const untilFirst = (decide: Decide, most: number) => {
  for (let seed = 1; ; seed += 1) {
    const found = compareWithOracle(decide, { seed, decisions: 1_000 });
    if (found.disagreements.length > 0 || seed * 1_000 >= most) return found;
  }
};
