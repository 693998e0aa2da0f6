import { capacityReport } from '../../../domain/scaling/capacityReport.ts';
import type { getCapacity } from '../contract/capacity.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';

export const get: Handle<typeof getCapacity> = async ({ parameters }, { now }, tools) => {
  const { view, views, cluster } = await clusterSight(tools, parameters.cluster);
  return { now, ...capacityReport(view, views.capacity(cluster.name), now) };
};
