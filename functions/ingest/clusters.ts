import { clusterStream } from '../../domain/fleet/shards.ts';
import { type AdoptedCluster, cluster, clusterNames } from '../../domain/maintenance/cluster.ts';
import { readEcsArn } from '../../events/aws/arn.ts';
import type { ClusterArn, Instant } from '../../events/ids.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';

/**
 * The cluster behind an ARN, adopted in mode `observe` when it is seen for the first time. Another
 * account's or region's cluster of the same name is never mixed with it: it stands under its full
 * name.
 */
export const findCluster = async (
  store: EventStore,
  clusterArn: ClusterArn,
  now: Instant,
): Promise<AdoptedCluster> => {
  const { clusterName, account, region } = partsOf(clusterArn);
  for (const name of clusterNames(clusterName, { account, region })) {
    const found = await adopt(store, { clusterArn, clusterName: name, account, region }, now);
    if (found.arn === clusterArn) return found;
  }
  throw new Error(`the full name of ${clusterArn} is taken by another cluster`);
};

const partsOf = (clusterArn: ClusterArn) => {
  const { clusterName, account, region } = readEcsArn(clusterArn) ?? {};
  if (clusterName === undefined || account === undefined || region === undefined) {
    throw new Error(`${clusterArn} is no ARN of a cluster`);
  }
  return { clusterName, account, region };
};

const adopt = async (
  store: EventStore,
  named: Pick<AdoptedCluster, 'account' | 'region'> & {
    readonly clusterArn: ClusterArn;
    readonly clusterName: string;
  },
  now: Instant,
): Promise<AdoptedCluster> => {
  const stream = clusterStream(named.clusterName);
  const command = { type: 'AdoptCluster', ...named, now } as const;
  const commitId = `adopt ${named.clusterArn}`;
  const { state } = await handleCommand(store, cluster, stream, command, { commitId, now });
  if (state.status === 'unseen') throw new Error(`${stream} was adopted and is not there`);
  return state;
};
