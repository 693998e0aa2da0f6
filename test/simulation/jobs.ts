import { osReserveDefaultMiB as osReserveMiB } from '../../domain/fleet/capacity.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { Instant } from '../../events/ids.ts';
import type { Deliveries } from './deliveries.ts';
import type { EffectQueue, QueuedEffect } from './effectQueue.ts';
import type { Handlers } from './handlers.ts';
import type { Worker } from './worker.ts';

/** One invocation of a handler. */
export type Job = (worker: Worker) => Promise<void>;

export type JobTools = {
  readonly world: World;
  readonly handlers: Handlers;
  readonly deliveries: Deliveries;
  /** Told of what no handler may do. */
  readonly unexpected: (what: string) => void;
};

/** The handlers as they are invoked, each with what its door in `functions/` gives it. */
export const jobsOf = (tools: JobTools, queue: EffectQueue) => {
  const { world, handlers } = tools;
  const now = () => world.now as Instant;
  const { clusterName } = world;
  const watch: Job = async ({ store, registry, gateways }) => {
    await handlers.watch({ store, registry, ssm: gateways.ssm, now });
  };
  const sweep: Job = async ({ store, views, gateways }) => {
    await handlers.sweep({ store, views, ...gateways, now }, clusterName);
    await handlers.observeCapacity({ store, views, gateways, now }, clusterName);
    queue.bring(handlers.openEffects(await views.catchUp()));
  };
  const inspect: Job = async ({ store, views, gateways }) => {
    await handlers.inspect({ store, views, ecr: gateways.ecr, now });
  };
  const control: Job = async ({ store, views, gateways }) => {
    const controlTools = { store, views, ecs: gateways.ecs, now, osReserveMiB };
    await handlers.control(controlTools, clusterName);
  };
  let executors = 0;
  const effects =
    (due: readonly QueuedEffect[]): Job =>
    async ({ store, gateways, life }) => {
      const open = new Set(due);
      try {
        for (const part of handlers.partsOf(due)) {
          executors += 1;
          const executor = `executor-${executors}`;
          const reports = await handlers.carryOutPart({ store, gateways, now, executor }, part);
          if (life.dead) return;
          for (const [index, message] of part.entries()) {
            open.delete(message);
            if (reports[index]?.status !== 'settled') queue.again(message);
          }
        }
      } finally {
        for (const message of open) queue.again(message);
      }
    };
  return { ingest: ingestWith(tools, now), watch, sweep, inspect, control, effects };
};

const ingestWith =
  ({ world, handlers, deliveries, unexpected }: JobTools, now: () => Instant) =>
  (bodies: readonly string[]): Job =>
  async ({ store, life }) => {
    const scope = { accounts: [world.account], regions: [world.region] };
    const results = await handlers.ingestBatch({ store, scope, now }, bodies);
    if (life.dead) return;
    deliveries.again(bodies.filter((_, index) => results[index]?.outcome === 'failed'));
    const parked = results.find(({ outcome }) => outcome === 'parked');
    if (parked !== undefined) unexpected(`parked: ${JSON.stringify(parked)}`);
  };
