import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CannotMeasure } from './cannotMeasure.ts';
import { type BenchEvent, type BenchState, benchFold } from './storeEvents.ts';
import type { TableKeys } from './storeTables.ts';

/** A store as it is used: one stream, loaded once, and appended to. */
export type StoreUnderMeter = {
  readonly name: string;
  /** Appends events that belong together, at once where the store can. */
  readonly append: (stream: string, events: readonly BenchEvent[]) => Promise<void>;
  /** As a process that was just started: loads the stream, and appends one event. */
  readonly loadAndAppend: (stream: string, event: BenchEvent) => Promise<void>;
};

// The peers stand in bench/package.json alone and have no types here.
// biome-ignore lint/suspicious/noExplicitAny: a module that need not be installed
type Module = any;

const load = async (name: string): Promise<Module> => {
  try {
    return await import(name);
  } catch (error) {
    throw new CannotMeasure(`${name} is not installed: run npm --prefix bench ci`, {
      cause: error,
    });
  }
};

type Peer = (client: DynamoDBClient, tables: TableKeys) => Promise<StoreUnderMeter>;
const stateAfter = (state: BenchState, events: readonly BenchEvent[]): BenchState =>
  events.reduce((before, event) => benchFold.evolve(before, event as never), state);

/** Castore: an item an event; several events are a transaction. */
export const castore: Peer = async (client, { castoreTable: tableName }) => {
  const { EventStore, EventType } = await load('@castore/core');
  const { DynamoDBSingleTableEventStorageAdapter } = await load(
    '@castore/event-storage-adapter-dynamodb',
  );
  const store = new EventStore({
    eventStoreId: 'disruption',
    eventTypes: [new EventType({ type: 'ServiceActionObserved' })],
    reducer: (state: BenchState = benchFold.initialState, { payload }: Module) =>
      stateAfter(state, [{ type: 'ServiceActionObserved', data: payload }]),
    eventStorageAdapter: new DynamoDBSingleTableEventStorageAdapter({
      tableName,
      dynamoDBClient: client,
    }),
  });
  const versions = new Map<string, number>();
  const detailsOf = (stream: string, events: readonly BenchEvent[], after: number) =>
    events.map(({ type, data: payload }, index) => {
      const timestamp = new Date(payload.createdAt).toISOString();
      return { aggregateId: stream, version: after + index + 1, type, timestamp, payload };
    });
  const append = async (stream: string, events: readonly BenchEvent[]) => {
    const after = versions.get(stream) ?? 0;
    const details = detailsOf(stream, events, after);
    versions.set(stream, after + events.length);
    if (details.length === 1) await store.pushEvent(details[0]);
    else await EventStore.pushEventGroup(...details.map((detail) => store.groupEvent(detail)));
  };
  return {
    name: 'castore',
    append,
    loadAndAppend: async (stream, event) => {
      const { aggregate } = await store.getAggregate(stream);
      if (aggregate.count !== versions.get(stream))
        throw new Error('castore loaded something else');
      await append(stream, [event]);
    },
  };
};

/** Equinox: a tip item of recent events; `unfolds` adds its snapshot, and a tip of ten events. */
const equinox =
  (name: string, unfolds: boolean): Peer =>
  async (client, { equinoxTable: tableName }) => {
    const { Codec, CachingStrategy, Decider, StreamId } = await load('@equinox-js/core');
    const store = await load('@equinox-js/dynamo-store');
    const context = new store.DynamoStoreContext({
      client: new store.DynamoStoreClient(client),
      tableName,
      tip: store.TipOptions.create(unfolds ? { maxEvents: 10 } : {}),
      query: store.QueryOptions.create({}),
    });
    const toSnapshot = (data: BenchState) => ({ type: 'Snapshotted', data });
    const access = unfolds
      ? store.AccessStrategy.Snapshot(({ type }: Module) => type === 'Snapshotted', toSnapshot)
      : store.AccessStrategy.Unoptimized();
    const fold = (state: BenchState, events: Module[]) =>
      events.reduce(
        (before, event) =>
          event.type === 'Snapshotted' ? event.data : benchFold.evolve(before, event as never),
        state,
      );
    const category = store.DynamoStoreCategory.create(
      context,
      unfolds ? 'Unfolding' : 'Plain',
      uncompressed(Codec),
      fold,
      benchFold.initialState,
      CachingStrategy.NoCache(),
      access,
    );
    const append = (stream: string, events: readonly BenchEvent[]) =>
      Decider.forStream(category, StreamId.create(stream), undefined).transact(() => [...events]);
    return { name, append, loadAndAppend: (stream, event) => append(stream, [event]) };
  };

/** As it is where nothing is asked of it. Its compressing codec fills the tip with more events. */
const uncompressed = ({ json, smartDecompress, Encoding }: Module): Module => ({
  encode: (event: Module, context: Module) => {
    const { data, ...encoded } = json().encode(event, context);
    return { ...encoded, data: { encoding: Encoding.Raw, body: Buffer.from(data) } };
  },
  decode: ({ data, ...encoded }: Module) =>
    json().decode({ ...encoded, data: data && smartDecompress(data)?.toString() }),
});

/** j5ik2o's: a journal item and a snapshot item in a transaction, an event at a time. */
export const eventStoreAdapter: Peer = async (client, tables) => {
  const { EventStoreFactory } = await load('event-store-adapter-js');
  const store = EventStoreFactory.ofDynamoDB(
    client,
    tables.journalTable,
    tables.snapshotTable,
    'aid-index',
    'aid-index',
    32,
    ({ data }: Module) => data,
    ({ data }: Module) => aggregateOf(data.id.value, data.state, data.sequenceNumber, data.version),
  );
  const held = new Map<string, Module>();
  const append = async (stream: string, events: readonly BenchEvent[]) => {
    for (const event of events) {
      const before = held.get(stream) ?? aggregateOf(stream, benchFold.initialState, 0, 1);
      const next = before.after(event);
      const { id, sequenceNumber } = next;
      const isCreated = sequenceNumber === 1;
      const occurredAt = new Date(event.data.createdAt);
      const typeName = event.type;
      const told = { id: event.data.eventId, typeName, aggregateId: id, sequenceNumber };
      const stored = { ...told, occurredAt, isCreated, data: event.data };
      await store.persistEventAndSnapshot(stored, next);
      held.set(stream, isCreated ? next : next.withVersion(next.version + 1));
    }
  };
  return {
    name: 'event-store-adapter-js',
    append,
    loadAndAppend: async (stream, event) => {
      const { id, sequenceNumber } = held.get(stream);
      const found = await store.getLatestSnapshotById(id);
      await store.getEventsByIdSinceSequenceNumber(id, found.sequenceNumber + 1);
      if (found.sequenceNumber !== sequenceNumber) throw new Error('it loaded something else');
      held.set(stream, found);
      await append(stream, [event]);
    },
  };
};

const aggregateOf = (
  value: string,
  state: BenchState,
  sequenceNumber: number,
  version: number,
): Module => ({
  typeName: 'disruption',
  id: { typeName: 'disruption', value, asString: () => `disruption-${value}` },
  state,
  sequenceNumber,
  version,
  withVersion: (other: number) => aggregateOf(value, state, sequenceNumber, other),
  updateVersion: (change: (value: number) => number) =>
    aggregateOf(value, state, sequenceNumber, change(version)),
  after: (event: BenchEvent) =>
    aggregateOf(value, stateAfter(state, [event]), sequenceNumber + 1, version),
});

export const peers: readonly Peer[] = [
  castore,
  equinox('equinox-js', false),
  equinox('equinox-js with snapshots', true),
  eventStoreAdapter,
];
