import * as z from 'zod';
import { EffectId, RolloutId } from '../../events/ids.ts';
import { lambdaTools } from '../../infra/composition.ts';
import { partQueue } from '../partQueue.ts';
import { carryOutPart, partsOf } from './carryOut.ts';

const Message = z.union([
  z.object({ rolloutId: RolloutId, effectId: EffectId }),
  z.object({ prefetchOf: z.string().min(1), effectId: EffectId }),
  z.object({ ghostIn: z.string().min(1), effectId: EffectId }),
  z.object({ hookIn: z.string().min(1), effectId: EffectId }),
  z.object({ desiredIn: z.string().min(1), effectId: EffectId }),
  z.object({ drain: z.string().min(1), effectId: EffectId }),
  z.object({ clusterName: z.string().min(1), effectId: EffectId }),
]);

/**
 * Effects to carry out; drains that arrive together go to ECS together. One that stays open comes
 * back with the queue, and after that with the sweep.
 */
export const handler = partQueue({
  read: (body) => Message.parse(JSON.parse(body)),
  partsOf,
  handle: async (part) => {
    const reports = await carryOutPart(lambdaTools(), part);
    return reports.map((report, index) =>
      report.status === 'settled'
        ? { status: 'done' }
        : { status: 'again', why: `${part[index]?.effectId}: ${report.why}` },
    );
  },
  // A call waits fifteen seconds for AWS (infra/aws/clients.ts), and looks first.
  neededMs: 20_000,
});
