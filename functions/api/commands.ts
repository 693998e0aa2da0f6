import { setBudget } from './contract/budget.ts';
import { adoptCluster, setMode, setPolicy } from './contract/clusters.ts';
import { startDrains, undoDrain } from './contract/drains.ts';
import {
  beginFreeze,
  beginOverride,
  endOverride,
  freezeEverything,
  liftFreeze,
  liftFreezeOfEverything,
  setWindows,
} from './contract/maintenance.ts';
import { replayParked } from './contract/parked.ts';
import { acceptDowngrade } from './contract/releases.ts';
import {
  abortRollout,
  pauseRollout,
  planRollout,
  resumeRollout,
  startRollout,
} from './contract/rollouts.ts';
import { setScalingPolicy } from './contract/scalingPolicy.ts';
import { type Route, route } from './route.ts';

const clusters = () => import('./commands/clusters.ts');
const drains = () => import('./commands/drains.ts');
const moving = () => import('./commands/moveRollout.ts');
const maintenance = () => import('./commands/maintenance.ts');

/** The routes of the function `commands`, which may append to the record. */
export const commands: readonly Route[] = [
  route(adoptCluster, async (...a) => (await clusters()).adopt(...a)),
  route(setMode, async (...a) => (await clusters()).changeMode(...a)),
  route(setPolicy, async (...a) => (await clusters()).changePolicy(...a)),
  route(setWindows, async (...a) => (await maintenance()).setWindows(...a)),
  route(setBudget, async (...a) => (await maintenance()).changeBudget(...a)),
  route(setScalingPolicy, async (...a) =>
    (await import('./commands/scalingPolicy.ts')).change(...a),
  ),
  route(beginFreeze, async (...a) => (await maintenance()).beginFreeze(...a)),
  route(liftFreeze, async (...a) => (await maintenance()).liftFreeze(...a)),
  route(freezeEverything, async (...a) => (await maintenance()).freezeEverything(...a)),
  route(liftFreezeOfEverything, async (...a) => (await maintenance()).liftFreezeOfEverything(...a)),
  route(beginOverride, async (...a) => (await maintenance()).beginOverride(...a)),
  route(endOverride, async (...a) => (await maintenance()).endOverride(...a)),
  route(planRollout, async (...a) => (await import('./commands/planRollout.ts')).plan(...a)),
  route(startRollout, async (...a) => (await moving()).start(...a)),
  route(pauseRollout, async (...a) => (await moving()).pause(...a)),
  route(resumeRollout, async (...a) => (await moving()).resume(...a)),
  route(abortRollout, async (...a) => (await moving()).abort(...a)),
  route(startDrains, async (...a) => (await drains()).start(...a)),
  route(undoDrain, async (...a) => (await drains()).undo(...a)),
  route(acceptDowngrade, async (...a) =>
    (await import('./commands/acceptDowngrade.ts')).accept(...a),
  ),
  route(replayParked, async (...a) => (await import('./commands/replayParked.ts')).replay(...a)),
];
