import { describe, expect, it } from 'vitest';
import type { Maintenance } from '../../../domain/maintenance/leave.ts';
import { maintenance } from '../../../domain/maintenance/maintenance.ts';
import { deployEffectId } from '../../../domain/rollout/effectIds.ts';
import { planSteps, type StepPlan } from '../../../domain/rollout/planSteps.ts';
import { rollout as rolloutDecider } from '../../../domain/rollout/rollout.ts';
import type {
  Rollout,
  RolloutState,
  ServiceProgress,
} from '../../../domain/rollout/rolloutState.ts';
import type { MaintenanceWindow } from '../../../events/maintenance.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  at,
  instanceArn,
  serviceArn,
} from '../../support/fleetBuilder.ts';
import {
  aSight,
  happened,
  heldInstance,
  heldService,
  ledgerHolding,
  rolloutAfter,
} from './rolloutBuilder.ts';

// The windows of these tests open at minute 60 and close at minute 120.
const textOf = (minute: number) => new Date(at(minute)).toISOString().slice(11, 16);
const anHour: MaintenanceWindow = {
  name: 'an hour',
  timeZone: 'UTC',
  days: 'FREQ=DAILY',
  opens: textOf(60),
  closes: textOf(120),
};
const windows = (underway: 'finish' | 'handBack', lastStartMs = 0): Maintenance => ({
  own: { ...maintenance.initialState, windows: [anHour], closing: { underway, lastStartMs } },
  everything: maintenance.initialState,
});
const frozen = (serviceName: string): Maintenance => ({
  ...windows('finish'),
  own: {
    ...windows('finish').own,
    freezes: {
      f: {
        freezeId: 'f',
        scope: { kind: 'service', serviceName },
        reason: 'audit',
        actor: 'kim',
        begunAt: at(0),
        expiresAt: at(1_000),
      },
    },
  },
});

const { started, learnt, drainIntended, succeeded } = happened;
const instances = ['a', 'b', 'c'].map((name) => anInstance(name));
const ongoing = (...past: readonly RolloutEvent[]) =>
  rolloutAfter({ instances: ['a', 'b'] }, started(), learnt(), ...past);
const sightAt = (minute: number, known: Maintenance, fields: Parameters<typeof aSight>[0] = {}) =>
  aSight({ view: aFleet({ instances }), maintenance: known, now: at(minute), ...fields });
const stepsOf = ({ proposals }: StepPlan) => proposals.map(({ step }) => step.type);
const drainsOf = ({ proposals }: StepPlan) =>
  proposals.flatMap(({ step }) =>
    step.type === 'DrainInstance' ? [step.containerInstanceArn.split('/').at(-1)] : [],
  );

const drainIds = ({ proposals }: StepPlan) =>
  proposals.flatMap(({ step }) => (step.type === 'DrainInstance' ? [step.effectId] : []));

const attempted = (name: string, minute: number): RolloutEvent => ({
  type: 'EffectAttempted',
  data: { effectId: name as never, executor: 'x', attemptedAt: at(minute) },
});

describe('outside of a window', () => {
  it('no instance is drained, and each says when that may be', () => {
    const plan = planSteps(ongoing(), sightAt(30, windows('finish')));
    expect(drainsOf(plan)).toEqual([]);
    expect(plan.holds).toMatchObject(
      ['a', 'b'].map((name) => ({ subject: instanceArn(name), reason: 'WindowClosed' })),
    );
    expect(plan.holds[0]?.detail).toMatch(/^the next window, an hour, opens at /);
    expect(drainsOf(planSteps(ongoing(), sightAt(60, windows('finish'))))).toEqual(['a']);
  });

  it('images are rebuilt all the same, and not deployed', () => {
    const on = { containerInstanceArn: instanceArn('c'), group: 'service:orders' };
    const tasks = ['t', 'u', 'v', 'w'].map((name) => aTask(name, on));
    const view = aFleet({ instances, tasks, services: [aService('orders')] });
    const behind = rolloutAfter({ instances: [], services: ['orders'] }, started());
    const plan = planSteps(behind, sightAt(30, windows('finish'), { view }));
    expect(stepsOf(plan)).toContain('RequestRebuild');
    const arrived = [happened.rebuildRequested('orders', 1), happened.rebuilt('orders', 10)];
    const rebuilt = rolloutAfter({ instances: [], services: ['orders'] }, started(), ...arrived);
    const held = planSteps(rebuilt, sightAt(30, windows('finish'), { view }));
    expect(held.holds).toMatchObject([{ reason: 'WindowClosed' }]);
    const open = planSteps(rebuilt, sightAt(61, windows('finish'), { view }));
    expect(open.holds.map(({ reason }) => reason)).not.toContain('WindowClosed');
  });

  it('nothing begins when too little of it is left', () => {
    const plan = planSteps(ongoing(), sightAt(110, windows('finish', 15 * 60_000)));
    expect(plan.holds[0]).toMatchObject({ reason: 'WindowClosing' });
  });

  it('a rollout does not end for standing still, and has its time when the next opens', () => {
    const days = 10 * 24 * 60;
    for (const minute of [days + 30, days + 61]) {
      const full = aTask('t', { group: 'service:gone', containerInstanceArn: instanceArn('a') });
      const view = aFleet({ instances, tasks: [full] });
      const plan = planSteps(ongoing(), sightAt(minute, windows('finish'), { view }));
      expect(stepsOf(plan)).not.toContain('CompleteRollout');
    }
  });
});

describe('a window that closes in mid-drain', () => {
  const draining = [anInstance('a', { status: 'DRAINING' }), ...instances.slice(1)];
  const view = aFleet({
    instances: draining,
    tasks: [aTask('t', { containerInstanceArn: instanceArn('a') })],
  });
  const ledger = ledgerHolding(heldInstance('a'));
  const mid = ongoing(
    drainIntended('a', 100),
    attempted('drain-a', 100),
    succeeded('drain-a', 101),
  );

  it('lets the drain go on where the policy is to finish', () => {
    const plan = planSteps(mid, sightAt(121, windows('finish'), { view, ledger }));
    expect(stepsOf(plan)).not.toContain('RestoreInstance');
  });

  it('hands the instance back where it is not, and begins it anew in the next window', () => {
    const plan = planSteps(mid, sightAt(121, windows('handBack'), { view, ledger }));
    const restore = plan.proposals.find(({ step }) => step.type === 'RestoreInstance')?.step;
    expect(restore).toMatchObject({
      containerInstanceArn: instanceArn('a'),
      reason: 'WindowClosed',
    });

    const back = decided(mid, restore);
    const restored = decided(back, {
      type: 'RecordRestored',
      containerInstanceArn: instanceArn('a'),
      now: at(125),
    });
    expect(restored.instances[instanceArn('a')]).toMatchObject({ status: 'waiting', putOff: 1 });

    const tomorrow = sightAt(24 * 60 + 61, windows('handBack'));
    const again = planSteps(restored, tomorrow);
    expect(drainsOf(again)).toEqual(['a']);
    expect(drainIds(again)).not.toEqual(drainIds(planSteps(ongoing(), tomorrow)));
  });

  it('puts off what no executor has begun', () => {
    const untried = ongoing(drainIntended('a', 119));
    const plan = planSteps(untried, sightAt(121, windows('finish'), { ledger }));
    expect(stepsOf(plan)).toContain('PutOffInstance');
    const step = plan.proposals.find((each) => each.step.type === 'PutOffInstance')?.step;
    const after = decided(untried, step);
    expect(after.instances[instanceArn('a')]).toMatchObject({ status: 'waiting', putOff: 1 });
    expect(after.effects).toEqual({});
  });
});

describe('a deployment that nobody has begun when the window closes', () => {
  const view = aFleet({ instances, services: [aService('orders')] });
  const ledger = ledgerHolding(heldService('orders'));
  const intended = rolloutAfter(
    { instances: [], services: ['orders'] },
    started(),
    happened.deploymentIntended('orders', 119),
  );

  it('is put off, and is intended anew under another id in the next window', () => {
    const putOff = planSteps(intended, sightAt(121, windows('finish'), { view, ledger }));
    const step = putOff.proposals.find((each) => each.step.type === 'PutOffService')?.step;
    expect(step).toMatchObject({ serviceArn: serviceArn('orders'), reason: 'WindowClosed' });

    const after = decided(intended, step);
    expect(after.services[serviceArn('orders')]).toMatchObject({ status: 'waiting', putOff: 1 });
    expect(after.effects).toEqual({});
    const again = { rolloutId: after.rolloutId };
    const ids = [intended, after].map((each) =>
      deployEffectId(again, each.services[serviceArn('orders')] as ServiceProgress),
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('is put off for a freeze of its service, and not for one of another', () => {
    const steps = (name: string) =>
      stepsOf(planSteps(intended, sightAt(119, frozen(name), { view, ledger })));
    expect(steps('orders')).toContain('PutOffService');
    expect(steps('search')).not.toContain('PutOffService');
  });

  it('is seen to its end once an executor has begun it', () => {
    const tried = rolloutDecider.evolve(intended, attempted('deploy-orders', 119)) as Rollout;
    const plan = planSteps(tried, sightAt(121, windows('finish'), { view, ledger }));
    expect(stepsOf(plan)).not.toContain('PutOffService');
    const late = {
      type: 'PutOffService',
      serviceArn: serviceArn('orders'),
      reason: 'WindowClosed',
    };
    expect(decided(tried, { ...late, detail: 'closed', now: at(121) })).toEqual(tried);
  });
});

describe('a freeze of a service', () => {
  it('holds instances with tasks of it, and no others', () => {
    const view = aFleet({
      instances,
      services: [aService('orders')],
      tasks: [aTask('t', { group: 'service:orders', containerInstanceArn: instanceArn('a') })],
    });
    const plan = planSteps(ongoing(), sightAt(61, frozen('orders'), { view }));
    const held = plan.holds.find(({ subject }) => subject === instanceArn('a'));
    expect(held).toMatchObject({ reason: 'Frozen', detail: expect.stringContaining('audit') });
    expect(drainsOf(plan)).toEqual(['b']);
  });
});

const decided = (state: Rollout, step: unknown): Rollout => {
  const events = rolloutDecider.decide(step as never, state as RolloutState);
  const after = events.reduce(rolloutDecider.evolve, state as RolloutState);
  if (after.status === 'none') throw new Error('it was planned');
  return after;
};
