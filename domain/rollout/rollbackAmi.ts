import type { ObservedInstance } from '../../events/fleet.ts';
import type { AmiId } from '../../events/ids.ts';
import type { Rollout } from './rolloutState.ts';
import { type Hold, hold, type Sight } from './sight.ts';

export const amiOf = ({ attributes }: ObservedInstance): AmiId | undefined =>
  (attributes['ecs.ami-id'] as AmiId | null | undefined) ?? undefined;

/** Those that have to be there before an instance of this rollout is begun. */
export const amisToAskFor = (
  { status, policy, instances }: Rollout,
  view: Sight['view'],
): readonly AmiId[] =>
  status !== 'running' || policy.rollbackAmi !== 'required'
    ? []
    : Object.values(instances).flatMap(({ status: at, containerInstanceArn }) => {
        const instance = at === 'waiting' ? view.instances.get(containerInstanceArn) : undefined;
        return (instance && amiOf(instance)) ?? [];
      });

/**
 * About three of AWS's Windows AMIs are public at a time: what an instance was launched from may be
 * gone, and then there is no going back to it. Where the policy wants a way back, it is not begun.
 */
export const whyNoWayBack = (
  { policy }: Rollout,
  instance: ObservedInstance,
  { amisAvailable }: Pick<Sight, 'amisAvailable'>,
): Hold | undefined => {
  if (policy.rollbackAmi !== 'required') return undefined;
  const subject = instance.containerInstanceArn;
  const ami = amiOf(instance);
  if (ami === undefined) {
    return hold(subject, 'RollbackAmiUnknown', 'it does not say from which AMI it was launched');
  }
  const isThere = amisAvailable.get(ami);
  if (isThere === undefined) {
    return hold(subject, 'RollbackAmiUnknown', `whether ${ami} is still there is not known`);
  }
  const gone = `nothing can be launched from ${ami} any more: copy it, or allow it by policy`;
  return isThere ? undefined : hold(subject, 'RollbackAmiGone', gone);
};
