import { describe, expect, it } from 'vitest';
import { attack } from './attack.ts';

// 100,000 of them: npm run hostile.
describe('hostile registry answers and event bodies', () => {
  it.each([7, 20260615])(
    'crash nothing, lose nothing, move no channel wrongly: seed %i',
    async (seed) => {
      const { faults, registryAnswers, eventBodies } = await attack(3_000, seed);
      expect(faults).toEqual([]);
      expect([registryAnswers, eventBodies]).toEqual([1_500, 1_500]);
    },
  );
});
