import { describe, expect, it } from 'vitest';
import { drain } from '../../../domain/draining/drain.ts';
import { lastingOf, planOf } from '../../../domain/draining/drainSight.ts';
import { recoverLeases } from '../../../domain/maintenance/recoverLeases.ts';
import type { ObservedInstance } from '../../../events/fleet.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  at,
  instanceArn,
  taskArn,
} from '../../support/fleetBuilder.ts';
import { ledgerHolding } from '../rollout/rolloutBuilder.ts';
import { roomFor } from './drainBuilder.ts';
import {
  drainAfter,
  draining,
  effectId,
  leaseId,
  passOver,
  sightOf,
  stepsOf,
  told,
  wish,
} from './drainStory.ts';

const { intended, drained } = told;
const arn = instanceArn('a');
const holder = 'drain#shop/a';
const types = (...about: Parameters<typeof stepsOf>) => stepsOf(...about).map(({ type }) => type);

const isDraining = { status: 'DRAINING', runningTasksCount: 1, pendingTasksCount: 0 } as const;
const isEmpty = { ...isDraining, runningTasksCount: 0 };
/** `a` runs one task of two of `orders`; `others` is what else there is. */
const fleetWith = (
  fields: Partial<ObservedInstance>,
  {
    others = [roomFor('b', 9)],
    ...more
  }: Partial<Parameters<typeof aFleet>[0]> & {
    readonly others?: readonly ObservedInstance[];
  } = {},
) =>
  aFleet({
    instances: [anInstance('a', fields), ...others],
    services: [aService('orders')],
    tasks: [aTask('t', { on: 'a' }), aTask('u', { on: 'b' })],
    ...more,
  });
const emptied = (fields: Partial<ObservedInstance>) =>
  fleetWith(fields, { tasks: [aTask('u', { on: 'b' }), aTask('v', { on: 'b' })] });

describe('a drain that is asked for', () => {
  it('is begun under a lease', () => {
    const [proposal] = passOver([intended()], fleetWith({})).proposals;
    expect(proposal).toMatchObject({
      stream: holder,
      lease: { reason: 'manual', holder, subject: { id: arn } },
      step: { type: 'BeginDrain', effectId: effectId('drain') },
    });
    expect(proposal?.step).toHaveProperty('leaseId', proposal?.lease?.leaseId);
  });

  it('waits for its window, and one that AWS takes does not', () => {
    const closed = {
      ...sightOf(aFleet()).maintenance,
      own: sightOf(aFleet()).maintenance.everything,
    };
    const [held] = stepsOf([intended()], fleetWith({}), { maintenance: closed });
    expect(held).toMatchObject({ type: 'HoldDrain', held: [{ reason: 'WindowClosed' }] });
    const spot = [intended({ reason: 'spot' })];
    expect(types(spot, fleetWith({}), { maintenance: closed })).toEqual(['BeginDrain']);
  });

  it('waits while an instance is missing that a rollout has lost', () => {
    const replacements = { proved: new Set<string>(), lost: 1 };
    const [held] = stepsOf([intended()], fleetWith({}), { replacements });
    expect(held).toMatchObject({ type: 'HoldDrain', held: [{ reason: 'BudgetSpent' }] });
  });

  it('waits for whoever disturbs the instance, by name', () => {
    const ledger = ledgerHolding({ leaseId: 'theirs', kind: 'instance', id: arn });
    const [held] = stepsOf([intended()], fleetWith({}), { ledger });
    expect(held).toMatchObject({ held: [{ detail: expect.stringContaining('rollout#') }] });
  });

  it('is not begun below drive', () => {
    const [held] = stepsOf([intended()], fleetWith({}), { mode: 'advise' });
    expect(held).toMatchObject({ held: [{ reason: 'ClusterNotDriven' }] });
  });

  it('is called off at its deadline, with what it waited for', () => {
    const held = [{ subject: arn, reason: 'Frozen', detail: 'frozen by ops' }] as const;
    const waiting = [intended(), { type: 'DrainHoldsChanged', data: { held, changedAt: at(1) } }];
    const [end] = stepsOf(waiting as never, fleetWith({}), { now: at(120) });
    expect(end).toMatchObject({ type: 'EndDrain', outcome: 'calledOff' });
    expect(end).toHaveProperty('detail', expect.stringContaining('Frozen: frozen by ops'));
  });
});

describe('S10: a drain that does not end', () => {
  const stuck = fleetWith(isDraining, { others: [] });
  const late = { now: at(120) };

  it('is waited for until its deadline', () => expect(stepsOf(draining(), stuck)).toEqual([]));
  it('is undone at our own deadline, naming task, service and rule', () => {
    const [restore] = stepsOf(draining(), stuck, late);
    expect(restore).toMatchObject({
      type: 'RestoreInstance',
      blockers: [
        {
          subject: taskArn('t'),
          reason: expect.stringMatching(/^(NoCapacity|ServiceBelowMinimum|LastHealthyTask)$/),
          detail: expect.stringContaining('orders'),
        },
      ],
    });
  });
  it('is escalated where that is the policy, and not ended', () => {
    const past = draining({ atDeadline: 'escalate', andThen: 'terminate' });
    expect(types(past, stuck, late)).toEqual(['EscalateDrain']);
    const escalated = { because: 'late', blockers: [], escalatedAt: at(120) };
    const after = [...past, { type: 'DrainEscalated', data: escalated } as const];
    expect(stepsOf(after, stuck, { now: at(9999) })).toEqual([]);
  });
});

describe('S11: a drain whose instance vanishes', () => {
  const escalated = { because: 'late', blockers: [], escalatedAt: at(9) };
  const ending = { effectId: effectId('terminate'), intendedAt: at(9) };
  const restoring = { ...ending, effectId: effectId('restore'), because: 'x', blockers: [] };
  const gone = aFleet({ instances: [anInstance('b')] });
  const followed = (past: Parameters<typeof drainAfter>[0]) => {
    const before = drainAfter(past);
    const steps = stepsOf(past, gone);
    const state = steps.flatMap((step) => drain.decide(step, before)).reduce(drain.evolve, before);
    return { steps, state };
  };
  const begun = [
    ['begun and not tried', [intended(), told.begun]],
    ['draining', draining()],
    ['escalated', [...draining(), { type: 'DrainEscalated', data: escalated }]],
    ['drained', [...draining(), drained]],
    ['terminating', [...draining(), drained, { type: 'DrainTerminationIntended', data: ending }]],
    [
      'restoring',
      [...draining(), { type: 'DrainRestoreIntended', data: { ...restoring, actor: 'ops' } }],
    ],
  ] as const;

  it('ends where it had not begun', () =>
    expect(followed([intended()]).steps).toMatchObject([{ type: 'EndDrain', outcome: 'gone' }]));
  it.each(begun)(
    'keeps its lease until its successor is there, and does no more: %s',
    (_, past) => {
      const { steps, state } = followed(past);
      expect(steps).toMatchObject([{ type: 'RecordGone' }]);
      expect(state).toMatchObject({ status: 'gone', leaseId, effects: {} });
    },
  );
  it.each(begun)('ends at once where none is wanted or sure to come: %s', (_, past) => {
    for (const reason of ['spot', 'scaleIn'] as const) {
      const others = past.map((each) =>
        each.type === 'DrainIntended' ? { ...each, data: { ...each.data, reason } } : each,
      );
      expect(followed(others as never).state).toMatchObject({ status: 'ended', outcome: 'gone' });
    }
  });
});

describe('S12: someone else', () => {
  it('was first: it is yielded before anything is done', () =>
    expect(stepsOf([intended()], fleetWith(isDraining))).toMatchObject([
      { type: 'EndDrain', outcome: 'yielded' },
    ]));
  it('sets ours ACTIVE again: we yield and say so', () =>
    expect(stepsOf(draining({ andThen: 'terminate' }), fleetWith({}))).toMatchObject([
      { type: 'EndDrain', outcome: 'yielded', detail: expect.stringContaining('ACTIVE again') },
    ]));
  it('does so when it was drained, and it is not ended', () =>
    expect(types([...draining({ andThen: 'terminate' }), drained], emptied({}))).toEqual([
      'EndDrain',
    ]));
  it('is not suspected while our own call is on its way', () =>
    expect(stepsOf(draining().slice(0, -1), fleetWith({}))).toEqual([]));
});

describe('S13: the news that it is drained is lost', () => {
  it('the next look at it is enough', () =>
    expect(types(draining(), emptied(isEmpty))).toEqual(['RecordDrained']));
  it('counts that are absent are not zero', () =>
    expect(types(draining(), emptied({ status: 'DRAINING' }))).toEqual([]));
});

describe('S14: a lease and its holder', () => {
  const held = ledgerHolding({ leaseId, kind: 'instance', id: arn, holder });
  const ended = {
    type: 'DrainEnded',
    data: { outcome: 'gone', detail: 'gone', endedAt: at(5) },
  } as const;

  it('goes back once its drain has ended', () =>
    expect(passOver([...draining(), ended], aFleet(), { ledger: held }).ledger).toMatchObject([
      { type: 'ReturnLease', leaseId },
    ]));
  it('passes on where the drain is not on record', () =>
    expect(recoverLeases(held, () => false, at(60))).toHaveLength(1));
  it('is asked for again by a drain that is under way without it', () =>
    expect(passOver(draining(), fleetWith(isDraining)).ledger).toMatchObject([
      { type: 'GrantLease', holder },
    ]));
});

describe('S15: one replica, and not one less', () => {
  const one = (maximumPercent: number, minimumHealthyPercent = 100, desiredCount = 1) =>
    fleetWith(
      {},
      {
        services: [aService('orders', { desiredCount, minimumHealthyPercent, maximumPercent })],
        tasks: [aTask('t', { on: 'a' })],
      },
    );
  const lasting = (...bounds: Parameters<typeof one>) =>
    lastingOf(planOf(wish, sightOf(one(...bounds))), wish.standalone);

  it('is a deadlock, said at once', () =>
    expect(lasting(100)).toMatchObject([{ reason: 'DeploymentDeadlock', subject: taskArn('t') }]));
  it('is one too where ECS would stop the only task first (I10)', () => {
    expect(lasting(100, 0)).toMatchObject([{ reason: 'LastHealthyTask', subject: taskArn('t') }]);
    expect(lasting(100, 0, 2)).toEqual([]);
  });
  it('moves where ECS may start another first', () => {
    expect(lasting(200)).toEqual([]);
    expect(types([intended()], one(200))).toEqual(['BeginDrain']);
  });
});

describe('a task that stands alone', () => {
  const view = fleetWith(isDraining, {
    tasks: [aTask('job', { on: 'a', group: 'family:job' }), aTask('u', { on: 'b' })],
  });
  const stopAfter = { type: 'stopAfter', afterMs: 20 * 60_000 } as const;

  it('is stopped once it has had its time', () => {
    const past = draining({ standalone: stopAfter });
    expect(stepsOf(past, view)).toEqual([]);
    expect(stepsOf(past, view, { now: at(21) })).toMatchObject([
      { type: 'StopTask', taskArn: taskArn('job'), effectId: effectId('stop', taskArn('job')) },
    ]);
  });
  it('is waited for', () => expect(stepsOf(draining(), view, { now: at(119) })).toEqual([]));
  it('keeps its instance where it is protected', () => {
    const past = [intended({ standalone: { type: 'protect' } })];
    const [held] = stepsOf(past, fleetWith({}, { tasks: [...view.tasks.values()] }));
    expect(held).toMatchObject({ held: [{ reason: 'StandaloneTask' }] });
  });
});

describe('an empty instance', () => {
  it.each([
    ['keepDrained', []],
    ['terminate', ['TerminateInstance']],
    ['restore', ['RestoreInstance']],
  ] as const)('%s', (andThen, expected) => {
    expect(types([...draining({ andThen }), drained], emptied(isEmpty))).toEqual(expected);
  });
});
