import type { ObservedInstance } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import type { Ec2Notices } from './ec2Notices.ts';
import type { FleetView } from './fleetView.ts';

/** From the notice to the interruption (EC2 User Guide, spot-instance-termination-notices). */
export const noticeMs = 2 * 60_000;

/**
 * One that is still registered so long after its time was stopped and not terminated, or has come
 * back: from then on it is an instance like any other.
 */
export const takenWithinMs = 10 * 60_000;

/**
 * A termination lifecycle hook waits an hour unless it was made to wait for another time; Auto
 * Scaling does not say for how long (EC2 Auto Scaling User Guide, lifecycle hooks). An instance in
 * one that waits for Tuesday is emptied within so long.
 */
export const hookWaitMs = 50 * 60_000;

/** Operators name it so, to have Tuesday drain the instance and answer. */
export const isOurHook = ({ lifecycleHookName }: { readonly lifecycleHookName: string }): boolean =>
  lifecycleHookName.startsWith('tuesday');

export type Interruption = {
  /** `terminate`, `stop` or `hibernate`. */
  readonly action: string;
  readonly noticedAt: Instant;
  /** Who takes it: EC2, or its Auto Scaling group, which waits in a hook of ours. */
  readonly by: 'Spot' | 'hook';
  /** From then on EC2 may have it. */
  readonly takenAt: Instant;
};

/** What EC2 is about to take back, or has just taken; `undefined` if nothing is known of that. */
export const interruptionOf = (
  { notices }: Pick<FleetView, 'notices'>,
  { ec2InstanceId }: Pick<ObservedInstance, 'ec2InstanceId'>,
  now: Instant,
): Interruption | undefined => {
  const told = ec2InstanceId === undefined ? undefined : notices.get(ec2InstanceId);
  if (told?.interruption === undefined) return told && hooked(told, now);
  const { at: noticedAt, action } = told.interruption;
  const hasComeBack = told.state?.state === 'running' && told.state.at > noticedAt;
  if (hasComeBack || now > noticedAt + noticeMs + takenWithinMs) return hooked(told, now);
  return { action, noticedAt, by: 'Spot', takenAt: (noticedAt + noticeMs) as Instant };
};

const hooked = ({ terminationHook }: Ec2Notices, now: Instant): Interruption | undefined => {
  if (terminationHook === undefined || !isOurHook(terminationHook)) return undefined;
  const { at: noticedAt } = terminationHook;
  if (now > noticedAt + hookWaitMs + takenWithinMs) return undefined;
  const takenAt = (noticedAt + hookWaitMs) as Instant;
  return { action: 'terminate', noticedAt, by: 'hook', takenAt };
};
