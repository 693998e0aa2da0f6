import { clusterStream } from '../../domain/fleet/shards.ts';
import { cluster } from '../../domain/maintenance/cluster.ts';
import type { ClusterArn } from '../../events/ids.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';

/**
 * Whether anything may be written to this cluster on AWS, as the record says at this moment: in
 * mode `drive` and in no other (design decision 5). Otherwise `why` it stays open.
 */
export const driven = async (
  store: EventStore,
  clusterName: string,
): Promise<{ readonly arn: ClusterArn } | { readonly status: 'open'; readonly why: string }> => {
  const { state } = await store.load(clusterStream(clusterName), cluster);
  if (state.status === 'adopted' && state.mode === 'drive') return { arn: state.arn };
  return { status: 'open', why: `the cluster is in mode ${state.mode}, not drive` };
};
