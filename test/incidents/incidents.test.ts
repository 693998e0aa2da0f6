import { describe, expect, it } from 'vitest';
import { countInstances } from '../../domain/draining/countSubjects.ts';
import { allowedFor, defaultBudget } from '../../domain/maintenance/budget.ts';
import { recoverLeases } from '../../domain/maintenance/recoverLeases.ts';
import { planSteps, type StepPlan } from '../../domain/rollout/planSteps.ts';
import { runningTasks } from '../../domain/service/runningTasks.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import {
  aSight,
  happened,
  heldInstance,
  ledgerHolding,
  rolloutAfter,
  terminated,
} from '../domain/rollout/rolloutBuilder.ts';
import { aFleet, anInstance, aService, aTask, at, instanceArn } from '../support/fleetBuilder.ts';

// What happened to others, each as one test: the number is that of the scenario, the names are
// those of the reports.

const { started, learnt, drainIntended, succeeded, halted } = happened;
const hour = 60;
const letters = (count: number) => Array.from({ length: count }, (_, n) => `i${10 + n}`);
const fleetOf = (names: readonly string[]) => names.map((name) => anInstance(name));
const ongoing = (names: readonly string[], ...past: readonly RolloutEvent[]) =>
  rolloutAfter({ instances: names }, started(), learnt(), ...past);
const steps = ({ proposals }: StepPlan) => proposals.map(({ step }) => step);
const typesOf = (plan: StepPlan) => steps(plan).map(({ type }) => type);
const drains = (plan: StepPlan) => typesOf(plan).filter((type) => type === 'DrainInstance').length;
const reasons = ({ holds }: StepPlan) => holds.map(({ reason }) => reason);
const moved = [drainIntended('a', 2), succeeded('drain-a', 3)];
const leased = ledgerHolding(heldInstance('a', at(2)));

describe('S9: the agent is gone (containers-roadmap#2040)', () => {
  const on = { on: 'a', service: 'orders' };
  const lost = anInstance('a', { agentConnected: false });
  const view = aFleet({
    instances: [lost, anInstance('b')],
    services: [aService('orders')],
    tasks: [aTask('t', on), aTask('u', { on: 'b' })],
  });

  it('its tasks count for nothing, and it uses up the budget', () => {
    expect(runningTasks(view, aService('orders'))).toBe(1);
    const counts = countInstances(view, aSight().ledger, { proved: new Set(), lost: 0 });
    expect(counts).toMatchObject({ total: 2, unavailable: 1 });
  });

  it('nothing is done to it: a blip is normal', () => {
    const plan = planSteps(ongoing(['a']), aSight({ view }));
    expect(drains(plan)).toBe(0);
    expect(reasons(plan)).toEqual(['InstanceNotActive']);
  });
});

describe('S10, S11: a drain that does not end (containers-roadmap#2467, ecs-updater#51)', () => {
  const draining = [anInstance('a', { status: 'DRAINING', runningTasksCount: 1 }), anInstance('b')];
  const stuck = aFleet({
    instances: draining,
    services: [aService('orders')],
    tasks: [aTask('t', { on: 'a' }), aTask('u', { on: 'b' })],
  });
  const late = aSight({ view: stuck, ledger: leased, now: at(3 * hour) });

  it('is given back at our own deadline, naming what stayed, and it lives', () => {
    const [restore] = steps(planSteps(ongoing(['a'], ...moved), late));
    expect(restore).toMatchObject({ type: 'RestoreInstance', reason: 'DrainOverdue' });
    expect((restore as { detail: string }).detail).toContain('service:orders');
  });

  it('of an instance that vanishes is left out, and the rollout goes on with the next', () => {
    const names = ['a', 'b', ...letters(18)];
    const gone = aFleet({ instances: fleetOf(names.slice(1)) });
    const plan = planSteps(ongoing(names, ...moved), aSight({ view: gone, ledger: leased }));
    expect(steps(plan)).toContainEqual(
      expect.objectContaining({ type: 'SkipInstance', containerInstanceArn: instanceArn('a') }),
    );
    expect(plan.holds.every(({ lasting }) => !lasting)).toBe(true);
  });
});

describe('S12: someone else drains too (bottlerocket-ecs-updater#43)', () => {
  it('what they drained is neither taken nor given back', () => {
    const theirs = [anInstance('a', { status: 'DRAINING' }), anInstance('b')];
    const view = aFleet({ instances: theirs });
    const plan = planSteps(ongoing(['a']), aSight({ view, now: at(9 * hour) }));
    expect(reasons(plan)).toEqual(['DrainedBySomeoneElse']);
    expect(typesOf(plan)).not.toContain('RestoreInstance');
    expect(typesOf(plan)).not.toContain('TerminateInstance');
  });

  it('what they took back from us in mid-drain is let go, whatever they do with it', () => {
    const back = anInstance('a', { version: 9, drainingVersion: 8 });
    const [letGo] = steps(planSteps(ongoing(['a'], ...since(5)), looking(back)));
    expect(letGo).toMatchObject({ type: 'SkipInstance', reason: 'InstanceNotActive' });
    const notYetSeen = anInstance('a', { version: 9, drainingVersion: 4 });
    expect(steps(planSteps(ongoing(['a'], ...since(5)), looking(notYetSeen)))[0]?.type).not.toBe(
      'SkipInstance',
    );
  });
});

const since = (versionBefore: number): readonly RolloutEvent[] => {
  const intended = drainIntended('a', 2) as Extract<
    RolloutEvent,
    { type: 'InstanceDrainIntended' }
  >;
  return [{ ...intended, data: { ...intended.data, versionBefore } }, succeeded('drain-a', 3)];
};
const looking = (instance: ReturnType<typeof anInstance>) =>
  aSight({ view: aFleet({ instances: [instance, anInstance('b')] }), ledger: leased });

describe('S13: the news that it is drained is lost (bottlerocket-update-operator#168)', () => {
  it('the next look at it is enough', () => {
    const empty = { status: 'DRAINING', runningTasksCount: 0, pendingTasksCount: 0 } as const;
    const view = aFleet({ instances: [anInstance('a', empty), anInstance('b')] });
    const plan = planSteps(ongoing(['a'], ...moved), aSight({ view, ledger: leased }));
    expect(typesOf(plan)).toContain('RecordDrained');
  });
});

describe('S14: the lock of a holder that is no more (kured#137)', () => {
  it('passes on, with the reason on record', () => {
    const ledger = ledgerHolding({ ...heldInstance('a', at(0)) });
    expect(recoverLeases(ledger, () => false, at(30))).toMatchObject([
      { type: 'ReturnLease', because: expect.stringContaining('is not on record') },
    ]);
    expect(recoverLeases(ledger, () => true, at(30))).toEqual([]);
  });
});

describe('S15: one replica, and not one less (kubernetes#66811)', () => {
  const alone = (bounds: { minimumHealthyPercent: number; maximumPercent: number }) =>
    aFleet({
      instances: fleetOf(['a', 'b', 'c']),
      services: [aService('orders', { desiredCount: 1, ...bounds })],
      tasks: [aTask('t', { on: 'a' })],
    });

  it('is a deadlock, seen at once, where ECS may not start another first', () => {
    const view = alone({ minimumHealthyPercent: 100, maximumPercent: 100 });
    const [held] = planSteps(ongoing(['a']), aSight({ view })).holds;
    expect(held).toMatchObject({ reason: 'DeploymentDeadlock', lasting: true });
  });

  it('moves where ECS may start another first', () => {
    const view = alone({ minimumHealthyPercent: 100, maximumPercent: 200 });
    expect(drains(planSteps(ongoing(['a']), aSight({ view })))).toBe(1);
  });
});

describe('S16: a new image, and every node is drifted at once (karpenter#1510)', () => {
  const names = letters(40);
  const view = aFleet({ instances: fleetOf(names) });

  it('nothing begins before the rollout is started', () => {
    const planned = rolloutAfter({ instances: names });
    expect(planSteps(planned, aSight({ view })).proposals).toEqual([]);
  });

  it('and then no more than the budget lets', () => {
    expect(drains(planSteps(ongoing(names), aSight({ view })))).toBe(4);
  });
});

describe('S17: budgets that are read otherwise than meant (karpenter#6911)', () => {
  it('a reason that is not listed gets zero, not everything', () => {
    expect(allowedFor(defaultBudget, 'drift', 'instance', 40)).toBe(0);
  });

  it('a budget is a number at once, not one for each window', () => {
    const view = aFleet({ instances: fleetOf(letters(20)) });
    const holding = ledgerHolding(heldInstance('i10', at(0)), heldInstance('i11', at(0)));
    const later = aSight({ view, ledger: holding, now: at(60 * 24 * hour) });
    expect(drains(planSteps(ongoing(letters(20).slice(2)), later))).toBe(0);
  });
});

describe('S18: replacing made four times the nodes (karpenter-provider-aws#6426)', () => {
  it('an instance is ended before another is asked for: there is never one more', () => {
    const view = aFleet({ instances: [anInstance('b')] });
    const plan = planSteps(ongoing(['a'], ...terminated()), aSight({ view, ledger: leased }));
    expect(typesOf(plan).filter((type) => /Drain|Terminate/.test(type))).toEqual([]);
  });
});

describe('S26: the replacement never registers (amazon-ecs-agent#3130)', () => {
  const names = ['a', ...letters(9)];
  const view = aFleet({ instances: fleetOf(names.slice(1)) });
  const past = terminated();

  it('holds its place in the budget, so nothing more is drained', () => {
    const plan = planSteps(ongoing(names, ...past), aSight({ view, ledger: leased, now: at(30) }));
    expect(drains(plan)).toBe(0);
    expect(reasons(plan)).toContain('BudgetSpent');
  });

  it('and a person is called at the deadline', () => {
    const late = aSight({ view, ledger: leased, now: at(2 * hour) });
    expect(steps(planSteps(ongoing(names, ...past), late))).toContainEqual(
      expect.objectContaining({ type: 'HaltRollout', reason: 'ReplacementOverdue' }),
    );
  });
});

describe('S25: it is ACTIVE and connected, and containers do not start on it (moby#47576)', () => {
  it('is not ready while its canary fails, and keeps its place in the budget', () => {
    const proving = [...terminated(), happened.replaced(), happened.proofIntended()];
    const state = ongoing(['a', 'b'], ...proving);
    const view = aFleet({
      instances: [anInstance('a2', { registeredAt: at(15) }), anInstance('b')],
      tasks: [
        aTask('canary', {
          on: 'a2',
          startedBy: 'prove-a',
          lastStatus: 'STOPPED',
          desiredStatus: 'STOPPED',
          stoppedAt: at(24),
          containers: [{ name: 'app', exitCode: 1, hostPorts: [] }],
        }),
      ],
    });
    const plan = planSteps(state, aSight({ view, ledger: leased, now: at(25) }));
    expect(steps(plan)).toContainEqual(expect.objectContaining({ reason: 'ProofFailed' }));
    expect(drains(plan)).toBe(0);
    const after = planSteps(
      ongoing(['a', 'b'], ...proving, halted(26)),
      aSight({ view, ledger: leased }),
    );
    expect(after.ledger).toEqual([]);
  });
});
