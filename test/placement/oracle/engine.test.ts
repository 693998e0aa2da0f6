import { describe, expect, it } from 'vitest';
import { planPlacements } from '../../../domain/placement/indexed/placementIndex.ts';
import { scanPlacements } from '../../../domain/placement/scanPlacements.ts';
import { compareWithOracle } from './compareWithOracle.ts';

// `npm run oracle` puts 100,000 decisions to both; here is a part of them, from another seed.

describe('the engine against an oracle that was written without seeing it', () => {
  it.each([
    ['the index', planPlacements],
    ['the scan', scanPlacements],
  ])('%s decides, counts and refuses alike', (_name, decide) => {
    const { disagreements, decisions, fired } = compareWithOracle(decide, {
      seed: 20_261_126,
      decisions: 6_000,
    });
    expect(disagreements).toEqual([]);
    expect(decisions).toBeGreaterThanOrEqual(6_000);
    expect(Object.values(fired).every((times) => times > 0)).toBe(true);
  });
});
