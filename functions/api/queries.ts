import { getCluster, getPolicy, listClusters } from './contract/clusters.ts';
import { getExposure, listExposedInstances, listExposedTasks } from './contract/exposure.ts';
import { getFleet, listInstances, listServices, listTasks } from './contract/fleet.ts';
import { describeApi } from './contract/openapi.ts';
import { explainPlacement } from './contract/placements.ts';
import { getRollout, listRollouts, previewRollout } from './contract/rollouts.ts';
import * as clusters from './queries/clusters.ts';
import * as exposure from './queries/exposure.ts';
import * as fleet from './queries/fleet.ts';
import { describe } from './queries/openapi.ts';
import * as rollouts from './queries/rollouts.ts';
import { type Route, route } from './route.ts';

/** The routes of the function `queries`, which may read and nothing else. */
export const queries: readonly Route[] = [
  route(describeApi, describe),
  route(listClusters, clusters.list),
  route(getCluster, clusters.get),
  route(getPolicy, clusters.policy),
  route(getFleet, fleet.get),
  route(listInstances, fleet.instances),
  route(listServices, fleet.services),
  route(listTasks, fleet.tasks),
  route(explainPlacement, async (...asked) =>
    (await import('./queries/placements.ts')).explain(...asked),
  ),
  route(getExposure, exposure.get),
  route(listExposedTasks, exposure.listTasks),
  route(listExposedInstances, exposure.listInstances),
  route(listRollouts, rollouts.list),
  route(getRollout, rollouts.get),
  route(previewRollout, rollouts.preview),
];
