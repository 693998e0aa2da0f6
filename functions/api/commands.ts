import * as clusters from './commands/clusters.ts';
import * as moving from './commands/moveRollout.ts';
import { plan } from './commands/planRollout.ts';
import { adoptCluster, setMode, setPolicy } from './contract/clusters.ts';
import {
  abortRollout,
  pauseRollout,
  planRollout,
  resumeRollout,
  startRollout,
} from './contract/rollouts.ts';
import { type Route, route } from './route.ts';

/** The routes of the function `commands`, which may append to the record. */
export const commands: readonly Route[] = [
  route(adoptCluster, clusters.adopt),
  route(setMode, clusters.changeMode),
  route(setPolicy, clusters.changePolicy),
  route(planRollout, plan),
  route(startRollout, moving.start),
  route(pauseRollout, moving.pause),
  route(resumeRollout, moving.resume),
  route(abortRollout, moving.abort),
];
