import type { Budget, DisruptionReason, Subject } from '../../events/disruption.ts';
import type { Instant, LeaseId } from '../../events/ids.ts';

export type Lease = {
  readonly leaseId: LeaseId;
  readonly subject: Subject;
  readonly reason: DisruptionReason;
  readonly holder: string;
  readonly zone?: string | undefined;
  readonly serviceNames?: readonly string[] | undefined;
  readonly grantedAt: Instant;
};

export type LedgerState = {
  readonly budget: Budget;
  readonly leases: Readonly<Record<string, Lease>>;
};

/** How many there are, and how many of them are down although nobody holds a lease on them. */
export type Count = { readonly total: number; readonly unavailable: number };
export type NamedCount = Count & { readonly name: string };

export type GrantLease = Count & {
  readonly type: 'GrantLease';
  readonly leaseId: LeaseId;
  readonly subject: Subject;
  readonly reason: DisruptionReason;
  readonly holder: string;
  /**
   * Of an instance: its availability zone, with the instances in it; and each service with tasks on
   * it, with the instances that run tasks of it. Left out they are not limited.
   */
  readonly zone?: NamedCount;
  readonly services?: readonly NamedCount[];
  readonly now: Instant;
};
