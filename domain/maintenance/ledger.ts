import type {
  Budget,
  DisruptionEvent,
  DisruptionReason,
  Subject,
} from '../../events/disruption.ts';
import type { Instant, LeaseId } from '../../events/ids.ts';
import type { Decider } from '../decider.ts';
import { Refusal } from '../refusal.ts';
import { allowedFor, defaultBudget } from './budget.ts';

export type Lease = {
  readonly leaseId: LeaseId;
  readonly subject: Subject;
  readonly reason: DisruptionReason;
  readonly holder: string;
  readonly grantedAt: Instant;
};

export type LedgerState = {
  readonly budget: Budget;
  readonly leases: Readonly<Record<string, Lease>>;
};

export type GrantLease = {
  readonly type: 'GrantLease';
  readonly leaseId: LeaseId;
  readonly subject: Subject;
  readonly reason: DisruptionReason;
  readonly holder: string;
  /** How many subjects of this kind exist now. */
  readonly total: number;
  /**
   * Subjects of this kind that are unavailable without a lease: dead, disconnected, drained by
   * someone else.
   */
  readonly unavailable: number;
  readonly now: Instant;
};

export type LedgerCommand =
  | {
      readonly type: 'SetBudget';
      readonly budget: Budget;
      readonly actor: string;
      readonly now: Instant;
    }
  | GrantLease
  | { readonly type: 'ReturnLease'; readonly leaseId: LeaseId; readonly now: Instant };

/** The stream that guards one cluster's budget over all reasons (design decision 3). */
export const ledgerStream = (clusterName: string) => `disruption#${clusterName}`;

const initialState: LedgerState = { budget: defaultBudget, leases: {} };

const decide = (command: LedgerCommand, state: LedgerState): readonly DisruptionEvent[] => {
  switch (command.type) {
    case 'SetBudget':
      return setBudget(command, state);
    case 'GrantLease':
      return grant(command, state);
    case 'ReturnLease':
      return giveBack(command, state);
    default:
      return command satisfies never;
  }
};

const setBudget = (
  { budget, actor, now }: Extract<LedgerCommand, { type: 'SetBudget' }>,
  state: LedgerState,
): readonly DisruptionEvent[] =>
  JSON.stringify(budget) === JSON.stringify(state.budget)
    ? []
    : [{ type: 'BudgetSet', data: { budget, actor, setAt: now } }];

const grant = (command: GrantLease, state: LedgerState): readonly DisruptionEvent[] => {
  const { leaseId, subject, reason, holder, now } = command;
  if (state.leases[leaseId] !== undefined) return [];
  const rival = heldOn(state, subject);
  if (rival !== undefined) {
    throw new Refusal('SubjectLeased', `${subject.id} is disturbed already by ${rival.holder}`);
  }
  if (roomFor(state, command) <= 0) {
    throw new Refusal('BudgetSpent', `no ${subject.kind} of ${command.total} may be disturbed now`);
  }
  return [{ type: 'LeaseGranted', data: { leaseId, subject, reason, holder, grantedAt: now } }];
};

const giveBack = (
  { leaseId, now }: Extract<LedgerCommand, { type: 'ReturnLease' }>,
  state: LedgerState,
): readonly DisruptionEvent[] =>
  state.leases[leaseId] === undefined
    ? []
    : [{ type: 'LeaseReturned', data: { leaseId, returnedAt: now } }];

/**
 * Leases of `subject.kind` that could be granted now; below zero when the fleet shrank under its
 * leases.
 */
export const roomFor = (
  state: LedgerState,
  {
    subject,
    reason,
    total,
    unavailable,
  }: {
    readonly subject: Pick<Subject, 'kind'>;
    readonly reason: DisruptionReason;
    readonly total: number;
    readonly unavailable: number;
  },
): number => {
  const held = Object.values(state.leases).filter((lease) => lease.subject.kind === subject.kind);
  return allowedFor(state.budget, reason, subject.kind, total) - held.length - unavailable;
};

export const heldOn = (state: LedgerState, subject: Subject): Lease | undefined =>
  Object.values(state.leases).find(
    (lease) => lease.subject.kind === subject.kind && lease.subject.id === subject.id,
  );

const evolve = (state: LedgerState, event: DisruptionEvent): LedgerState => {
  switch (event.type) {
    case 'BudgetSet':
      return { ...state, budget: event.data.budget };
    case 'LeaseGranted':
      return { ...state, leases: { ...state.leases, [event.data.leaseId]: event.data } };
    case 'LeaseReturned': {
      const { [event.data.leaseId]: _returned, ...leases } = state.leases;
      return { ...state, leases };
    }
    default:
      return event satisfies never;
  }
};

export const ledger: Decider<LedgerState, LedgerCommand, DisruptionEvent> = {
  stateShape: 'ledger.1',
  initialState,
  decide,
  evolve,
};
