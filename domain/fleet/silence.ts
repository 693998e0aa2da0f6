import type { ObservedInstance } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import type { Ec2Notices } from './ec2Notices.ts';

/** How it was proved that the machine is gone for good. */
export type GhostProof = 'terminated' | 'notFound';

/**
 * An instance whose agent is silent. A *ghost* is registered with ECS though its machine is gone:
 * ECS does not deregister what was terminated while its agent was away (ECS API Reference,
 * DeregisterContainerInstance), so its tasks stay as last seen and its room counts.
 */
export type Silence =
  | { readonly status: 'ghost'; readonly proof: GhostProof; readonly detail: string }
  | { readonly status: 'silent'; readonly detail: string };

/** ECS deregisters by itself what it hears the end of; it is given so long. */
export const settledMs = 10 * 60_000;
/** EC2 does not know a young instance everywhere at once: it is asked again after so long. */
export const askedAgainMs = 10 * 60_000;

/**
 * `undefined` while the agent answers. A silent agent proves nothing: agents restart, and a machine
 * may be stopped and come back. Proof is that EC2 has terminated it, or answers for it no more at
 * two looks.
 */
export const silenceOf = (
  { agentConnected, status, ec2InstanceId }: ObservedInstance,
  notices: Ec2Notices | undefined,
  now: Instant,
): Silence | undefined => {
  if (agentConnected || status === 'INACTIVE') return undefined;
  const silent = (detail: string): Silence => ({ status: 'silent', detail });
  if (ec2InstanceId === undefined)
    return silent('it is no EC2 instance, so nothing proves its end');
  const { state, notFound } = notices ?? {};
  if (notFound !== undefined) {
    const apart = notFound.at - notFound.since;
    if (apart < askedAgainMs) return silent('EC2 does not answer for it, and is asked once more');
    return { status: 'ghost', proof: 'notFound', detail: 'EC2 does not know it any more' };
  }
  if (state?.state === 'terminated') {
    if (now - state.at < settledMs) return silent('EC2 has just terminated it');
    return { status: 'ghost', proof: 'terminated', detail: 'EC2 has terminated it' };
  }
  if (state?.state === 'stopped' || state?.state === 'stopping') {
    return silent(`EC2 says ${state.state}: it comes back when it is started`);
  }
  return silent(`EC2 ${state === undefined ? 'has not been asked yet' : `says ${state.state}`}`);
};
