import { describe, expect, it } from 'vitest';
import { planSteps, type StepPlan } from '../../../domain/rollout/planSteps.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import {
  aFleet,
  anAmiFamily,
  anInstance,
  aService,
  aTask,
  at,
  instanceArn,
  october,
  october2019,
  september,
} from '../../support/fleetBuilder.ts';
import { aSight, happened, rolloutAfter } from './rolloutBuilder.ts';

const { started, paused, halted, aborted, learnt } = happened;
const instances = [anInstance('a'), anInstance('b'), anInstance('c')];

const ongoing = (...past: readonly RolloutEvent[]) =>
  rolloutAfter({ instances: ['a'] }, started(), learnt(), ...past);
const drains = ({ proposals }: StepPlan) =>
  proposals.flatMap(({ step }) =>
    step.type === 'DrainInstance' ? [step.containerInstanceArn.split('/').at(-1)] : [],
  );
const heldAs = ({ holds }: StepPlan) => holds.map(({ reason }) => reason);

describe('an instance that runs behind', () => {
  it('is drained, with a lease', () => {
    const plan = planSteps(ongoing(), aSight({ view: aFleet({ instances }) }));
    expect(plan.proposals[0]).toMatchObject({
      lease: { type: 'GrantLease', subject: { id: instanceArn('a') }, total: 3, unavailable: 0 },
      step: { type: 'DrainInstance', containerInstanceArn: instanceArn('a') },
    });
    expect(plan.proposals[0]?.step).toMatchObject({ leaseId: plan.proposals[0]?.lease?.leaseId });
  });

  it('waits for an AMI that reaches the target, and the first one is learnt', () => {
    const behind = rolloutAfter({ instances: ['a'] }, started());
    const view = aFleet({ instances });
    const none = planSteps(behind, aSight({ view, amis: [anAmiFamily(september)] }));
    expect(none.holds).toMatchObject([
      { reason: 'AmiNotPublished', detail: `AWS has no AMI on ${october} yet` },
    ]);
    const there = planSteps(behind, aSight({ view }));
    expect(there.proposals[0]?.step).toMatchObject({ type: 'LearnInstanceTarget', build: october });
    expect(drains(there)).toEqual([]);
  });

  it('does not take an AMI of another Windows', () => {
    const sight = aSight({ view: aFleet({ instances }), amis: [anAmiFamily(october2019)] });
    const plan = planSteps(rolloutAfter({ instances: ['a'] }, started()), sight);
    expect(heldAs(plan)).toEqual(['AmiNotPublished']);
  });

  it('is left out when it is registered no more', () => {
    const plan = planSteps(ongoing(), aSight({ view: aFleet({ instances: instances.slice(1) }) }));
    expect(plan.proposals[0]?.step).toMatchObject({
      type: 'SkipInstance',
      reason: 'InstanceNotActive',
    });
  });

  it('is not touched when someone else has drained it', () => {
    const view = aFleet({
      instances: [anInstance('a', { status: 'DRAINING' }), ...instances.slice(1)],
    });
    expect(heldAs(planSteps(ongoing(), aSight({ view })))).toEqual(['DrainedBySomeoneElse']);
  });

  it('and not one that EC2 takes by itself within two minutes', () => {
    const interruption = { eventId: 'n', at: at(4), action: 'terminate' };
    const view = {
      ...aFleet({ instances: [anInstance('a')] }),
      notices: new Map([[String(anInstance('a').ec2InstanceId), { interruption }]]),
    };
    expect(heldAs(planSteps(ongoing(), aSight({ view, now: at(5) })))).toEqual([
      'SpotInterruption',
    ]);
  });

  it('is not taken for empty where ECS says that tasks are on it and none is known', () => {
    const { remaining } = anInstance('a');
    const inUse = [
      anInstance('a', { runningTasksCount: 2 }),
      anInstance('a', { remaining: { ...remaining, memoryMiB: remaining.memoryMiB - 2_048 } }),
    ];
    for (const instance of inUse) {
      const view = aFleet({ instances: [instance, ...instances.slice(1)] });
      const plan = planSteps(rolloutAfter({}, started(), learnt()), aSight({ view }));
      expect(plan.holds).toMatchObject([{ subject: instanceArn('a'), reason: 'TaskNotDescribed' }]);
    }
  });

  it('is not touched while its agent is away', () => {
    const view = aFleet({
      instances: [anInstance('a', { agentConnected: false }), ...instances.slice(1)],
    });
    expect(heldAs(planSteps(ongoing(), aSight({ view })))).toEqual(['InstanceNotActive']);
  });

  it.each<readonly [string, RolloutEvent, string]>([
    ['paused', paused(), 'RolloutPaused'],
    ['halted', halted(), 'RolloutHalted'],
    ['aborted', aborted(), 'RolloutAborted'],
  ])('is not begun when the rollout is %s', (_status, stop, reason) => {
    const plan = planSteps(ongoing(stop), aSight({ view: aFleet({ instances }) }));
    expect([drains(plan), heldAs(plan)]).toEqual([[], [reason]]);
  });

  it('is not begun before the start', () => {
    const plan = planSteps(
      rolloutAfter({ instances: ['a'] }),
      aSight({ view: aFleet({ instances }) }),
    );
    expect(plan).toEqual({ ledger: [], proposals: [], holds: [], prefetches: [] });
  });

  it('is not begun below mode drive', () => {
    for (const mode of ['observe', 'advise'] as const) {
      const plan = planSteps(ongoing(), aSight({ view: aFleet({ instances }), mode }));
      expect([drains(plan), heldAs(plan)]).toEqual([[], ['ClusterNotDriven']]);
    }
  });
});

describe('tasks that stand against a drain', () => {
  const withTask = (task: Parameters<typeof aTask>[1], service = aService('orders')) =>
    planSteps(
      ongoing(),
      aSight({
        view: aFleet({
          instances,
          tasks: [
            aTask('t', { on: 'a', ...task }),
            aTask('u', { on: 'b' }),
            aTask('v', { on: 'b' }),
          ],
          services: [service],
        }),
      }),
    );

  it('a standalone task: nobody moves it', () => {
    const plan = withTask({ group: 'family:nightly' });
    expect(plan.holds).toMatchObject([
      { reason: 'StandaloneTask', detail: expect.stringContaining('family:nightly') },
    ]);
  });

  it('a service that can neither stop nor start a task is named at once', () => {
    const stuck = aService('orders', { minimumHealthyPercent: 100, maximumPercent: 100 });
    expect(withTask({}, stuck).holds).toMatchObject([
      { reason: 'DeploymentDeadlock', detail: expect.stringContaining('orders') },
    ]);
  });

  it('percentages that round to a deadlock are one too', () => {
    // ECS's own example: 3 tasks at 125% make floor(3.75) = 3, and 100% keeps all 3.
    const stuck = aService('orders', {
      desiredCount: 3,
      minimumHealthyPercent: 100,
      maximumPercent: 125,
    });
    expect(heldAs(withTask({}, stuck))).toEqual(['DeploymentDeadlock']);
  });

  it('a service that runs fewer tasks than its minimum', () => {
    const plan = withTask({}, aService('orders', { desiredCount: 8 }));
    expect(plan.holds).toMatchObject([
      { reason: 'ServiceBelowMinimum', detail: 'orders runs 3 tasks, its minimum is 4' },
    ]);
  });

  it('a service that was not described yet; that passes', () => {
    const plan = withTask({ service: 'unheard', group: 'service:unheard' });
    expect(plan.holds).toMatchObject([{ reason: 'TaskNotInService', lasting: false }]);
  });

  it('a daemon goes with its instance', () => {
    const daemon = aService('orders', {
      schedulingStrategy: 'DAEMON',
      minimumHealthyPercent: 0,
      maximumPercent: 100,
    });
    expect(drains(withTask({}, daemon))).toEqual(['a']);
  });
});

describe('room elsewhere', () => {
  const small = { cpu: 8192, memoryMiB: 6_200, tcpPorts: [], udpPorts: [] };
  const sized = (name: string) => anInstance(name, { registered: small, remaining: small });
  const tight = aSight({
    // Each task takes 2,048 MiB and Windows 2,048: two fit on an instance.
    view: aFleet({
      instances: ['a', 'b', 'c'].map(sized),
      tasks: [aTask('t', { on: 'a' }), aTask('u', { on: 'b' }), aTask('v', { on: 'c' })],
      services: [aService('orders', { desiredCount: 3 })],
    }),
  });

  it('is needed before a drain', () => {
    const view = aFleet({
      instances: [sized('a')],
      tasks: [aTask('t', { on: 'a' })],
      services: [aService('orders', { desiredCount: 1, minimumHealthyPercent: 0 })],
    });
    expect(heldAs(planSteps(ongoing(), { ...tight, view }))).toEqual(['NoCapacity']);
  });

  it('is not promised twice in one pass', () => {
    const wide = { ...tight.ledger, budget: { ...tight.ledger.budget, instances: { count: 3 } } };
    const all = rolloutAfter({ instances: ['a', 'b', 'c'] }, started(), learnt());
    const plan = planSteps(all, { ...tight, ledger: wide });
    expect(drains(plan)).toEqual(['a']);
    expect(heldAs(plan)).toEqual(['NoCapacity', 'NoCapacity']);
  });

  it('is not sought on an instance whose drain was asked for and is not seen yet', () => {
    const asked = rolloutAfter(
      { instances: ['a', 'b', 'c'] },
      started(),
      learnt(),
      happened.drainIntended('b'),
      happened.drainIntended('c'),
    );
    const wide = { ...tight.ledger, budget: { ...tight.ledger.budget, instances: { count: 3 } } };
    const plan = planSteps(asked, { ...tight, ledger: wide });
    expect([drains(plan), heldAs(plan)]).toEqual([[], ['NoCapacity']]);
  });
});

describe('what is begun first', () => {
  it('is what will take longest; and beyond the budget is held with the count', () => {
    const view = aFleet({
      instances,
      tasks: [aTask('t', { on: 'a' }), aTask('u', { on: 'b' }), aTask('v', { on: 'b' })],
      services: [aService('orders')],
    });
    const all = rolloutAfter({ instances: ['a', 'b', 'c'] }, started(), learnt());
    const plan = planSteps(all, aSight({ view }));
    expect(drains(plan)).toEqual(['b']);
    expect(heldAs(plan)).toEqual(['BudgetSpent', 'BudgetSpent']);
  });
});
