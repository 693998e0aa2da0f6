import * as z from 'zod';
import { EffectId, RolloutId } from '../../events/ids.ts';
import { lambdaTools } from '../../infra/composition.ts';
import { queue } from '../queue.ts';
import { carryOut } from './carryOut.ts';

const Message = z.union([
  z.object({ rolloutId: RolloutId, effectId: EffectId }),
  z.object({ drain: z.string().min(1), effectId: EffectId }),
  z.object({ clusterName: z.string().min(1), effectId: EffectId }),
]);

/**
 * Effects to carry out. One that stays open comes back with the queue, and after that with the
 * sweep.
 */
export const handler = queue(
  async (body) => {
    const message = Message.parse(JSON.parse(body));
    const report = await carryOut(lambdaTools(), message);
    if (report.status === 'open') throw new Error(`${message.effectId}: ${report.why}`);
  },
  // A call waits fifteen seconds for AWS (infra/aws/clients.ts), and looks first.
  { neededMs: 20_000 },
);
