import type { Budget, DisruptionEvent } from '../../events/disruption.ts';
import type { Instant, LeaseId } from '../../events/ids.ts';
import type { Decider } from '../decider.ts';
import { Refusal } from '../refusal.ts';
import { defaultBudget } from './budget.ts';
import type { GrantLease, LedgerState } from './lease.ts';
import { heldOn, whyNoLease } from './whyNoLease.ts';

export type LedgerCommand =
  | {
      readonly type: 'SetBudget';
      readonly budget: Budget;
      readonly actor: string;
      readonly now: Instant;
    }
  | GrantLease
  | {
      readonly type: 'ReturnLease';
      readonly leaseId: LeaseId;
      /** Why it is taken from a holder that does not give it back. */
      readonly because?: string;
      readonly now: Instant;
    };

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
  const { leaseId, subject } = command;
  if (state.leases[leaseId] !== undefined) return [];
  const rival = heldOn(state, subject);
  if (rival !== undefined) {
    throw new Refusal('SubjectLeased', `${subject.id} is disturbed already by ${rival.holder}`);
  }
  const why = whyNoLease(state, command);
  if (why !== undefined) throw new Refusal('BudgetSpent', why);
  return [leaseGranted(command)];
};

const leaseGranted = ({
  leaseId,
  subject,
  reason,
  holder,
  zone,
  services = [],
  now: grantedAt,
}: GrantLease): DisruptionEvent => ({
  type: 'LeaseGranted',
  data: {
    leaseId,
    subject,
    reason,
    holder,
    ...(zone === undefined ? {} : { zone: zone.name }),
    ...(services.length === 0 ? {} : { serviceNames: services.map(({ name }) => name) }),
    grantedAt,
  },
});

/** The ledger as it would be with this lease too: for planners that ask for several. */
export const withLease = (state: LedgerState, command: GrantLease): LedgerState =>
  evolve(state, leaseGranted(command));

const giveBack = (
  { leaseId, because, now }: Extract<LedgerCommand, { type: 'ReturnLease' }>,
  state: LedgerState,
): readonly DisruptionEvent[] => {
  if (state.leases[leaseId] === undefined) return [];
  const why = because === undefined ? {} : { because };
  return [{ type: 'LeaseReturned', data: { leaseId, ...why, returnedAt: now } }];
};

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
  stateShape: 'ledger.2',
  initialState,
  decide,
  evolve,
};
