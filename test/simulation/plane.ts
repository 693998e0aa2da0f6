import { osReserveDefaultMiB as osReserveMiB } from '../../domain/fleet/capacity.ts';
import { type Chance, drawBetween, drawOne } from '../../domain/simulation/chance.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { Instant } from '../../events/ids.ts';
import { isGatewayError } from '../../infra/aws/gateways.ts';
import { isVersionConflict } from '../../infra/eventStore/eventStore.ts';
import { StoreBusy } from '../../infra/eventStore/storeErrors.ts';
import type { Deliveries } from './deliveries.ts';
import type { Faults } from './faultPlan.ts';
import type { EffectMessage, Handlers } from './handlers.ts';
import type { Journal } from './journal.ts';
import type { Turns } from './turns.ts';
import { AnswerLost, type Worker } from './worker.ts';

export type PlaneTools = {
  readonly world: World;
  readonly handlers: Handlers;
  readonly faults: Faults;
  readonly turns: Turns;
  readonly journal: Journal;
  readonly deliveries: Deliveries;
  readonly newWorker: () => Worker;
  /** Told of what no handler may do. */
  readonly unexpected: (what: string) => void;
};

type Job = (worker: Worker) => Promise<void>;
type Due = { readonly watch: boolean; readonly sweep: boolean };
type Queued = EffectMessage & { readonly dueAt: number; readonly receives: number };

const minuteMs = 60_000;
/**
 * After as many receives a message goes to the dead-letter queue, and the sweep brings it again.
 */
const receivesMax = 3;

/** The control plane as it is deployed: two Lambda instances, an effect queue, schedules. */
export const createPlane = (tools: PlaneTools) => {
  const { world, faults, turns, handlers, journal, deliveries } = tools;
  const workers = [tools.newWorker(), tools.newWorker()];
  const now = () => world.now as Instant;
  const { clusterName } = world;
  const scope = { accounts: [world.account], regions: [world.region] };
  let queue: Queued[] = [];

  /** Whether it came to its end; a crashed instance is replaced by one that knows nothing. */
  const invoke = async (slot: number, job: Job): Promise<boolean> => {
    const worker = workers[slot] ?? tools.newWorker();
    try {
      await job(worker);
    } catch (error) {
      if (!worker.life.dead && !isExcused(error, faults)) tools.unexpected(told(error));
      if (!worker.life.dead) return false;
    }
    if (!worker.life.dead) return true;
    workers[slot] = tools.newWorker();
    return false;
  };

  const ingest =
    (bodies: readonly string[]): Job =>
    async (worker) => {
      const results = await handlers.ingestBatch({ store: worker.store, scope, now }, bodies);
      if (worker.life.dead) return;
      deliveries.again(bodies.filter((_, index) => results[index]?.outcome === 'failed'));
      const parked = results.find(({ outcome }) => outcome === 'parked');
      if (parked !== undefined) tools.unexpected(`parked: ${JSON.stringify(parked)}`);
    };
  const watch: Job = async ({ store, registry, gateways }) => {
    await handlers.watch({ store, registry, ssm: gateways.ssm, now });
  };
  const sweep: Job = async ({ store, views, gateways }) => {
    await handlers.sweep({ store, views, ecs: gateways.ecs, now }, clusterName);
    const open = handlers.openEffects((await views.catchUp()).rollouts.values());
    const here = queue.filter(({ dueAt }) => dueAt <= world.now + 1);
    const known = new Set(here.map(({ effectId }) => effectId));
    queue.push(...open.filter(({ effectId }) => !known.has(effectId)).map((each) => fresh(each)));
  };
  const inspect: Job = async ({ store, views, gateways }) => {
    await handlers.inspect({ store, views, ecr: gateways.ecr, now });
  };
  const control: Job = async ({ store, views, gateways }) => {
    const controlTools = { store, views, ecs: gateways.ecs, now, osReserveMiB };
    await handlers.control(controlTools, clusterName);
  };
  /** What is due now; a standard queue may hand one message to two functions at once. */
  const dueEffects = (): readonly Queued[] => {
    const due = queue.filter(({ dueAt }) => dueAt <= world.now);
    queue = queue.filter(({ dueAt }) => dueAt > world.now);
    return due;
  };
  const effects =
    (due: readonly Queued[]): Job =>
    async ({ store, gateways, life }) => {
      const again = (message: Queued) => {
        const receives = message.receives + 1;
        if (receives < receivesMax) queue.push({ ...message, receives, dueAt: world.now + 1 });
      };
      const open = new Set(due);
      try {
        for (const message of due) {
          const report = await handlers.carryOut(
            { store, gateways, now, executor: newId() },
            message,
          );
          if (life.dead) return;
          open.delete(message);
          if (report.status === 'open') again(message);
        }
      } finally {
        for (const message of open) again(message);
      }
    };

  let attempts = 0;
  const newId = () => {
    attempts += 1;
    return `attempt-${attempts}`;
  };
  const fresh = (message: EffectMessage): Queued => ({ ...message, dueAt: world.now, receives: 0 });

  /** The stream of commits brings new intents to the queue; some messages are lost or late. */
  const relay = async () => {
    await journal.sync();
    for (const message of journal.unrelayed().flatMap((commit) => handlers.effectsOf(commit))) {
      if (faults.hits('lostEffectMessage')) continue;
      const late = faults.hits('lateEffectMessage');
      const dueAt = late ? world.now + drawBetween(faults.chance, 10, 300) * minuteMs : world.now;
      queue.push({ ...fresh(message), dueAt });
    }
  };

  const alone = (job: Job) => invoke(drawBetween(faults.chance, 0, 1), job);
  const twins = async (one: Job, other: Job): Promise<readonly boolean[]> => {
    const ended = [false, false];
    await turns.together(
      [one, other].map((job, slot) => async () => {
        ended[slot] = await invoke(slot, job);
      }),
    );
    return ended;
  };

  return {
    step: async (due: Due): Promise<void> => {
      deliveries.collect();
      const batches = deliveries.batches();
      const twin = faults.hits('twinHandlers') ? drawTwin(faults.chance) : 'none';
      for (const [index, bodies] of batches.entries()) {
        const isFirst = index === 0;
        let taken: boolean | undefined;
        if (isFirst && twin === 'ingest and ingest') {
          taken = (await twins(ingest(bodies), ingest(bodies))).includes(true);
        } else if (isFirst && twin === 'ingest and control') {
          [taken] = await twins(ingest(bodies), control);
        } else taken = await alone(ingest(bodies));
        if (taken !== true) deliveries.again(bodies);
      }
      if (due.watch && !faults.hits('lostTick')) {
        await (twin === 'watch and watch' ? twins(watch, watch) : alone(watch));
      }
      if (due.sweep && !faults.hits('lostTick')) {
        await (twin === 'sweep and control' ? twins(sweep, control) : alone(sweep));
      }
      await alone(inspect);
      await relay();
      if (twin === 'control and effects') await twins(control, effects(dueEffects()));
      else if (!faults.hits('lostTick')) {
        await (twin === 'control and control' ? twins(control, control) : alone(control));
      }
      await relay();
      const work = dueEffects();
      await (twin === 'effects and effects'
        ? twins(effects(work), effects(work))
        : alone(effects(work)));
    },
  };
};

const twinKinds = [
  'ingest and ingest',
  'ingest and control',
  'watch and watch',
  'sweep and control',
  'control and effects',
  'control and control',
  'effects and effects',
] as const;

const drawTwin = (chance: Chance) => drawOne(chance, twinKinds);

/** So the ticks say that the store did not take what they saw (functions/observe.ts). */
const notStored = 'not recorded: ';

/** What a handler may throw while faults last. Once they have stopped it may throw nothing. */
const isExcused = (error: unknown, faults: Faults): boolean => {
  if (faults.stopped()) return false;
  if (isGatewayError(error)) return error.kind !== 'refused';
  if (error instanceof AnswerLost || error instanceof StoreBusy) return true;
  return (
    isVersionConflict(error) || (error instanceof Error && error.message.startsWith(notStored))
  );
};

const told = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : String(error);
