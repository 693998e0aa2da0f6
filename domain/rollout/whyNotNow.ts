import { servicesOn } from '../fleet/servicesOn.ts';
import { type NoLeave, whyHandBack, whyNoLeave } from '../maintenance/leave.ts';
import { type Hold, hold, type Sight } from './sight.ts';

/** What windows and freezes say against disturbing `subject`, and with it these services, now. */
export const whyNotNow = (
  subject: string,
  serviceNames: readonly string[],
  { maintenance, now }: Pick<Sight, 'maintenance' | 'now'>,
): Hold | undefined => {
  const why = whyNoLeave(maintenance, { reason: 'patch', serviceNames }, now);
  return why && hold(subject, why.reason, why.detail);
};

/** Why an instance that is being drained, or is drained, is to be set ACTIVE again for now. */
export const whyHandBackNow = (
  containerInstanceArn: string,
  { maintenance, now, view }: Pick<Sight, 'maintenance' | 'now' | 'view'>,
): NoLeave | undefined => {
  const serviceNames = servicesOn(view, containerInstanceArn);
  return whyHandBack(maintenance, { reason: 'patch', serviceNames }, now);
};
