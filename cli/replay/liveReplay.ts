import { advance } from '../../domain/simulation/advance.ts';
import { createWorld } from '../../domain/simulation/createWorld.ts';
import { acknowledge, takeEvents } from '../../domain/simulation/outbox.ts';
import type { Scenario } from '../../domain/simulation/scenario.ts';
import type { OutboxEvent, World } from '../../domain/simulation/world.ts';
import { Instant } from '../../events/ids.ts';
import {
  directLine,
  simulatedGateways,
  simulatedRegistry,
} from '../../infra/local/inProcessAws.ts';
import type { LivedRecord } from '../../infra/local/livedRecord.ts';
import type { Views } from '../../infra/views/views.ts';
import { adoptLived } from '../start/adoptLived.ts';
import { localPlane } from '../start/localPlane.ts';
import { measuring } from './measure.ts';
import { dueIn, nextStepOf } from './pace.ts';
import { newTally, type Tally } from './tally.ts';

/** What a checkpoint keeps beside the record. */
type Lived = {
  readonly world: World;
  readonly tally: Tally;
  /** `publications` of the world when the registry and the AMIs were last read. */
  watched: number;
};

export type Replayed = { readonly world: World; readonly tally: Tally; readonly views: Views };

/** A checkpoint costs some hundredths of a second, and a kill costs what was lived since. */
const checkpointEveryMs = 10_000;

/**
 * Lives the scenario to its end with the handlers that run on Lambda, over the simulated AWS in
 * this process. `wallClock` only says when to write a checkpoint: what is lived does not depend on
 * it.
 */
export const liveReplay = async (
  scenario: Scenario,
  seed: number,
  record: LivedRecord,
  {
    wallClock,
    progress,
  }: { readonly wallClock: () => number; readonly progress: (views: Views, now: number) => void },
): Promise<Replayed> => {
  const lived = (record.restored as Lived | undefined) ?? begin(scenario, seed);
  const { world, tally } = lived;
  const { store } = record;
  await adoptLived(store, world, scenario);
  const news = followNews(world);
  const plane = localPlane({
    store,
    gateways: simulatedGateways(world, directLine),
    registry: simulatedRegistry(world, directLine),
    deliveries: {
      pending: news.noting((limit) => takeEvents(world, limit)),
      acknowledge: (sequence) => acknowledge(world, sequence),
    },
    scenario,
    now: () => Instant.parse(world.now),
  });
  const measure = measuring(world, tally, news.last);
  let savedAt = wallClock();
  for (;;) {
    const due = dueIn(world, scenario, lived.watched);
    const { views } = await plane.step(due);
    if (due.watch) lived.watched = world.publications;
    measure();
    progress(views, world.now);
    const isOver = world.now >= scenario.endsAt;
    if (isOver || wallClock() - savedAt > checkpointEveryMs) {
      record.checkpoint(world.now, lived);
      savedAt = wallClock();
    }
    if (isOver) return { world, tally, views };
    advance(world, nextStepOf(world, views, scenario.endsAt));
  }
};

/** A service that says again that it is steady has not changed. */
const isNews = ({ event }: OutboxEvent): boolean =>
  (event as { readonly 'detail-type'?: unknown })['detail-type'] !== 'ECS Service Action';

/** The sequence of the last event that tells of a change, delivered or not. */
const followNews = (world: World) => {
  let delivered = 0;
  return {
    noting:
      (pending: (limit: number) => readonly OutboxEvent[]) =>
      (limit: number): readonly OutboxEvent[] => {
        const batch = pending(limit);
        delivered = batch.findLast(isNews)?.sequence ?? delivered;
        return batch;
      },
    last: (): number => world.outbox.findLast(isNews)?.sequence ?? delivered,
  };
};

const begin = (scenario: Scenario, seed: number): Lived => ({
  world: createWorld(scenario, seed),
  tally: newTally(scenario),
  watched: -1,
});
