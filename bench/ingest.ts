import { fleetShard } from '../domain/fleet/fleetShard.ts';
import { fleetStream, shardsDefault } from '../domain/fleet/shards.ts';
import { Instant } from '../events/ids.ts';
import { ingestBatch } from '../functions/ingest/ingest.ts';
import { createDynamoEventStore } from '../infra/eventStore/dynamoEventStore.ts';
import { tailPerSnapshot } from '../infra/eventStore/snapshotRule.ts';
import { itemsOf } from '../infra/views/viewItem.ts';
import { atMost, type Figure } from './figure.ts';
import { fleet, fleetBodies } from './ingestFleet.ts';
import { memoryTable } from './memoryTable.ts';
import { createRandom } from './random.ts';
import { virtualTime } from './virtualTime.ts';

const seed = 7;
const batchEvents = 100;
/** `maximumConcurrency` of the ingest function in serverless.yml. */
const ingesters = 2;

/** Milliseconds of one request, from the least to the most; of the queue between two batches. */
const latencyMs = { read: [2, 6], write: [4, 10], queue: [5, 30] } as const;

export const ingest = async (): Promise<readonly Figure[]> => {
  const time = virtualTime();
  const random = createRandom(seed);
  const waits = (kind: keyof typeof latencyMs) => {
    const [least, most] = latencyMs[kind];
    return time.sleepMs(least + random.next() * (most - least));
  };
  const table = memoryTable(waits);
  const bodies = fleetBodies(seed);
  const batches = Array.from({ length: Math.ceil(bodies.length / batchEvents) }, (_, index) =>
    bodies.slice(index * batchEvents, (index + 1) * batchEvents),
  );
  let applied = 0;
  const ingester = async () => {
    const store = createDynamoEventStore({ tableName: 'events', client: table.client() });
    const now = () => Instant.parse(1_760_461_200_000 + Math.round(time.nowMs()));
    for (;;) {
      const batch = batches.shift();
      if (batch === undefined) return;
      const results = await ingestBatch({ store, scope: {}, now }, batch);
      const failed = results.find(({ outcome }) => outcome === 'failed');
      if (failed !== undefined)
        throw new Error(`a batch was not stored: ${JSON.stringify(failed)}`);
      applied += results.filter(({ outcome }) => outcome === 'applied').length;
      await waits('queue');
    }
  };
  await time.run(Promise.all(Array.from({ length: ingesters }, ingester)));
  if (applied !== bodies.length) throw new Error(`${applied} of ${bodies.length} were applied`);
  const figures = figuresOf(table, bodies.length);
  return [...figures, await time.run(viewOf(table))];
};

/** What functions/streams/views writes, and control reads, of this fleet each time. */
const viewOf = async (table: ReturnType<typeof memoryTable>): Promise<Figure> => {
  const store = createDynamoEventStore({ tableName: 'events', client: table.client() });
  let bytes = 0;
  for (let shard = 0; shard < shardsDefault; shard += 1) {
    const stream = fleetStream('shop', shard);
    const { state, position } = await store.load(stream, fleetShard);
    const { stateShape } = fleetShard;
    const items = itemsOf({ stream, version: position.version, stateShape, state });
    bytes += items.reduce((sum, { state: part }) => sum + (part?.B?.byteLength ?? 0), 0);
  }
  return {
    figure: 'ingest.view.KB',
    value: Math.round(bytes / 1_024),
    unit: 'KB of 1,024 bytes, about as many WCU a write and a quarter of it in RCU a read',
    on: `${fleet.instances} instances, ${fleet.tasks} tasks of ${fleet.services} services`,
  };
};

const figuresOf = (table: ReturnType<typeof memoryTable>, events: number): readonly Figure[] => {
  const { charges } = table;
  const per = (units: number) => Math.round((units / events) * 10_000) / 10_000;
  const { commit = 0, vocabulary = 0, snapshot = 0 } = charges.unitsByKind;
  // A snapshot is due when commits have cost so many times as much. Where the run ends before that,
  // they are counted at the most that they can come to.
  const snapshots = Math.max(snapshot, commit / tailPerSnapshot);
  const on = [
    `${fleet.instances} instances, ${fleet.tasks} tasks of ${fleet.services} services`,
    `seed ${seed}`,
    `${events} events: each instance once, each task PENDING and RUNNING, in random order`,
    `batches of ${batchEvents} by ${ingesters} ingesters that never rest`,
    `${shardsDefault} shards by FNV-1a of the ARN, 10,000 tasks each, one commit a shard and batch`,
    `${charges.refused} of ${charges.puts} puts refused and paid for`,
    `WCU an event: commits ${per(commit)}, vocabularies ${per(vocabulary)}, snapshots at most ` +
      `${per(snapshots)} (${per(snapshot)} in this run)`,
    'floor: one item of 100 events whose two new ids are 32 bytes each, 0.04',
  ].join('; ');
  return [
    atMost({
      figure: 'ingest.wcu.perEvent',
      value: per(charges.writeUnits - snapshot + snapshots),
      unit: 'WCU',
      goal: 0.1,
      on,
    }),
    { figure: 'ingest.rcu.perEvent', value: per(charges.readUnits), unit: 'RCU', on },
  ];
};
