import * as moving from './commands/moveRollout.ts';
import { adoptCluster, setMode, setPolicy } from './contract/clusters.ts';
import { replayParked } from './contract/parked.ts';
import { acceptDowngrade } from './contract/releases.ts';
import {
  abortRollout,
  pauseRollout,
  planRollout,
  resumeRollout,
  startRollout,
} from './contract/rollouts.ts';
import { type Route, route } from './route.ts';

const clusters = () => import('./commands/clusters.ts');

/** The routes of the function `commands`, which may append to the record. */
export const commands: readonly Route[] = [
  route(adoptCluster, async (...a) => (await clusters()).adopt(...a)),
  route(setMode, async (...a) => (await clusters()).changeMode(...a)),
  route(setPolicy, async (...a) => (await clusters()).changePolicy(...a)),
  route(planRollout, async (...a) => (await import('./commands/planRollout.ts')).plan(...a)),
  // Somebody may be in a hurry.
  route(startRollout, moving.start),
  route(pauseRollout, moving.pause),
  route(resumeRollout, moving.resume),
  route(abortRollout, moving.abort),
  route(acceptDowngrade, async (...a) =>
    (await import('./commands/acceptDowngrade.ts')).accept(...a),
  ),
  route(replayParked, async (...a) => (await import('./commands/replayParked.ts')).replay(...a)),
];
