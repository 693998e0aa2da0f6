import { clusterStream } from '../../../domain/fleet/shards.ts';
import { cluster } from '../../../domain/maintenance/cluster.ts';
import { Refusal } from '../../../domain/refusal.ts';
import type { ApiTools } from '../route.ts';

/** A slip in the name must not set anything of a cluster that is not there. */
export const refuseUnseen = async (
  name: string,
  { store }: Pick<ApiTools, 'store'>,
): Promise<void> => {
  const { state } = await store.load(clusterStream(name), cluster);
  if (state.status === 'adopted') return;
  throw new Refusal('ClusterNotAdopted', `no cluster ${name} was ever seen`);
};
