import type { GrantLease } from '../../../domain/maintenance/lease.ts';
import type { DisruptionEvent } from '../../../events/disruption.ts';
import { LeaseId } from '../../../events/ids.ts';
import { at, instanceArn } from '../../support/fleetBuilder.ts';

export const ask = (name: string, fields: Partial<GrantLease> = {}): GrantLease => ({
  type: 'GrantLease',
  leaseId: LeaseId.parse(`lease-${name}`),
  subject: { kind: 'instance', id: instanceArn(name) },
  reason: 'patch',
  holder: 'rollout#rollout-shop-2025-10-14',
  total: 10,
  unavailable: 0,
  now: at(1),
  ...fields,
});

export const granted = (name: string, fields: Partial<GrantLease> = {}): DisruptionEvent => {
  const { leaseId, subject, reason, holder, now: grantedAt } = ask(name, fields);
  return { type: 'LeaseGranted', data: { leaseId, subject, reason, holder, grantedAt } };
};
