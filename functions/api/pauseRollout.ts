import * as z from 'zod';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import { RolloutId } from '../../events/ids.ts';
import { type LambdaTools, lambdaTools } from '../../infra/composition.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import { http } from '../http.ts';

const PauseRollout = z.strictObject({ rolloutId: RolloutId, reason: z.string().min(1).max(500) });

/** Pauses a rollout: what is under way is finished, nothing new begins. */
export const pauseRollout = (tools: () => Pick<LambdaTools, 'store'>) =>
  http(PauseRollout, async ({ rolloutId, reason }, { actor, requestId, now }) => {
    const command = { type: 'PauseRollout', actor, reason, now } as const;
    const identity = { commitId: requestId, now };
    const stream = rolloutStream(rolloutId);
    const { state } = await handleCommand(tools().store, rollout, stream, command, identity);
    return { rolloutId, status: state.status };
  });

export const handler = pauseRollout(lambdaTools);
