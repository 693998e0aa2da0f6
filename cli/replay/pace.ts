import type { Scenario } from '../../domain/simulation/scenario.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { Views } from '../../infra/views/views.ts';
import { isMoving } from '../start/isMoving.ts';
import type { Due } from '../start/localPlane.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * How time passes: by five minutes while something is being disturbed, by the half-hour while a
 * rollout waits, and by six hours while there is nothing to do; but never over the quarter of an
 * hour at which the watch would find something new.
 */
const grids = { moving: 5 * minuteMs, waiting: 30 * minuteMs, idle: 6 * hourMs } as const;
const watchEveryMs = 15 * minuteMs;
const sweepEveryMs = 7 * 24 * hourMs;

/** A rollout is planned when releases have come to rest, which is an hour of silence by default. */
const restlessMs = 4 * hourMs;

/**
 * The watch runs at the quarter hours at which the registry or the AMIs say something new: a watch
 * that finds everything as it was writes nothing, so it is spared. The sweep runs once a week,
 * because here no event is lost; what moves is described again at every tick.
 */
export const dueIn = (world: World, { startsAt }: Scenario, watched: number): Due => ({
  watch: world.publications !== watched && world.now % watchEveryMs === 0,
  sweep: (world.now - startsAt) % sweepEveryMs === 0,
});

export const nextStepOf = (world: World, views: Views, endsAt: number): number => {
  const grid = gridOf(views, world.now);
  const ahead = Math.floor(world.now / grid) * grid + grid;
  const news = Math.ceil(nextPublication(world) / watchEveryMs) * watchEveryMs;
  return Math.min(endsAt, ahead, news);
};

const gridOf = (views: Views, now: number): number => {
  if (isMoving(views)) return grids.moving;
  const rests = [...views.rollouts.values()].every(
    ({ status }) => status === 'completed' || status === 'aborted',
  );
  const newest = Math.max(0, ...views.channels.map((each) => each.newest?.publishedAt ?? 0));
  return rests && now - newest > restlessMs ? grids.idle : grids.waiting;
};

/** When Microsoft or AWS publishes next; Infinity when never. */
const nextPublication = (world: World): number => {
  const times = [
    ...world.scheduledReleases.map(({ publishedAt }) => publishedAt),
    ...world.scheduledAmis.map(({ publishedAt }) => publishedAt),
    ...world.scheduledTagMoves.map(({ at }) => at),
  ];
  return times.reduce((next, at) => (at > world.now && at < next ? at : next), Infinity);
};
