import { getBudget } from './contract/budget.ts';
import { getCapacity } from './contract/capacity.ts';
import { getCluster, getPolicy, listClusters } from './contract/clusters.ts';
import { planDrains } from './contract/drainPlan.ts';
import { listDrains } from './contract/drains.ts';
import { listClusterEvents, listEvents } from './contract/events.ts';
import { getExposure, listExposedInstances, listExposedTasks } from './contract/exposure.ts';
import { getFleet, listInstances, listServices, listTasks } from './contract/fleet.ts';
import { lintDockerfile, lintTaskDefinition } from './contract/lint.ts';
import { getWindows } from './contract/maintenance.ts';
import { describeApi } from './contract/openapi.ts';
import { getParked, listParked } from './contract/parked.ts';
import { explainPlacement, simulatePlacements } from './contract/placements.ts';
import { listReleases } from './contract/releases.ts';
import { getRollout, listRollouts, previewRollout } from './contract/rollouts.ts';
import { type Route, route } from './route.ts';

// What a route needs is imported with its first request: one function answers them all, and most
// of what it could answer it is never asked.

const clusters = () => import('./queries/clusters.ts');
const fleet = () => import('./queries/fleet.ts');
const exposure = () => import('./queries/exposure.ts');
const rollouts = () => import('./queries/rollouts.ts');
const placements = () => import('./queries/placements.ts');
const lint = () => import('./queries/lint.ts');
const events = () => import('./queries/events.ts');
const maintenance = () => import('./queries/maintenance.ts');
const parked = () => import('./queries/parked.ts');

/** The routes of the function `queries`, which may read and nothing else. */
export const queries: readonly Route[] = [
  route(describeApi, async (...a) => (await import('./queries/openapi.ts')).describe(...a)),
  route(listClusters, async (...a) => (await clusters()).list(...a)),
  route(getCluster, async (...a) => (await clusters()).get(...a)),
  route(getPolicy, async (...a) => (await clusters()).policy(...a)),
  route(getWindows, async (...a) => (await maintenance()).windows(...a)),
  route(getBudget, async (...a) => (await maintenance()).budget(...a)),
  route(getCapacity, async (...a) => (await import('./queries/capacity.ts')).get(...a)),
  route(getFleet, async (...a) => (await fleet()).get(...a)),
  route(listInstances, async (...a) => (await fleet()).instances(...a)),
  route(listServices, async (...a) => (await fleet()).services(...a)),
  route(listTasks, async (...a) => (await fleet()).tasks(...a)),
  route(getExposure, async (...a) => (await exposure()).get(...a)),
  route(listExposedTasks, async (...a) => (await exposure()).listTasks(...a)),
  route(listExposedInstances, async (...a) => (await exposure()).listInstances(...a)),
  route(listRollouts, async (...a) => (await rollouts()).list(...a)),
  route(getRollout, async (...a) => (await rollouts()).get(...a)),
  route(previewRollout, async (...a) => (await rollouts()).preview(...a)),
  route(listDrains, async (...a) => (await import('./queries/drains.ts')).list(...a)),
  route(planDrains, async (...a) => (await import('./queries/drainPlan.ts')).plan(...a)),
  route(explainPlacement, async (...a) => (await placements()).explain(...a)),
  route(simulatePlacements, async (...a) => (await import('./queries/simulate.ts')).simulate(...a)),
  route(listClusterEvents, async (...a) => (await events()).listOfCluster(...a)),
  route(listEvents, async (...a) => (await events()).list(...a)),
  route(listReleases, async (...a) => (await import('./queries/releases.ts')).list(...a)),
  route(lintTaskDefinition, async (...a) => (await lint()).taskDefinition(...a)),
  route(lintDockerfile, async (...a) => (await lint()).dockerfile(...a)),
  route(listParked, async (...a) => (await parked()).list(...a)),
  route(getParked, async (...a) => (await parked()).get(...a)),
];
