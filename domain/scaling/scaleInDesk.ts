import type { ObservedInstance } from '../../events/fleet.ts';
import type { LeaseId } from '../../events/ids.ts';
import { countInstances } from '../draining/countSubjects.ts';
import { identity } from '../identity.ts';
import type { GrantLease } from '../maintenance/lease.ts';
import { withLease } from '../maintenance/ledger.ts';
import { heldOn, whyNoLease } from '../maintenance/whyNoLease.ts';
import type { CapacityQuestion } from './capacityQuestion.ts';
import { scalingStream } from './clusterCapacity.ts';

export const scaleInLeaseId = (clusterName: string, containerInstanceArn: string): LeaseId =>
  identity('lease', 'scaleIn', clusterName, containerInstanceArn) as LeaseId;

/** Asks the ledger for one instance after another, each with those before it granted. */
export const scaleInDesk = ({ fleet, ledger, now }: CapacityQuestion) => {
  const { view } = fleet;
  // Which newcomers took a leased instance's place is not known here: the stricter count is taken.
  const counts = countInstances(view, ledger, { proved: new Set(), lost: 0 });
  let next = ledger;
  return {
    ask: (instance: ObservedInstance): GrantLease | { readonly why: string } => {
      const id = instance.containerInstanceArn;
      const zone = counts.inZone(instance);
      const grant: GrantLease = {
        type: 'GrantLease',
        leaseId: scaleInLeaseId(view.clusterName, id),
        subject: { kind: 'instance', id },
        reason: 'scaleIn',
        holder: scalingStream(view.clusterName),
        total: counts.total,
        unavailable: counts.unavailable,
        services: counts.around(instance),
        ...(zone && { zone }),
        now,
      };
      const why = whyNoLease(next, grant);
      if (why !== undefined) return { why };
      next = withLease(next, grant);
      return grant;
    },
  };
};

/** Instances that are on their way out by scale-in already. */
export const scalingIn = ({ ledger }: CapacityQuestion): ReadonlySet<string> =>
  new Set(
    Object.values(ledger.leases)
      .filter(({ reason }) => reason === 'scaleIn')
      .map(({ subject }) => subject.id),
  );

export const leasedBy = ({ ledger }: CapacityQuestion, id: string): string | undefined =>
  heldOn(ledger, { kind: 'instance', id })?.holder;
