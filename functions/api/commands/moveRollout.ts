import { clusterStream } from '../../../domain/fleet/shards.ts';
import { cluster } from '../../../domain/maintenance/cluster.ts';
import { Refusal } from '../../../domain/refusal.ts';
import { rollout, rolloutStream } from '../../../domain/rollout/rollout.ts';
import type { OperatorCommand } from '../../../domain/rollout/rolloutCommand.ts';
import type { RolloutId } from '../../../events/ids.ts';
import type {
  abortRollout,
  pauseRollout,
  resumeRollout,
  startRollout,
} from '../contract/rollouts.ts';
import type { ApiTools, Caller, Handle } from '../route.ts';
import { tell } from './tell.ts';

type Named = { readonly cluster: string; readonly rolloutId: RolloutId };

export const start: Handle<typeof startRollout> = async ({ parameters }, caller, tools) => {
  await known(parameters, tools);
  const { mode } = (await tools.store.load(clusterStream(parameters.cluster), cluster)).state;
  if (mode !== 'drive') {
    throw new Refusal('ClusterNotDriven', `${parameters.cluster} is in mode ${mode}`);
  }
  const { actor, now } = caller;
  return move({ type: 'StartRollout', actor, now }, parameters, caller, tools);
};

export const pause: Handle<typeof pauseRollout> = async ({ parameters, body }, caller, tools) => {
  await known(parameters, tools);
  const { actor, now } = caller;
  return move({ type: 'PauseRollout', actor, ...body, now }, parameters, caller, tools);
};

export const resume: Handle<typeof resumeRollout> = async ({ parameters }, caller, tools) => {
  await known(parameters, tools);
  const { actor, now } = caller;
  return move({ type: 'ResumeRollout', actor, now }, parameters, caller, tools);
};

export const abort: Handle<typeof abortRollout> = async ({ parameters, body }, caller, tools) => {
  await known(parameters, tools);
  const { actor, now } = caller;
  return move({ type: 'AbortRollout', actor, ...body, now }, parameters, caller, tools);
};

/**
 * Who may act on one cluster finds no other's rollouts: the cluster in the path is what IAM was
 * asked about.
 */
const known = async (
  { cluster: name, rolloutId }: Named,
  { store }: Pick<ApiTools, 'store'>,
): Promise<void> => {
  const { state } = await store.load(rolloutStream(rolloutId), rollout);
  if (state.status !== 'none' && state.clusterName === name) return;
  throw new Refusal('RolloutNotFound', `${name} has no rollout ${rolloutId}`);
};

const move = async (
  command: OperatorCommand,
  { rolloutId }: Named,
  caller: Caller,
  tools: ApiTools,
) => {
  const { state, events } = await tell(tools, caller, rollout, rolloutStream(rolloutId), command);
  if (state.status === 'none') throw new Refusal('RolloutNotFound', `no rollout ${rolloutId}`);
  return { rolloutId, status: state.status, changed: events.length > 0 };
};
