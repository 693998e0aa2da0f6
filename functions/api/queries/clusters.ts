import type { AdoptedCluster } from '../../../domain/maintenance/cluster.ts';
import { defaultPolicy } from '../../../domain/rollout/defaultPolicy.ts';
import type { getCluster, getPolicy, listClusters } from '../contract/clusters.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';

export const list: Handle<typeof listClusters> = async (_asked, _caller, { views }) => {
  const { clusters } = await views.catchUp();
  return { items: [...clusters.values()].map(shown) };
};

export const get: Handle<typeof getCluster> = async ({ parameters }, _caller, tools) =>
  shown((await clusterSight(tools, parameters.cluster)).cluster);

export const shown = ({ name, arn, account, region, mode, policy }: AdoptedCluster) => ({
  name,
  arn,
  account,
  region,
  mode,
  hasPolicy: policy !== undefined,
});

export const policy: Handle<typeof getPolicy> = async ({ parameters }, _caller, tools) => {
  const { cluster } = await clusterSight(tools, parameters.cluster);
  return { policy: cluster.policy ?? defaultPolicy, isDefault: cluster.policy === undefined };
};
