import { describe, expect, it } from 'vitest';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import type { Instant } from '../../../events/ids.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  at,
  instanceArn,
  taskArn,
} from '../../support/fleetBuilder.ts';
import { aSight, happened, rolloutAfter } from './rolloutBuilder.ts';
import { stepsAt } from './stepsAt.ts';

const { started, learnt, drainIntended, succeeded } = happened;
const fleet = {
  instances: ['a', 'b', 'c'].map((name) => anInstance(name)),
  tasks: [aTask('t', { on: 'a' })],
  services: [aService('orders')],
};
const protectedAs = (until: Instant | null) => ({
  protectedUntil: new Map([[taskArn('t'), until]]),
});

describe('an instance with a task that has protected itself', () => {
  const both = rolloutAfter({ instances: ['a', 'b'] }, started(), learnt());
  const planFor = (until: Instant | null) =>
    planSteps(both, aSight({ view: { ...aFleet(fleet), ...protectedAs(until) } }));
  const drained = (until: Instant | null) =>
    planFor(until).proposals.flatMap(({ step }) =>
      step.type === 'DrainInstance' ? step.containerInstanceArn : [],
    );

  it('waits, and the next goes on instead', () => {
    expect(drained(at(90))).toEqual([instanceArn('b')]);
    const [held] = planFor(at(90)).holds;
    expect(held).toMatchObject({ subject: instanceArn('a'), reason: 'TaskProtected' });
    expect(held?.detail).toMatch(/^orders, arn\S+\/t: task protected until .* unless its service/);
    expect(held?.lasting).toBe(false);
  });

  it('waits as well where nobody knows until when', () => {
    expect(drained(null)).toEqual([instanceArn('b')]);
  });

  it('is begun once that is over', () => {
    expect(drained(at(9))).toEqual([instanceArn('a')]);
  });

  it('is handed back at the deadline, where it protected itself in mid-drain', () => {
    const state = rolloutAfter(
      { instances: ['a'] },
      started(),
      learnt(),
      drainIntended('a', 2),
      succeeded('drain-a'),
    );
    const emptying = anInstance('a', { status: 'DRAINING', version: 9 });
    const view = { ...aFleet({ ...fleet, instances: [emptying] }), ...protectedAs(at(500)) };
    const [step] = stepsAt(123, state, [emptying], { view });
    expect(step).toMatchObject({ type: 'RestoreInstance', reason: 'TaskProtected' });
    expect(step).toMatchObject({ detail: expect.stringContaining('task protected until') });
  });
});
