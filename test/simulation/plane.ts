import { drawBetween, drawOne } from '../../domain/simulation/chance.ts';
import { isGatewayError } from '../../infra/aws/gateways.ts';
import { isVersionConflict } from '../../infra/eventStore/eventStore.ts';
import { StoreBusy } from '../../infra/eventStore/storeErrors.ts';
import { createEffectQueue } from './effectQueue.ts';
import type { Faults } from './faultPlan.ts';
import { type Job, type JobTools, jobsOf } from './jobs.ts';
import type { Journal } from './journal.ts';
import type { Turns } from './turns.ts';
import { AnswerLost, type Worker } from './worker.ts';

export type PlaneTools = JobTools & {
  readonly faults: Faults;
  readonly turns: Turns;
  readonly journal: Journal;
  readonly newWorker: () => Worker;
};

type Due = { readonly watch: boolean; readonly sweep: boolean };

/** The control plane as it is deployed: two Lambda instances, an effect queue, schedules. */
export const createPlane = (tools: PlaneTools) => {
  const { faults, deliveries } = tools;
  const queue = createEffectQueue(tools);
  const { ingest, watch, sweep, inspect, control, effects } = jobsOf(tools, queue);
  const { alone, twins } = invoking(tools);
  const takeIn = async (twin: Twin) => {
    for (const [index, bodies] of deliveries.batches().entries()) {
      const together = index === 0 ? twin : 'none';
      let taken: boolean | undefined;
      if (together === 'ingest and ingest') {
        taken = (await twins(ingest(bodies), ingest(bodies))).includes(true);
      } else if (together === 'ingest and control') {
        [taken] = await twins(ingest(bodies), control);
      } else taken = await alone(ingest(bodies));
      if (taken !== true) deliveries.again(bodies);
    }
  };
  return {
    step: async (due: Due): Promise<void> => {
      deliveries.collect();
      const twin = faults.hits('twinHandlers') ? drawOne(faults.chance, twinKinds) : 'none';
      await takeIn(twin);
      if (due.watch && !faults.hits('lostTick')) {
        await (twin === 'watch and watch' ? twins(watch, watch) : alone(watch));
      }
      if (due.sweep && !faults.hits('lostTick')) {
        await (twin === 'sweep and control' ? twins(sweep, control) : alone(sweep));
      }
      await alone(inspect);
      await queue.relay();
      if (twin === 'control and effects') await twins(control, effects(queue.due()));
      else if (!faults.hits('lostTick')) {
        await (twin === 'control and control' ? twins(control, control) : alone(control));
      }
      await queue.relay();
      const work = queue.due();
      await (twin === 'effects and effects'
        ? twins(effects(work), effects(work))
        : alone(effects(work)));
    },
  };
};

/** Two Lambda instances; a crashed one is replaced by one that knows nothing. */
const invoking = ({ newWorker, faults, turns, unexpected }: PlaneTools) => {
  const workers = [newWorker(), newWorker()];
  /** Whether it came to its end. */
  const invoke = async (slot: number, job: Job): Promise<boolean> => {
    const worker = workers[slot] ?? newWorker();
    try {
      await job(worker);
    } catch (error) {
      if (!worker.life.dead && !isExcused(error, faults)) unexpected(told(error));
      if (!worker.life.dead) return false;
    }
    if (!worker.life.dead) return true;
    workers[slot] = newWorker();
    return false;
  };
  return {
    alone: (job: Job): Promise<boolean> => invoke(drawBetween(faults.chance, 0, 1), job),
    twins: async (one: Job, other: Job): Promise<readonly boolean[]> => {
      const ended = [false, false];
      await turns.together(
        [one, other].map((job, slot) => async () => {
          ended[slot] = await invoke(slot, job);
        }),
      );
      return ended;
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

type Twin = (typeof twinKinds)[number] | 'none';

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
