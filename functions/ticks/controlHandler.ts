import * as z from 'zod';
import { osReserveDefaultMiB as osReserveMiB } from '../../domain/fleet/capacity.ts';
import { lambdaTools } from '../../infra/composition.ts';
import { queue } from '../queue.ts';
import { logger } from '../telemetry.ts';
import { control } from './control.ts';

const Wake = z.object({ clusterName: z.string().min(1) });

/**
 * One pass over a cluster for every wake-up; a FIFO group per cluster keeps two passes from
 * overlapping.
 */
export const handler = queue(
  async (body) => {
    const { clusterName } = Wake.parse(JSON.parse(body));
    const { store, gateways, now, views } = lambdaTools();
    const tools = { store, views, ecs: gateways.ecs, now, osReserveMiB };
    const { written, refused } = await control(tools, clusterName);
    for (const each of refused) logger.info('refused', { clusterName, refused: each });
    logger.info('done', { clusterName, written });
  },
  { fifo: true },
);
