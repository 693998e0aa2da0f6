import { projectViews } from '../../../functions/streams/projectViews.ts';
import { createDynamoEventStore } from '../../../infra/eventStore/dynamoEventStore.ts';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { dynamoViews } from '../../../infra/views/dynamoViews.ts';
import { noteWrites } from '../../../infra/views/ownWrites.ts';
import type { Views } from '../../../infra/views/views.ts';
import { viewsTable } from '../../../infra/views/viewsTable.ts';
import { dynamoDouble } from '../../support/dynamoDouble.ts';
import { clusterName } from '../../support/fleetBuilder.ts';
import { noWaiting } from '../../support/noWaiting.ts';
import { viewTableDouble } from '../../support/viewTableDouble.ts';

/**
 * The record and the view table on one double each. The table stands where it was brought to, as
 * while its stream is behind; every instance has clients and a memory of its own.
 */
export const laggingRecord = () => {
  const record = dynamoDouble();
  const views = viewTableDouble();
  const openStore = () =>
    createDynamoEventStore({ tableName: 'events', client: record.client().client });
  return {
    record,
    views,
    /** Somebody else, whose writes no instance of ours has noted. */
    outside: openStore(),
    /** What the stream does when it has caught up. */
    bringUp: async () => {
      const table = viewsTable(views.client().client, 'views');
      const project = projectViews({ store: openStore(), table });
      for (const { stream, version } of record.items.values()) {
        await project({ stream: stream?.S ?? '', version: Number(version?.N) });
      }
    },
    instance: ({ freshMs = 0 } = {}) => {
      const { client, mock } = views.client();
      const { retries } = noWaiting();
      const asked: string[] = [];
      const store = noteWrites(noteReads(openStore(), asked));
      return {
        store,
        mock,
        asked,
        /** Time goes on for the instance. */
        later: retries.sleepMs,
        views: dynamoViews(client, 'views', store, retries, freshMs),
      };
    },
  };
};

/** Notes which streams the record was asked for, and how. */
const noteReads = (store: EventStore, asked: string[]): EventStore => ({
  ...store,
  load: (stream, fold) => {
    asked.push(`load ${stream}`);
    return store.load(stream, fold);
  },
  readStream: (stream, after, limit) => {
    asked.push(`read ${stream} after ${after}`);
    return store.readStream(stream, after, limit);
  },
});

/** Views to be compared: what functions of a cluster's name answer, spelled out. */
export const told = (views: Views) => {
  const { fleet, ledger, enforcement, maintenance, capacity, upTo: _upTo, ...others } = views;
  const { ghosts, hooks, desired, ...rest } = others;
  return {
    ...rest,
    fleet: fleet(clusterName),
    ledger: ledger(clusterName),
    enforcement: enforcement(clusterName),
    maintenance: maintenance(clusterName),
    capacity: capacity(clusterName),
    ghosts: ghosts(clusterName),
    hooks: hooks(clusterName),
    desired: desired(clusterName),
  };
};
