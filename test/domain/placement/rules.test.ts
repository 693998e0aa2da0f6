import { describe, expect, it } from 'vitest';
import { placementRules } from '../../../domain/placement/placementProblem.ts';
import { PlacementRuleName } from '../../../events/placement.ts';

describe('the rules of placement', () => {
  it('are recorded by the names they are asked by, in the same order', () => {
    expect(PlacementRuleName.options).toEqual(placementRules);
  });
});
