import * as z from 'zod';
import { osReserveDefaultMiB as osReserveMiB } from '../../domain/fleet/capacity.ts';
import { lambdaTools } from '../../infra/composition.ts';
import { queue } from '../queue.ts';
import { logger } from '../telemetry.ts';

const Wake = z.object({ clusterName: z.string().min(1) });

/**
 * One pass over a cluster for every wake-up; a FIFO group per cluster keeps two passes from
 * overlapping.
 */
export const handler = queue(
  async (body) => {
    const { clusterName } = Wake.parse(JSON.parse(body));
    const { store, gateways, now, views } = lambdaTools();
    // The planners, with the engine for patterns in placement constraints, weigh 260 KB: they come
    // with the first wake-up, and have the time-out of a pass to do so.
    const { control } = await import('./control.ts');
    const { ecs, ec2, cloudWatch } = gateways;
    const tools = { store, views, ecs, ec2, cloudWatch, now, osReserveMiB };
    const { written, refused } = await control(tools, clusterName);
    for (const each of refused) logger.info('refused', { clusterName, refused: each });
    logger.info('done', { clusterName, written });
  },
  { fifo: true },
);
