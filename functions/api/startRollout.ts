import * as z from 'zod';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import { RolloutId } from '../../events/ids.ts';
import { type LambdaTools, lambdaTools } from '../../infra/composition.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import { http } from '../http.ts';

const StartRollout = z.strictObject({ rolloutId: RolloutId });

/** Starts a planned rollout. */
export const startRollout = (tools: () => Pick<LambdaTools, 'store'>) =>
  http(StartRollout, async ({ rolloutId }, { actor, requestId, now }) => {
    const command = { type: 'StartRollout', actor, now } as const;
    const identity = { commitId: requestId, now };
    const stream = rolloutStream(rolloutId);
    const { state } = await handleCommand(tools().store, rollout, stream, command, identity);
    return { rolloutId, status: state.status };
  });

export const handler = startRollout(lambdaTools);
