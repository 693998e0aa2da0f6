import type { Mode } from '../../events/cluster.ts';
import type { EffectId, Instant } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { type Silence, silenceOf } from '../fleet/silence.ts';
import { identity } from '../identity.ts';
import { type GhostCommand, type GhostsState, isInHand } from './ghosts.ts';

export type GhostPlan = {
  readonly commands: readonly GhostCommand[];
  /** Every silent instance that is not being deregistered, with the reason. */
  readonly held: readonly Held[];
};

/** A refusal is believed for so long. */
const againAfterMs = 3_600_000;

/**
 * What is to be deregistered now: ghosts, in mode `drive`. Nothing is disturbed by it, so no lease
 * is asked for and no window is waited for. What is silent and no ghost is left alone.
 */
export const planGhosts = (
  { instances, notices }: Pick<FleetView, 'instances' | 'notices'>,
  state: GhostsState,
  mode: Mode,
  now: Instant,
): GhostPlan => {
  const commands: GhostCommand[] = [];
  const held: Held[] = [];
  for (const instance of instances.values()) {
    const { containerInstanceArn, ec2InstanceId } = instance;
    const found = silenceOf(instance, ec2InstanceId && notices.get(ec2InstanceId), now);
    if (found === undefined || isInHand(state, containerInstanceArn)) continue;
    const failed = state.failed[containerInstanceArn];
    const why = whyNot(found, mode, failed, now);
    if (why !== undefined) held.push({ subject: containerInstanceArn, ...why });
    else if (found.status === 'ghost' && ec2InstanceId !== undefined) {
      const effectId = identity('deregister', containerInstanceArn, `${failed?.times ?? 0}`);
      const about = { containerInstanceArn, ec2InstanceId, proof: found.proof };
      commands.push({ type: 'DeregisterGhost', ...about, effectId: effectId as EffectId, now });
    }
  }
  return { commands, held };
};

const whyNot = (
  { status, detail }: Silence,
  mode: Mode,
  failed: GhostsState['failed'][string] | undefined,
  now: Instant,
): Pick<Held, 'reason' | 'detail'> | undefined => {
  if (status === 'silent')
    return { reason: 'AgentSilent', detail: `its agent is silent; ${detail}` };
  if (mode !== 'drive') {
    return { reason: 'ClusterNotDriven', detail: `${detail}; deregistered in mode drive` };
  }
  if (failed === undefined || now - failed.at >= againAfterMs) return undefined;
  return { reason: 'DeregistrationRefused', detail: `${detail}; last refused: ${failed.reason}` };
};
