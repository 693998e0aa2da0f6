import { describe, expect, it } from 'vitest';
import { askedOfEcs } from '../../bench/rolloutCalls.ts';
import { replaceables } from '../../bench/rolloutFleet.ts';
import { batchesMs, callsFloor, floorMs } from '../../bench/rolloutFloor.ts';
import { runRollout } from '../../bench/rolloutRun.ts';

describe('a rollout in virtual time', () => {
  it('replaces every instance, not below the floor and below barriers', () => {
    const all = replaceables(1, 60);
    const wave = { slots: 6, durationsMs: all.map(({ durationMs }) => durationMs) };
    const { makespanMs } = runRollout(all);
    expect(makespanMs).toBeGreaterThanOrEqual(floorMs({ mandatoryMs: 0, waves: [wave] }));
    expect(makespanMs).toBeLessThan(batchesMs(wave));
  });

  it('is the same again for the same seed', () => {
    const once = () => runRollout(replaceables(2, 30));
    expect(once()).toEqual(once());
    expect(replaceables(2, 3)).not.toEqual(replaceables(3, 3));
  });
});

describe('a rollout on the simulated ECS', () => {
  it('makes no call more than it must', async () => {
    const size = { instances: 60, behind: 23, services: 3, tasksEach: 4 };
    const atOnce = await askedOfEcs(size, 7, { count: 23 });
    expect(atOnce).toMatchObject({ replaced: 23, deployed: 3 });
    expect(atOnce.calls).toEqual({ UpdateContainerInstancesState: 3, UpdateService: 3 });
    const made = Object.values(atOnce.calls).reduce((sum, count) => sum + count, 0);
    expect(made).toBe(callsFloor(23, 3));
  });
});
