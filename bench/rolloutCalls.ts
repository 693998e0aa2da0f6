import { localPlane } from '../cli/start/localPlane.ts';
import { advance } from '../domain/simulation/advance.ts';
import { createWorld } from '../domain/simulation/createWorld.ts';
import { acknowledge, takeEvents } from '../domain/simulation/outbox.ts';
import type { World } from '../domain/simulation/world.ts';
import type { Share } from '../events/disruption.ts';
import { Instant } from '../events/ids.ts';
import type { EventStore } from '../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../infra/eventStore/sqliteEventStore.ts';
import { directLine, simulatedGateways, simulatedRegistry } from '../infra/local/inProcessAws.ts';
import { adoptForCalls, callsScenario, type Size } from './rolloutCallsScenario.ts';

/** What one rollout asked of ECS, and what it wrote. */
export type Asked = {
  /** By operation, with what an UpdateService was for. */
  readonly calls: Readonly<Record<string, number>>;
  readonly replaced: number;
  readonly deployed: number;
  /** Commits, events and bytes of events as JSON of the streams in which Tuesday decides. */
  readonly decisions: number;
  readonly events: number;
  readonly bytes: number;
};

const minuteMs = 60_000;
const stepsMax = 12 * 60;

/** The whole control plane on the simulated ECS, minute by minute, until it has come to rest. */
export const askedOfEcs = async (
  size: Size,
  seed: number,
  atOnce: Share = { percent: 10 },
): Promise<Asked> => {
  const scenario = callsScenario(size);
  const world = createWorld(scenario, seed);
  const store = openSqliteEventStore(':memory:');
  const calls: Record<string, number> = {};
  const line: typeof directLine = {
    ...directLine,
    call: async ({ service, operation, input, reads, perform }) => {
      const name = nameOf(operation, input);
      if (service === 'ecs' && !reads) calls[name] = (calls[name] ?? 0) + 1;
      return perform();
    },
  };
  const now = () => Instant.parse(world.now);
  await adoptForCalls(store, world, scenario, atOnce);
  const plane = localPlane({
    store,
    gateways: simulatedGateways(world, line),
    registry: simulatedRegistry(world, line),
    deliveries: deliveriesOf(world),
    scenario,
    now,
  });
  for (let step = 0; step < stepsMax; step += 1) {
    const { views } = await plane.step({ watch: step === 0, sweep: step % 60 === 0 });
    const [rollout] = views.rollouts.values();
    if (rollout?.status === 'completed') {
      const { instances, services } = rollout;
      const done = (items: object) =>
        Object.values(items).filter(({ status }) => status === 'done').length;
      const written = await writtenTo(store);
      return { calls, replaced: done(instances), deployed: done(services), ...written };
    }
    if (rollout?.status === 'halted') throw new Error(`the rollout was halted: ${rollout.because}`);
    advance(world, world.now + minuteMs);
  }
  throw new Error(`the rollout was not over after ${stepsMax} minutes: ${JSON.stringify(calls)}`);
};

const nameOf = (operation: string, input: unknown): string =>
  operation === 'UpdateService' && 'placementConstraints' in (input as object)
    ? 'UpdateService of constraints'
    : operation;

const deliveriesOf = (world: World) => ({
  pending: (limit: number) => takeEvents(world, limit),
  acknowledge: (sequence: number) => acknowledge(world, sequence),
});

const decided = /^(rollout|disruption|enforcement)#/;

const writtenTo = async (store: EventStore) => {
  const commits = await store.readAll(0, Number.MAX_SAFE_INTEGER);
  const ours = commits.filter(({ stream }) => decided.test(stream));
  const bytes = ours.reduce(
    (sum, { events }) => sum + Buffer.byteLength(JSON.stringify(events)),
    0,
  );
  const events = ours.reduce((sum, commit) => sum + commit.events.length, 0);
  return { decisions: ours.length, events, bytes };
};
