import * as z from 'zod';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import { RolloutId } from '../../events/ids.ts';
import { type LambdaTools, lambdaTools } from '../../infra/composition.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import { http } from '../http.ts';

const AbortRollout = z.strictObject({ rolloutId: RolloutId, reason: z.string().min(1).max(500) });

/** Ends a rollout for good: what is under way is finished or handed back. */
export const abortRollout = (tools: () => Pick<LambdaTools, 'store'>) =>
  http(AbortRollout, async ({ rolloutId, reason }, { actor, requestId, now }) => {
    const command = { type: 'AbortRollout', actor, reason, now } as const;
    const identity = { commitId: requestId, now };
    const stream = rolloutStream(rolloutId);
    const { state } = await handleCommand(tools().store, rollout, stream, command, identity);
    return { rolloutId, status: state.status };
  });

export const handler = abortRollout(lambdaTools);
