import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Instant } from '../events/ids.ts';
import { createDynamoEventStore } from '../infra/eventStore/dynamoEventStore.ts';
import type { EventStore } from '../infra/eventStore/eventStore.ts';
import { CannotMeasure } from './cannotMeasure.ts';
import { capacityMeter } from './capacityMeter.ts';
import { type DynamoDbLocal, startDynamoDbLocal, whyNot } from './dynamoDbLocal.ts';
import { atMost, type Figure } from './figure.ts';
import { type BenchEvent, benchEvents, benchFold } from './storeEvents.ts';
import { peers, type StoreUnderMeter } from './storePeers.ts';
import { createPeerTables } from './storeTables.ts';

// What the stores pay for the same events, counted in the same run by the same middleware.

const seed = 7;
const longStreamEvents = 1_000;
const appendsInARow = 100;
/** The mean of so many, because a tip that runs over costs some of them more than others. */
const turnsOnLong = 10;

const mean = (units: number, count: number): number => Math.round((units / count) * 100) / 100;

export const store = async (): Promise<readonly Figure[]> => {
  const missing = whyNot();
  if (missing !== undefined) throw new CannotMeasure(missing);
  const dynamo = await startDynamoDbLocal();
  try {
    const meter = capacityMeter(dynamo.client());
    const all = await openAll(dynamo, meter);
    const counts = new Map<string, Counts>();
    for (const each of all) counts.set(each.name, await countsOf(each, meter));
    return [...figuresOf(counts), agreementOf(meter)];
  } finally {
    await dynamo.stop();
  }
};

type Meter = ReturnType<typeof capacityMeter>;

const openAll = async (
  dynamo: DynamoDbLocal,
  meter: Meter,
): Promise<readonly StoreUnderMeter[]> => {
  const tables = await createPeerTables(dynamo.client());
  const client = meter.watch(dynamo.client());
  const others = await Promise.all(peers.map((open) => open(meter.watch(dynamo.client()), tables)));
  return [ours(client, await dynamo.createTable('EventTable')), ...others];
};

const ours = (client: DynamoDBClient, tableName: string): StoreUnderMeter => {
  let commits = 0;
  const appendTo = async (store: EventStore, stream: string, events: readonly BenchEvent[]) => {
    const { state, position } = await store.load(stream, benchFold);
    const next = events.reduce((before, event) => benchFold.evolve(before, event as never), state);
    commits += 1;
    await store.append(position, {
      // As long as a real one: `ingest-` and 32 digits.
      commitId: `ingest-${`${commits}`.padStart(32, '0')}`,
      at: Instant.parse(1_760_461_200_000 + commits),
      events,
      snapshot: { stateShape: benchFold.stateShape, state: next },
    });
  };
  const open = () => createDynamoEventStore({ tableName, client });
  const warm = open();
  return {
    name: 'tuesday',
    append: (stream, events) => appendTo(warm, stream, events),
    loadAndAppend: (stream, event) => appendTo(open(), stream, [event]),
  };
};

type Counts = {
  readonly fresh: Readonly<Record<number, number>>;
  readonly amortised: number;
  readonly loadAndAppend: number;
};

const countsOf = async ({ append, loadAndAppend }: StoreUnderMeter, meter: Meter) => {
  const event = benchEvents(seed);
  const several = (count: number) => Array.from({ length: count }, event);
  const unitsOf = async (work: () => Promise<void>): Promise<number> => {
    meter.reset();
    await work();
    return meter.metered.writeUnits;
  };
  const fresh: Record<number, number> = {};
  for (const count of [1, 3, 10]) {
    fresh[count] = await unitsOf(() => append(`fresh-${count}`, several(count)));
  }
  const inARow = await unitsOf(async () => {
    for (let count = 0; count < appendsInARow; count += 1) await append('row', several(1));
  });
  await meter.uncounted(async () => {
    for (let count = 0; count < longStreamEvents; count += 1) await append('long', several(1));
  });
  const longUnits = await unitsOf(async () => {
    for (let turn = 0; turn < turnsOnLong; turn += 1) await loadAndAppend('long', event());
  });
  return {
    fresh,
    amortised: mean(inARow, appendsInARow),
    loadAndAppend: mean(longUnits + meter.metered.readUnits, turnsOnLong),
  };
};

const figuresOf = (counts: ReadonlyMap<string, Counts>): readonly Figure[] => {
  const event = benchEvents(seed);
  const sample = Array.from({ length: 3 }, event);
  const eventBytes = JSON.stringify(sample[0]).length;
  const state = sample.reduce(
    (before, each) => benchFold.evolve(before, each as never),
    benchFold.initialState,
  );
  const stateBytes = JSON.stringify(state).length;
  const sizes = `events of ${eventBytes} B JSON, state of ${stateBytes} B JSON`;
  const on = `${sizes}, seed ${seed}; indexes left out; floor: 1 WCU a put, 1 RCU a query`;
  const figure = (name: string, unit: string, goal: number, of: (counts: Counts) => number) => {
    const { tuesday = Number.NaN, ...against } = Object.fromEntries(
      [...counts].map(([store, each]) => [store, of(each)]),
    );
    return atMost({ figure: `store.${name}`, value: tuesday, unit, goal, against, on });
  };
  return [
    figure('append.wcu.1', 'WCU', 1, ({ fresh }) => fresh[1] ?? Number.NaN),
    figure('append.wcu.3', 'WCU', 1, ({ fresh }) => fresh[3] ?? Number.NaN),
    figure('append.wcu.10', 'WCU', 2, ({ fresh }) => fresh[10] ?? Number.NaN),
    figure('append.wcu.amortised', 'WCU', 1, ({ amortised }) => amortised),
    figure('load1000append1.units', 'WCU + RCU', 2, ({ loadAndAppend }) => loadAndAppend),
  ];
};

const agreementOf = ({ compared: { requests, disagreements } }: Meter): Figure => {
  const told = [...Map.groupBy(disagreements, ({ command }) => command)].map(
    ([command, all]) => `${command} ${all.length} times, ${all[0]?.ours} for ${all[0]?.its}`,
  );
  const on = [`${requests} requests that DynamoDB Local reports too, no transactions`, ...told];
  return atMost({
    figure: 'store.capacityDisagreements',
    value: disagreements.length,
    unit: 'requests',
    goal: 0,
    on: on.join('; '),
  });
};
