import { describe, expect, it } from 'vitest';
import { drainsNow } from '../../../domain/rollout/drainsNow.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  at,
  instanceArn,
  taskArn,
} from '../../support/fleetBuilder.ts';
import { happened, type Planned, rolloutAfter, rolloutId, terminated } from './rolloutBuilder.ts';

const plan: Planned = { instances: ['a'] };
const draining = anInstance('a', { status: 'DRAINING' });
const view = aFleet({
  instances: [draining],
  tasks: [aTask('t1', { on: 'a' })],
  services: [aService('orders')],
});
const drainsAfter = (...past: readonly RolloutEvent[]) =>
  drainsNow(view, [rolloutAfter(plan, happened.started(), ...past)], at(20));
const drained = [
  happened.drainIntended(),
  happened.succeeded('drain-a'),
  happened.drained(),
] as const;

describe('what is being drained now', () => {
  it.each([
    ['its drain to begin', 'DrainToBegin', [happened.drainIntended()]],
    ['its tasks', 'TasksToLeave', [happened.drainIntended(), happened.succeeded('drain-a')]],
    ['its end', 'Termination', drained],
    ['what stands in for it', 'Replacement', terminated()],
    ['a first task there', 'Proof', [...terminated(), happened.replaced()]],
    ['its canary', 'Proof', [...terminated(), happened.replaced(), happened.proofIntended()]],
    [
      'being handed back',
      'HandingBack',
      [happened.drainIntended(), happened.succeeded('drain-a'), happened.restoreIntended()],
    ],
  ] as const)('waits for %s', (_, waitsFor, past) => {
    expect(drainsAfter(...past)).toMatchObject([
      { containerInstanceArn: instanceArn('a'), waitsFor, rollout: { rolloutId } },
    ]);
  });

  it('says until when its tasks may take', () => {
    const [drain] = drainsAfter(happened.drainIntended(), happened.succeeded('drain-a'));
    expect(drain?.rollout).toEqual({ rolloutId, since: at(2), deadline: at(122) });
  });

  it('says what keeps each task', () => {
    const fleet = aFleet({
      instances: [draining],
      tasks: [
        aTask('t1', { on: 'a' }),
        aTask('t2', { on: 'a', desiredStatus: 'STOPPED' }),
        aTask('t3', { on: 'a', group: 'family:batch' }),
        aTask('t4', { on: 'a', service: 'stuck' }),
        aTask('t5', { on: 'a', service: 'unseen' }),
        aTask('t6', { on: 'a', service: 'busy' }),
        aTask('t7', { on: 'a', service: 'busy' }),
      ],
      services: [
        aService('orders', { minimumHealthyPercent: 100 }),
        aService('busy', { minimumHealthyPercent: 0 }),
        aService('stuck', { minimumHealthyPercent: 100, maximumPercent: 100, desiredCount: 1 }),
      ],
    });
    const protectedUntil = new Map([
      [taskArn('t6'), at(90)],
      [taskArn('t7'), at(19)],
    ]);
    const [drain] = drainsNow({ ...fleet, protectedUntil }, [], at(20));
    expect(drain?.tasksLeft.map(({ why = 'nothing' }) => why)).toEqual([
      expect.stringContaining('orders'),
      'it is stopping',
      'it stands alone and is left to end by itself',
      'minimum 100% and maximum 100% let ECS neither stop nor start a task',
      'service:unseen has not been described yet',
      expect.stringMatching(/^task protected until /),
      'nothing',
    ]);
  });

  it('names what someone else has set DRAINING, and nothing that is at rest', () => {
    const fleet = aFleet({ instances: [draining, anInstance('b')] });
    const drains = drainsNow(fleet, [rolloutAfter(plan)], at(20));
    expect(drains).toMatchObject([{ waitsFor: 'SomeoneElse', status: 'DRAINING' }]);
    expect(drains[0]).not.toHaveProperty('rollout');
  });

  it('still names one that is gone and not yet replaced', () => {
    const rollout = rolloutAfter(plan, happened.started(), ...terminated());
    expect(drainsNow(aFleet(), [rollout], at(20))).toMatchObject([{ status: null, tasksLeft: [] }]);
  });
});
