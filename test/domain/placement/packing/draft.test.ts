import { describe, expect, it } from 'vitest';
import { draftBy, settingOf } from '../../../../domain/placement/packing/draft.ts';
import { ways } from '../../../../domain/placement/packing/fill.ts';
import { kindsOf } from '../../../../domain/placement/packing/kinds.ts';
import { offered, tasksOf } from './builders.ts';

describe('one way of filling', () => {
  // Two fives fill an instance best. Taken so, ten distinct tasks would come last, on ten more.
  it.each(ways)('does not leave distinct tasks to the end: $weighting, $mixedPart', (way) => {
    const problem = {
      tasks: [
        ...tasksOf(10, 'distinct', { cpu: 1 }, { isDistinct: true, group: 'service:one' }),
        ...tasksOf(18, 'five', { cpu: 5 }),
      ],
      instances: [],
      instanceTypes: [offered('m5', { cpu: 10 })],
    };
    const setting = settingOf(problem, kindsOf(problem));
    const { launches } = draftBy(setting, way);
    expect(launches.length).toBeLessThanOrEqual(15);
  });
});
