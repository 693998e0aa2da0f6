import { describe, expect, it } from 'vitest';
import { planSteps } from '../../domain/rollout/planSteps.ts';
import { planCapacity } from '../../domain/scaling/planCapacity.ts';
import { runningTasks } from '../../domain/service/runningTasks.ts';
import { draining, stepsOf } from '../domain/draining/drainStory.ts';
import {
  aSight,
  happened,
  heldInstance,
  ledgerHolding,
  rolloutAfter,
  terminated,
} from '../domain/rollout/rolloutBuilder.ts';
import { plain, questionOf } from '../domain/scaling/capacityQuestions.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  at,
} from '../support/fleetBuilder.ts';

// What happened to others where capacity is concerned, in the manner of incidents.test.ts.

describe('S7: the agent never tells that a task has stopped (amazon-ecs-agent#730, #333)', () => {
  const silent = aTask('t', { on: 'a', service: 'orders' });
  const view = aFleet({
    instances: [
      anInstance('a', { status: 'DRAINING', runningTasksCount: 1, pendingTasksCount: 0 }),
      anInstance('b'),
    ],
    services: [aService('orders', { desiredCount: 1 })],
    tasks: [silent, aTask('replacement', { on: 'b', service: 'orders' })],
  });
  const scaleIn = draining({ reason: 'scaleIn', andThen: 'terminate', deadlineAt: at(60) });

  it('an instance that never empties is not ended, but given back at its deadline', () => {
    expect(stepsOf(scaleIn, view, { now: at(59) })).toEqual([]);
    expect(stepsOf(scaleIn, view, { now: at(60) })).toMatchObject([
      { type: 'RestoreInstance', because: '1 tasks had not left by the deadline' },
    ]);
  });

  it('a task whose health signal is gone does not count as healthy, and nothing is moved', () => {
    const definition = aTaskDefinition('orders');
    const containers = definition.containers.map((each) => ({
      ...each,
      hasHealthCheck: true as const,
    }));
    const orders = aService('orders', { desiredCount: 1, minimumHealthyPercent: 100 });
    const fleet = aFleet({
      instances: [anInstance('a'), anInstance('b')],
      services: [orders],
      tasks: [silent],
      taskDefinitions: [{ ...definition, containers }],
    });
    expect(runningTasks(fleet, orders)).toBe(0);
    const begun = rolloutAfter({ instances: ['a'] }, happened.started(), happened.learnt());
    const { holds } = planSteps(begun, aSight({ view: fleet }));
    expect(holds).toMatchObject([{ reason: 'ServiceBelowMinimum' }]);
  });

  it('no room is made for a task that is replaced, though it looks as if it ran', () => {
    const { instances, capacity } = plain(['a', 'b'], { maxSize: 10 });
    const [a, ...others] = instances;
    if (a === undefined) throw new Error('a is there');
    const fleet = {
      instances: [{ ...a, status: 'DRAINING' as const }, ...others],
      services: [...view.services.values()],
      tasks: [...view.tasks.values()],
      taskDefinitions: [aTaskDefinition('orders')],
    };
    const { proposals } = planCapacity(questionOf(fleet, { capacity }));
    expect(proposals).toEqual([]);
  });
});

describe('S8: a task is STOPPED and its container runs on (amazon-ecs-agent#1987, #2885)', () => {
  const { started, learnt } = happened;
  const others = ['a', 'b', 'c'];
  const begun = rolloutAfter({ instances: others }, started(), learnt(), ...terminated());
  const replaced = rolloutAfter(
    { instances: others },
    started(),
    learnt(),
    ...terminated(),
    happened.replaced(),
  );
  const leased = ledgerHolding(heldInstance('a', at(2)));
  const failure = (number: number) =>
    aTask(`start-${number}`, {
      on: 'a2',
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'HcnCreateEndpoint failed: the port is in use',
      createdAt: at(20),
      stoppedAt: at(21),
    });
  const viewWith = (failures: number) =>
    aFleet({
      instances: [anInstance('a2', { registeredAt: at(15) }), anInstance('b'), anInstance('c')],
      tasks: Array.from({ length: failures }, (_, number) => failure(number)),
    });
  const typesAfter = (failures: number) =>
    planSteps(
      replaced,
      aSight({ view: viewWith(failures), ledger: leased, now: at(25) }),
    ).proposals.map(({ step }) => step.type);

  it('one start that fails on it is borne, and no other instance is touched meanwhile', () => {
    expect(begun.policy.taskStartFailuresMax).toBeGreaterThan(1);
    expect(typesAfter(1)).not.toContain('HaltRollout');
    expect(typesAfter(1)).not.toContain('DrainInstance');
  });

  it('after as many as the policy bears it is over, and not tried for ever', () => {
    const plan = planSteps(
      replaced,
      aSight({ view: viewWith(begun.policy.taskStartFailuresMax), now: at(25) }),
    );
    expect(plan.proposals.map(({ step }) => step)).toContainEqual(
      expect.objectContaining({
        type: 'HaltRollout',
        reason: 'TasksFailedToStart',
        detail: expect.stringContaining('the port is in use'),
      }),
    );
  });

  it('room that ECS still counts as taken is no room, whatever its tasks say', () => {
    const { instances, capacity } = plain(['a', 'b']);
    const full = instances.map((each) => ({
      ...each,
      remaining: { ...each.remaining, memoryMiB: 0 },
    }));
    const fleet = {
      instances: full,
      services: [aService('orders', { desiredCount: 1, placementConstraints: [] })],
      tasks: [aTask('gone', { on: 'a', lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })],
      taskDefinitions: [aTaskDefinition('orders')],
    };
    const { proposals } = planCapacity(questionOf(fleet, { capacity }));
    expect(proposals.map(({ command }) => command)).toMatchObject([
      { type: 'SetDesiredCapacity', groupName: 'plain', from: 2, desiredCapacity: 3 },
    ]);
  });
});
