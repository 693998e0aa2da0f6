import type { RolloutPolicy } from '../../events/rolloutPolicy.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * What a cluster's rollouts obey until someone sets its policy. The deadlines are several times
 * what is measured: rebuilds took 8.2 h at most in five years of Microsoft's own .NET images; a
 * Windows instance serves 4 to 8 minutes after launch; a drain waits for image pulls of up to 1.75
 * GB that unpack on one core. A rollout that stands still waits a week, because room, or the end
 * of a deployment that someone else has under way, comes in its own time.
 */
export const defaultPolicy: RolloutPolicy = {
  taskStartFailuresMax: 3,
  imageAheadAfterMs: 7 * 24 * hourMs,
  rebuildDeadlineMs: 24 * hourMs,
  drainDeadlineMs: 2 * hourMs,
  replacementDeadlineMs: hourMs,
  deploymentDeadlineMs: 4 * hourMs,
  standstillDeadlineMs: 7 * 24 * hourMs,
  settleMs: hourMs,
  start: 'manual',
  outOfBandIsEmergency: true,
};
