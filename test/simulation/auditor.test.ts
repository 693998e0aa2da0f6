import { describe, expect, it } from 'vitest';
import { judge, story } from './auditStory.ts';

describe('the auditor', () => {
  it('finds nothing in a rollout without fault, on its way and at rest', () => {
    expect(judge(story())).toEqual({ violations: [], atRest: [] });
  });
});
