import { describe, expect, it } from 'vitest';
import type { GrantLease, LedgerState } from '../../../domain/maintenance/lease.ts';
import { planSteps, type StepPlan } from '../../../domain/rollout/planSteps.ts';
import type { Budget } from '../../../events/disruption.ts';
import { LeaseId } from '../../../events/ids.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  at,
  instanceArn,
  october,
  taskArn,
} from '../../support/fleetBuilder.ts';
import {
  aSight,
  happened,
  heldInstance,
  heldService,
  ledgerHolding,
  rolloutAfter,
  terminated,
} from './rolloutBuilder.ts';

const { started, learnt, drainIntended, halted } = happened;
const letters = (count: number) => Array.from({ length: count }, (_, n) => `i${10 + n}`);
const fleetOf = (names: readonly string[]) => names.map((name) => anInstance(name));
const budgetOf = (ledger: LedgerState, budget: Partial<Budget>): LedgerState => ({
  ...ledger,
  budget: { ...ledger.budget, ...budget },
});

const asked = ({ proposals }: StepPlan): readonly GrantLease[] =>
  proposals.flatMap(({ lease }) => (lease === undefined ? [] : [lease]));

describe('the count of instances', () => {
  const names = letters(19);
  const proved = (name: string): RolloutEvent => ({
    type: 'InstanceProved',
    data: { containerInstanceArn: instanceArn(name), taskArn: taskArn('canary'), provedAt: at(40) },
  });

  it('is not one more while a newcomer stands beside what it replaces', () => {
    // A tenth of 19 is one. In mid-replacement 20 are registered, and a tenth of 20 is two.
    const instances = [
      ...fleetOf(names),
      anInstance('new', { build: october, registeredAt: at(20) }),
    ];
    const state = rolloutAfter({ instances: names }, started(), learnt(), ...terminated('i10'));
    const ledger = ledgerHolding(heldInstance('i10'));
    const plan = planSteps(state, aSight({ view: aFleet({ instances }), ledger, now: at(21) }));
    expect(asked(plan)).toEqual([]);
  });

  it('misses one that died in its drain for as long as its replacement may take', () => {
    const lost: RolloutEvent = {
      type: 'InstanceSkipped',
      data: {
        containerInstanceArn: instanceArn('i10'),
        reason: 'InstanceNotActive',
        detail: 'it was deregistered while it drained',
        skippedAt: at(10),
      },
    };
    const past = [started(), learnt(), drainIntended('i10', 2), lost];
    const state = rolloutAfter({ instances: names }, ...past);
    const view = aFleet({ instances: fleetOf(names.slice(1)) });
    const ask = (minute: number) =>
      asked(planSteps(state, aSight({ view, ledger: ledgerHolding(), now: at(minute) })));
    expect(ask(11)).toEqual([]);
    expect(ask(10 + 61).length).toBe(1);
  });

  it('is the same in the moment between proof and the return of the lease', () => {
    const instances = [
      ...fleetOf(names.slice(1)),
      anInstance('new', { build: october, registeredAt: at(20) }),
    ];
    const past = [...terminated('i10'), happened.replaced('i10', 'new'), proved('i10')];
    const state = rolloutAfter({ instances: names }, started(), learnt(), ...past);
    const before = aSight({
      view: aFleet({ instances }),
      ledger: ledgerHolding(heldInstance('i10')),
      now: at(41),
    });
    expect(planSteps(state, before).ledger).toMatchObject([{ type: 'ReturnLease' }]);
    for (const { total } of asked(planSteps(state, before))) expect(total).toBe(19);
    const returned = planSteps(state, { ...before, ledger: ledgerHolding() });
    expect(asked(returned).map(({ total }) => total)).toEqual([19]);
  });

  it('takes off what is down anyway', () => {
    const instances = [...fleetOf(names.slice(1)), anInstance('i10', { agentConnected: false })];
    const state = rolloutAfter({ instances: names }, started(), learnt());
    const plan = planSteps(state, aSight({ view: aFleet({ instances }) }));
    expect(asked(plan)).toEqual([]);
    const why = new Set(plan.holds.map(({ reason }) => reason));
    expect([...why].toSorted()).toEqual(['BudgetSpent', 'InstanceNotActive']);
  });

  it('does not count twice what is leased and down', () => {
    const instances = [...fleetOf(names.slice(1)), anInstance('i10', { status: 'DRAINING' })];
    const state = rolloutAfter({ instances: names }, started(), learnt(), drainIntended('i10'));
    const ledger = budgetOf(ledgerHolding(heldInstance('i10')), { instances: { count: 2 } });
    const plan = planSteps(state, aSight({ view: aFleet({ instances }), ledger }));
    expect(asked(plan)).toMatchObject([{ total: 19, unavailable: 0 }]);
  });
});

describe('a lease', () => {
  const instances = fleetOf(['a', 'b']);
  const begun = rolloutAfter({ instances: ['a', 'b'] }, started(), learnt());

  it('granted before a crash is used at the next look, and takes no second place', () => {
    const ledger = ledgerHolding(heldInstance('b', at(9)));
    const plan = planSteps(begun, aSight({ view: aFleet({ instances }), ledger }));
    expect(plan.ledger).toEqual([]);
    const drained = plan.proposals.map(({ step }) => step);
    expect(drained).toContainEqual(
      expect.objectContaining({ type: 'DrainInstance', containerInstanceArn: instanceArn('b') }),
    );
    expect(asked(plan)).toHaveLength(1);
  });

  it('granted and never used goes back after a while', () => {
    const standalone = [aTask('t', { on: 'b', group: 'family:nightly' })];
    const view = aFleet({ instances, tasks: standalone });
    const sightAt = (minute: number) =>
      aSight({ view, ledger: ledgerHolding(heldInstance('b', at(9))), now: at(minute) });
    expect(planSteps(begun, sightAt(10)).ledger).toEqual([]);
    expect(planSteps(begun, sightAt(15)).ledger).toMatchObject([{ type: 'ReturnLease' }]);
  });

  it('that work under way lacks is asked for again', () => {
    const state = rolloutAfter({ instances: ['a', 'b'] }, started(), learnt(), drainIntended('a'));
    const plan = planSteps(state, aSight({ view: aFleet({ instances }) }));
    expect(plan.ledger).toMatchObject([
      { type: 'GrantLease', leaseId: heldInstance('a').leaseId, subject: { id: instanceArn('a') } },
    ]);
  });

  it('of finished work goes back, also after the end', () => {
    const past: readonly RolloutEvent[] = [
      started(),
      drainIntended('a'),
      {
        type: 'InstanceSkipped',
        data: {
          containerInstanceArn: instanceArn('a'),
          reason: 'InstanceNotActive',
          detail: 'it went',
          skippedAt: at(5),
        },
      },
      happened.completed(6),
    ];
    const state = rolloutAfter({ instances: ['a', 'b'] }, ...past);
    const sight = aSight({ view: aFleet({ instances }), ledger: ledgerHolding(heldInstance('a')) });
    expect(planSteps(state, sight)).toEqual({
      ledger: [{ type: 'ReturnLease', leaseId: heldInstance('a').leaseId, now: at(10) }],
      prefetches: [],
      proposals: [],
      holds: [],
    });
  });

  it('of someone else is neither returned nor asked for, and does not starve the others', () => {
    const theirs = {
      ...heldInstance('a'),
      leaseId: LeaseId.parse('their lease'),
      holder: 'drain#a',
    };
    const ledger = budgetOf(ledgerHolding(theirs), { instances: { count: 2 } });
    const plan = planSteps(begun, aSight({ view: aFleet({ instances }), ledger }));
    expect(plan.ledger).toEqual([]);
    expect(asked(plan).map(({ subject }) => subject.id)).toEqual([instanceArn('b')]);
    expect(plan.holds).toMatchObject([
      {
        subject: instanceArn('a'),
        reason: 'BudgetSpent',
        detail: expect.stringContaining('drain#a'),
      },
    ]);
  });

  it('is not asked for in a pass that halts', () => {
    const late = rolloutAfter({ instances: ['a', 'b'] }, started(), learnt(), ...terminated('a'));
    const ledger = budgetOf(ledgerHolding(heldInstance('a')), { instances: { count: 2 } });
    const view = aFleet({ instances: fleetOf(['b', 'c', 'd']) });
    const plan = planSteps(late, aSight({ view, ledger, now: at(100) }));
    expect(plan.proposals.map(({ step }) => step.type)).toContain('HaltRollout');
    expect(asked(plan)).toEqual([]);
  });
});

describe('services and their budget', () => {
  const view = aFleet({
    instances: fleetOf(['z']),
    services: ['basket', 'orders'].map((name) => aService(name)),
    tasks: ['basket', 'orders'].flatMap((service) =>
      ['1', '2'].map((n) => aTask(`${service}${n}`, { service, on: 'z' })),
    ),
  });
  const plan = { instances: [], services: ['basket', 'orders'] };
  const past = [started(), happened.rebuilt('basket'), happened.rebuilt('orders')];

  it('are asked for one by one while there is room', () => {
    const state = rolloutAfter(plan, ...past);
    const step = planSteps(state, aSight({ view, now: at(70) }));
    expect(asked(step)).toMatchObject([{ subject: { kind: 'service' }, total: 2, unavailable: 0 }]);
    expect(step.holds).toMatchObject([{ reason: 'BudgetSpent' }]);
  });

  it('keep their lease after a halt until they are followed to the end', () => {
    const state = rolloutAfter(plan, ...past, happened.deploymentIntended('basket'), halted(65));
    const sight = aSight({ view, ledger: ledgerHolding(heldService('basket')), now: at(70) });
    expect(planSteps(state, sight).ledger).toEqual([]);
  });
});
