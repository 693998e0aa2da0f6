import { describe, expect, it } from 'vitest';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import type { Sight } from '../../../domain/rollout/sight.ts';
import type { ObservedService, ObservedTask } from '../../../events/fleet.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import {
  aFleet,
  anImage,
  anInstance,
  aService,
  aTask,
  at,
  imagesOf,
  instanceArn,
  september,
  serviceArn,
} from '../../support/fleetBuilder.ts';
import { aSight, happened, heldInstance, ledgerHolding, rolloutAfter } from './rolloutBuilder.ts';

const { started, learnt, paused, resumed, halted } = happened;
const hour = 60;

const planAt = (
  minute: number,
  past: readonly RolloutEvent[],
  {
    services = [],
    tasks = [],
    planned = { instances: ['a'] },
    ...fields
  }: Partial<Sight> & {
    readonly services?: readonly ObservedService[];
    readonly tasks?: readonly ObservedTask[];
    readonly planned?: Parameters<typeof rolloutAfter>[0];
  } = {},
) => {
  const instances = ['a', 'b'].map((name) => anInstance(name));
  const view = aFleet({ instances, services, tasks });
  return planSteps(
    rolloutAfter(planned, started(), ...past),
    aSight({ view, now: at(minute), ...fields }),
  );
};
const completion = ({ proposals }: ReturnType<typeof planAt>) =>
  proposals.flatMap(({ step }) => (step.type === 'CompleteRollout' ? [step.left] : []))[0];

const skipped: RolloutEvent = {
  type: 'InstanceSkipped',
  data: {
    containerInstanceArn: instanceArn('a'),
    reason: 'DrainOverdue',
    detail: 'orders did not leave',
    skippedAt: at(5),
  },
};

describe('a rollout ends', () => {
  it('when nothing is left to do, with nothing left', () => {
    const proved: RolloutEvent = {
      type: 'ServiceDeployed',
      data: { serviceArn: serviceArn('orders'), deployedAt: at(9) },
    };
    const planned = { instances: [], services: ['orders'] };
    const past = [learnt(), happened.rebuilt('orders', 5), proved];
    expect(completion(planAt(10, past, { planned }))).toEqual([]);
  });

  it('with a list of what is left and why', () => {
    const stuck = aService('orders', { minimumHealthyPercent: 100, maximumPercent: 100 });
    const tasks = [aTask('t', { on: 'b' })];
    const plan = planAt(10, [learnt(), skipped], {
      planned: { instances: ['a', 'b'], services: ['orders'] },
      services: [stuck],
      tasks,
      images: imagesOf(anImage('orders', september)),
    });
    expect(completion(plan)).toBeUndefined(); // the rebuild is asked for first
    const asked = [learnt(), skipped, happened.rebuilt('orders', 6)];
    const last = planAt(10, asked, {
      planned: { instances: ['a', 'b'], services: ['orders'] },
      services: [stuck],
      tasks,
    });
    expect(
      completion(last)?.map(({ subject, reason }) => [subject.split('/').at(-1), reason]),
    ).toEqual([
      ['a', 'DrainOverdue'],
      ['b', 'DeploymentDeadlock'],
      ['orders', 'DeploymentDeadlock'],
    ]);
  });

  it('not while something is under way', () => {
    const ledger = ledgerHolding(heldInstance('a'));
    const plan = planAt(10, [learnt(), happened.drainIntended('a')], { ledger });
    expect(completion(plan)).toBeUndefined();
  });

  it('not while it is paused or halted', () => {
    for (const stop of [paused(6), halted(6)]) {
      expect(completion(planAt(24 * hour, [learnt(), skipped, stop]))).toBeUndefined();
    }
  });
});

const week = 7 * 24 * hour;

describe('what is held', () => {
  const below = {
    services: [aService('orders', { desiredCount: 8 })],
    tasks: [aTask('t', { on: 'a' })],
  };
  const nightly = { tasks: [aTask('n', { on: 'a', group: 'family:nightly' })] };

  it('is given a week of standing still to pass, and then left', () => {
    expect(completion(planAt(week, [learnt()], below))).toBeUndefined();
    expect(completion(planAt(week + 2, [learnt()], below))).toMatchObject([
      { reason: 'ServiceBelowMinimum' },
    ]);
  });

  it('is given that time anew after a pause', () => {
    const past = [learnt(), paused(3), resumed(10 * hour)];
    expect(completion(planAt(week + 5 * hour, past, below))).toBeUndefined();
    expect(completion(planAt(week + 10 * hour + 1, past, below))).toBeDefined();
  });

  it('by a standalone task may be a job that ends soon', () => {
    expect(completion(planAt(10, [learnt()], nightly))).toBeUndefined();
    expect(completion(planAt(2 * hour + 2, [learnt()], nightly))).toMatchObject([
      { reason: 'StandaloneTask' },
    ]);
  });

  it('for an AMI, or for leave to write, is waited for', () => {
    const days = 20 * 24 * hour;
    expect(completion(planAt(days, [], { amis: [] }))).toBeUndefined();
    expect(completion(planAt(days, [learnt()], { mode: 'advise' }))).toBeUndefined();
  });

  it('is recorded in an order that does not depend on the look', () => {
    const planned = { instances: ['b', 'a'] };
    const plan = planAt(10, [], { planned, amis: [] });
    const recorded = plan.proposals.flatMap(({ step }) =>
      step.type === 'RecordHolds' ? step.held.map(({ subject }) => subject) : [],
    );
    expect(recorded).toEqual([instanceArn('a'), instanceArn('b')]);
  });
});

describe('tasks that fail to start', () => {
  const deploying = [
    learnt(),
    happened.rebuilt(),
    happened.deploymentIntended('orders', 61),
    happened.deploymentStarted('orders', 62),
  ];
  const failures = (count: number, startedBy = 'ecs-svc/2') =>
    Array.from({ length: count }, (_, n) =>
      aTask(`f${n}`, {
        startedBy,
        lastStatus: 'STOPPED',
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'the container operating system does not match the host',
        createdAt: at(63),
        stoppedAt: at(64),
      }),
    );
  const planned = { instances: ['a'], services: ['orders'] };
  const services = [aService('orders')];
  const halts = (past: readonly RolloutEvent[], tasks: readonly ObservedTask[], minute = 65) =>
    planAt(minute, past, { planned, services, tasks }).proposals.filter(
      ({ step }) => step.type === 'HaltRollout',
    );

  it('halt it at the number that the policy bears, and nothing else happens in that pass', () => {
    expect(halts(deploying, failures(2))).toEqual([]);
    expect(halts(deploying, failures(3))).toMatchObject([
      { step: { reason: 'TasksFailedToStart', detail: expect.stringContaining('does not match') } },
    ]);
    const { proposals } = planAt(65, deploying, { planned, services, tasks: failures(3) });
    expect(proposals.filter(({ lease }) => lease !== undefined)).toEqual([]);
  });

  it('count on what the rollout made, and on nothing else', () => {
    expect(halts(deploying, failures(5, 'ecs-svc/1'))).toEqual([]);
    const onNew = failures(3, 'ecs-svc/1').map((task) => ({
      ...task,
      containerInstanceArn: instanceArn('a2'),
    }));
    const replaced = [
      learnt(),
      happened.drainIntended('a'),
      happened.drained('a'),
      happened.terminationIntended('a'),
      happened.replaced('a', 'a2', 20),
    ];
    expect(halts(replaced, onNew)).toHaveLength(1);
  });

  it('are not counted again when someone has looked and resumed', () => {
    const looked = [...deploying, halted(65), resumed(90)];
    expect(halts(looked, failures(3), 91)).toEqual([]);
  });
});
