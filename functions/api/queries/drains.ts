import { drainsNow } from '../../../domain/rollout/drainsNow.ts';
import type { listDrains } from '../contract/drains.ts';
import { pageOf } from '../page.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';

export const list: Handle<typeof listDrains> = async ({ parameters, query }, _caller, tools) => {
  const { view, views, cluster } = await clusterSight(tools, parameters.cluster);
  const rollouts = [...views.rollouts.values()].filter(
    ({ clusterName }) => clusterName === cluster.name,
  );
  return pageOf(
    drainsNow(view, rollouts),
    ({ containerInstanceArn }) => containerInstanceArn,
    query,
  );
};
