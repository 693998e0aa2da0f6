import type { ObservedInstance } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import type { FleetView } from './fleetView.ts';

/** From the notice to the interruption (EC2 User Guide, spot-instance-termination-notices). */
export const noticeMs = 2 * 60_000;

/**
 * One that is still registered so long after its time was stopped and not terminated, or has come
 * back: from then on it is an instance like any other.
 */
export const takenWithinMs = 10 * 60_000;

export type Interruption = {
  /** `terminate`, `stop` or `hibernate`. */
  readonly action: string;
  readonly noticedAt: Instant;
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
  if (told?.interruption === undefined) return undefined;
  const { at: noticedAt, action } = told.interruption;
  const hasComeBack = told.state?.state === 'running' && told.state.at > noticedAt;
  if (hasComeBack || now > noticedAt + noticeMs + takenWithinMs) return undefined;
  return { action, noticedAt, takenAt: (noticedAt + noticeMs) as Instant };
};
