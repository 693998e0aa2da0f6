import { describe, expect, it } from 'vitest';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import type { ObservedTask } from '../../../events/fleet.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import { anInstance, aTask, at, october, taskArn } from '../../support/fleetBuilder.ts';
import {
  aSight,
  happened,
  heldInstance,
  ledgerHolding,
  rolloutAfter,
  terminated,
} from './rolloutBuilder.ts';
import { stepsAt } from './stepsAt.ts';

const { started, learnt, halted, resumed } = happened;
const hour = 60;
const ongoing = (...past: readonly RolloutEvent[]) =>
  rolloutAfter({ instances: ['a'] }, started(), learnt(), ...past);

describe('a replacement', () => {
  const there = anInstance('a2', { build: october, registeredAt: at(15) });
  const replaced = [...terminated(), happened.replaced('a', 'a2', 20)];

  it('is proved by the first task that runs there', () => {
    const pending = [aTask('t', { on: 'a2', lastStatus: 'PENDING' })];
    expect(stepsAt(22, ongoing(...replaced), [there], { tasks: pending })).toEqual([]);
    const tasks = [...pending, aTask('u', { on: 'a2' })];
    expect(stepsAt(22, ongoing(...replaced), [there], { tasks })).toMatchObject([
      { type: 'RecordProof', taskArn: taskArn('u') },
    ]);
  });

  it('halts when nothing starts there in time, or when it goes again', () => {
    const halt = [{ type: 'HaltRollout', reason: 'ReplacementUnproved' }];
    expect(stepsAt(hour + 21, ongoing(...replaced), [there])).toMatchObject(halt);
    expect(stepsAt(22, ongoing(...replaced), [])).toMatchObject(halt);
  });
});

describe('a replacement with a canary', () => {
  const there = anInstance('a2', { build: october, registeredAt: at(15) });
  const withCanary = { instances: ['a'], policy: { canaryFamily: 'tuesday-canary' } };
  const replaced = [...terminated(), happened.replaced('a', 'a2', 20)];
  const proving = (...past: readonly RolloutEvent[]) =>
    rolloutAfter(
      withCanary,
      started(),
      learnt(),
      ...replaced,
      happened.proofIntended('a', 21),
      ...past,
    );
  const stopped = (exitCode: number | undefined, fields: Partial<ObservedTask> = {}) =>
    aTask('canary', {
      on: 'a2',
      group: 'family:tuesday-canary-2022',
      startedBy: 'prove-a',
      lastStatus: 'STOPPED',
      stoppedAt: at(25),
      stoppedReason: 'hns: address already in use',
      containers: [{ name: 'app', hostPorts: [], ...(exitCode === undefined ? {} : { exitCode }) }],
      ...fields,
    });
  const withTask = (task: ObservedTask, minute = 26, state = proving()) =>
    stepsAt(minute, state, [there], { tasks: [task] });

  it('is proved by its canary alone', () => {
    const state = rolloutAfter(withCanary, started(), learnt(), ...replaced);
    const tasks = [aTask('u', { on: 'a2' })];
    expect(stepsAt(22, state, [there], { tasks })).toMatchObject([{ type: 'ProveInstance' }]);
    expect(stepsAt(22, proving(), [there], { tasks })).toEqual([]);
    expect(withTask(stopped(0))).toMatchObject([
      { type: 'RecordProof', taskArn: taskArn('canary') },
    ]);
  });

  it('halts when the canary fails, and keeps its lease', () => {
    const failed = withTask(stopped(1));
    expect(failed).toMatchObject([
      {
        type: 'HaltRollout',
        reason: 'ProofFailed',
        detail: expect.stringContaining('hns: address already in use'),
      },
    ]);
    const ledger = ledgerHolding(heldInstance('a'));
    const after26 = proving(halted(26));
    expect(planSteps(after26, aSight({ ledger, now: at(30) })).ledger).toEqual([]);
  });

  it('is not proved by a canary that never got a container', () => {
    expect(withTask(stopped(undefined))).toMatchObject([{ reason: 'ProofFailed' }]);
    expect(withTask(stopped(0, { containers: [] }))).toMatchObject([{ reason: 'ProofFailed' }]);
  });

  it('halts when the canary does not end in time', () => {
    const running = stopped(undefined, { lastStatus: 'RUNNING' });
    expect(withTask(running)).toEqual([]);
    expect(withTask(running, hour + 22)).toMatchObject([{ reason: 'ReplacementUnproved' }]);
  });

  it('after someone has looked and resumed is proved by a task of a service', () => {
    const looked = proving(halted(26), resumed(40));
    expect(withTask(stopped(1), 41, looked)).toEqual([]);
    const tasks = [stopped(1), aTask('u', { on: 'a2' })];
    expect(stepsAt(41, looked, [there], { tasks })).toMatchObject([{ type: 'RecordProof' }]);
  });
});
