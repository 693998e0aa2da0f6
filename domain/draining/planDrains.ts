import type { LeaseId } from '../../events/ids.ts';
import { identity } from '../identity.ts';
import type { GrantLease } from '../maintenance/lease.ts';
import { type LedgerCommand, withLease } from '../maintenance/ledger.ts';
import { heldOn, whyNoLease } from '../maintenance/whyNoLease.ts';
import { countInstances } from './countSubjects.ts';
import { drainEffectId, drainHolder } from './drain.ts';
import type { DrainStep } from './drainCommand.ts';
import type { DrainSight } from './drainSight.ts';
import { type Drain, isLeased, isUnderWay } from './drainState.ts';
import { followDrain, urgencyOf, whyNotBegin } from './followDrain.ts';
import { successorsOf } from './successors.ts';

/** One step of one drain, with the lease that must be granted first. */
export type DrainProposal = {
  readonly stream: string;
  readonly lease?: GrantLease;
  readonly step: DrainStep;
};

export type DrainPass = {
  readonly ledger: readonly LedgerCommand[];
  readonly proposals: readonly DrainProposal[];
};

const leaseIdOf = ({ containerInstanceArn, count }: Drain): LeaseId =>
  identity('lease', 'drain', containerInstanceArn, `${count}`) as LeaseId;

/** The next step of every drain of one cluster; those asked for first have the first leases. */
export const planDrains = (
  drains: readonly Drain[],
  given: Omit<DrainSight, 'successors'>,
): DrainPass => {
  const sight = { ...given, successors: successorsOf(drains, given) };
  const inOrder = drains.toSorted((a, b) => a.intendedAt - b.intendedAt);
  const { replacements = { proved: new Set(), lost: 0 } } = sight;
  const counts = countInstances(sight.fleet.view, sight.ledger, replacements);
  const leaseFor = (drain: Drain): GrantLease => {
    const { containerInstanceArn: id } = drain;
    const { total, unavailable } = counts;
    const instance = sight.fleet.view.instances.get(id);
    const zone = instance && counts.inZone(instance);
    return {
      type: 'GrantLease',
      leaseId: leaseIdOf(drain),
      subject: { kind: 'instance', id },
      reason: urgencyOf(drain, sight),
      holder: drainHolder(drain),
      total,
      unavailable,
      ...(zone && { zone }),
      ...(instance && { services: counts.around(instance) }),
      now: sight.now,
    };
  };
  let next = sight.ledger;
  const proposals = inOrder.filter(isUnderWay).flatMap((drain): readonly DrainProposal[] => {
    const stream = drainHolder(drain);
    if (drain.status !== 'waiting') {
      return followDrain(drain, sight).map((step) => ({ stream, step }));
    }
    const not = whyNotBegin(drain, sight);
    if (not !== undefined) return [{ stream, step: not }];
    const lease = leaseFor(drain);
    const rival = heldOn(next, lease.subject);
    const isOurs = rival?.leaseId === lease.leaseId;
    const taken = rival && `it is disturbed already by ${rival.holder}`;
    const why = isOurs ? undefined : (taken ?? whyNoLease(next, lease));
    const { now } = sight;
    const { count } = drain;
    if (why !== undefined) {
      const subject = drain.containerInstanceArn;
      const held = [{ subject, reason: 'BudgetSpent' as const, detail: why }];
      return [{ stream, step: { type: 'HoldDrain', count, held, now } }];
    }
    next = withLease(next, lease);
    const effectId = drainEffectId('drain', drain);
    const step = { type: 'BeginDrain', count, leaseId: lease.leaseId, effectId, now } as const;
    return [{ stream, lease, step }];
  });
  return { ledger: settle(inOrder, leaseFor, sight), proposals };
};

/** Leases of drains that have ended go back; one that is under way without its lease asks anew. */
const settle = (
  drains: readonly Drain[],
  leaseFor: (drain: Drain) => GrantLease,
  { ledger, now }: DrainSight,
): readonly LedgerCommand[] => {
  const byHolder = new Map(drains.map((each) => [drainHolder(each), each]));
  const returns = Object.values(ledger.leases).flatMap(({ holder, leaseId }): LedgerCommand[] => {
    const drain = byHolder.get(holder);
    if (drain === undefined || (isUnderWay(drain) && leaseIdOf(drain) === leaseId)) return [];
    return [{ type: 'ReturnLease', leaseId, now }];
  });
  const missing = drains.filter(
    (each) => isLeased(each) && ledger.leases[each.leaseId] === undefined,
  );
  return [...returns, ...missing.map(leaseFor)];
};
