import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedFor, defaultBudget } from '../../../domain/maintenance/budget.ts';
import type { LedgerState } from '../../../domain/maintenance/lease.ts';
import { type LedgerCommand, ledger } from '../../../domain/maintenance/ledger.ts';
import type { DisruptionEvent } from '../../../events/disruption.ts';
import { LeaseId } from '../../../events/ids.ts';
import { at, serviceArn } from '../../support/fleetBuilder.ts';
import { answerOf, expectSecondTimeQuiet, specification } from '../../support/specification.ts';
import { ask, granted } from './leaseBuilder.ts';

const { given } = specification(ledger);

const giveBack = (name: string) =>
  ({ type: 'ReturnLease', leaseId: LeaseId.parse(`lease-${name}`), now: at(2) }) as const;
const returned = (name: string): DisruptionEvent => ({
  type: 'LeaseReturned',
  data: { leaseId: LeaseId.parse(`lease-${name}`), returnedAt: at(2) },
});

describe('asking for a lease', () => {
  it('is granted while there is room', () => {
    given().when(ask('a')).then(granted('a'));
  });

  it('is granted once', () => {
    given(granted('a')).when(ask('a')).thenNothing();
    given(granted('a'))
      .when(ask('a', { now: at(9) }))
      .thenNothing();
  });

  it('is refused when the budget is spent', () => {
    given(granted('a')).when(ask('b')).thenRefused('BudgetSpent');
    given(granted('a'), returned('a')).when(ask('b')).then(granted('b'));
  });

  it('is refused when what is down anyway has used the budget up', () => {
    given()
      .when(ask('a', { unavailable: 1 }))
      .thenRefused('BudgetSpent');
    given()
      .when(ask('a', { total: 40, unavailable: 3 }))
      .then(granted('a'));
  });

  it('is refused for a reason that the budget does not list', () => {
    given()
      .when(ask('a', { reason: 'drift' }))
      .thenRefused('BudgetSpent');
  });

  it('is refused on what someone else disturbs', () => {
    const theirs = { leaseId: LeaseId.parse('drain-a'), holder: 'drain#a', total: 40 };
    given(granted('a', theirs))
      .when(ask('a', { total: 40 }))
      .thenRefused('SubjectLeased');
  });

  it('counts one budget over all reasons', () => {
    const reasons = [{ reason: 'patch' }, { reason: 'drift' }] as const;
    const budget = { ...defaultBudget, reasons };
    const both: DisruptionEvent = {
      type: 'BudgetSet',
      data: { budget, actor: 'operator', setAt: at(0) },
    };
    given(both, granted('a', { reason: 'drift' }))
      .when(ask('b'))
      .thenRefused('BudgetSpent');
  });

  it('counts services apart from instances', () => {
    const orders = { kind: 'service', id: serviceArn('orders') } as const;
    given(granted('a'))
      .when(ask('orders', { subject: orders }))
      .then(granted('orders', { subject: orders }));
  });

  it('is refused while the fleet is smaller than its leases', () => {
    const held = ['a', 'b', 'c', 'd'].map((name) => granted(name, { total: 40 }));
    given(...held)
      .when(ask('e', { total: 20 }))
      .thenRefused('BudgetSpent');
  });
});

describe('giving a lease back', () => {
  it('frees its place', () => {
    given(granted('a')).when(giveBack('a')).then(returned('a'));
  });

  it('is done once, and for what was never granted not at all', () => {
    given(granted('a'), returned('a')).when(giveBack('a')).thenNothing();
    given().when(giveBack('a')).thenNothing();
  });
});

describe('setting the budget', () => {
  const narrower = { ...defaultBudget, instances: { count: 0 } };
  const set = { type: 'SetBudget', budget: narrower, actor: 'operator', now: at(3) } as const;
  const wasSet: DisruptionEvent = {
    type: 'BudgetSet',
    data: { budget: narrower, actor: 'operator', setAt: at(3) },
  };

  it('binds the next lease and leaves those that are held', () => {
    given(granted('a')).when(set).then(wasSet);
    given(granted('a'), wasSet).when(ask('b')).thenRefused('BudgetSpent');
    given(granted('a'), wasSet).when(ask('a')).thenNothing();
  });

  it('is quiet when nothing changes', () => {
    given(wasSet).when(set).thenNothing();
    given()
      .when({ ...set, budget: defaultBudget })
      .thenNothing();
  });
});

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const anyShare = fc.oneof(
  fc.record({ percent: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ count: fc.nat(4) }),
);
const anyCommand: fc.Arbitrary<LedgerCommand> = fc.oneof(
  { weight: 1, arbitrary: anyBudget() },
  {
    weight: 6,
    arbitrary: fc
      .record({
        name: fc.constantFrom(...names),
        kind: fc.constantFrom('instance' as const, 'service' as const),
        reason: fc.constantFrom('patch' as const, 'drift' as const),
        holder: fc.constantFrom('rollout#rollout-a', 'rollout#rollout-b'),
        total: fc.integer({ min: 0, max: 20 }),
        unavailable: fc.nat(3),
      })
      .map(({ name, kind, holder, ...rest }) => {
        const leaseId = LeaseId.parse(`lease-${holder}-${kind}-${name}`);
        return ask(name, { ...rest, holder, leaseId, subject: { kind, id: name } });
      }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('rollout#rollout-a', 'rollout#rollout-b'),
        fc.constantFrom('instance', 'service'),
        fc.constantFrom(...names),
      )
      .map(([holder, kind, name]) => ({
        type: 'ReturnLease' as const,
        leaseId: LeaseId.parse(`lease-${holder}-${kind}-${name}`),
        now: at(2),
      })),
  },
);

function anyBudget(): fc.Arbitrary<LedgerCommand> {
  const budget = fc.record({
    instances: anyShare,
    services: anyShare,
    reasons: fc
      .subarray(['patch', 'drift'] as const)
      .map((reasons) => reasons.map((reason) => ({ reason }))),
  });
  return budget.map((each) => ({
    type: 'SetBudget' as const,
    budget: each,
    actor: 'operator',
    now: at(3),
  }));
}

const heldOf = (state: LedgerState, kind: string) =>
  Object.values(state.leases).filter(({ subject }) => subject.kind === kind);

describe('whatever the order of commands', () => {
  it('a lease is granted only within the allowance, and one subject has one at most', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 60 }), (commands) => {
        let state = ledger.initialState;
        for (const command of commands) {
          const answer = answerOf(ledger, command, state);
          if ('refused' in answer) continue;
          state = answer.reduce(ledger.evolve, state);
          const subjects = Object.values(state.leases).map(({ subject: s }) => `${s.kind} ${s.id}`);
          expect(new Set(subjects).size).toBe(subjects.length);
          if (command.type !== 'GrantLease' || answer.length === 0) continue;
          const { kind } = command.subject;
          const allowed = allowedFor(state.budget, command.reason, kind, command.total);
          expect(heldOf(state, kind).length + command.unavailable).toBeLessThanOrEqual(allowed);
        }
      }),
    );
  });

  it('deciding twice writes once', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 40 }), (commands) => {
        commands.reduce(
          (state, command) => expectSecondTimeQuiet(ledger, command, state),
          ledger.initialState,
        );
      }),
    );
  });
});
