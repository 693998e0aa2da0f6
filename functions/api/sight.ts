import type { FleetView } from '../../domain/fleet/fleetView.ts';
import type { AdoptedCluster } from '../../domain/maintenance/cluster.ts';
import type { Views } from '../../infra/views/views.ts';
import { ProblemError } from './problem.ts';
import type { ApiTools } from './route.ts';

/** A cluster as it is known at this moment, with everything that is known beside it. */
export type ClusterSight = {
  readonly cluster: AdoptedCluster;
  readonly view: FleetView;
  readonly views: Views;
};

/** Throws `ProblemError` for a cluster that is not on record, naming those that are. */
export const clusterSight = async (
  { views: followed }: Pick<ApiTools, 'views'>,
  name: string,
): Promise<ClusterSight> => {
  const views = await followed.catchUp(name);
  const cluster = views.clusters.get(name);
  if (cluster === undefined) {
    const known = [...views.clusters.keys()].toSorted().join(', ') || 'none yet';
    throw new ProblemError('ClusterNotFound', `${name} is not on record; these are: ${known}`);
  }
  return { cluster, view: views.fleet(name), views };
};
