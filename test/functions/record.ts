import { clusterStream } from '../../domain/fleet/shards.ts';
import { maintenanceStream } from '../../domain/maintenance/maintenanceState.ts';
import { alwaysOpen } from '../../domain/maintenance/whyNotWindows.ts';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import type { ClusterEvent, Mode } from '../../events/cluster.ts';
import { ClusterArn } from '../../events/ids.ts';
import type { MaintenanceEvent } from '../../events/maintenance.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { at, clusterName } from '../support/fleetBuilder.ts';

const anything = { stateShape: 'none', initialState: undefined, evolve: () => undefined };
let commits = 0;

/** Puts facts on record as if they had been decided. */
export const write = async (store: EventStore, stream: string, events: readonly unknown[]) => {
  const { position } = await store.load(stream, anything);
  commits += 1;
  await store.append(position, { commitId: `given ${commits}`, at: at(0), events });
};

export const adopted = (mode: Mode): readonly ClusterEvent[] => [
  {
    type: 'ClusterAdopted',
    data: {
      clusterArn: ClusterArn.parse(`arn:aws:ecs:eu-west-1:111122223333:cluster/${clusterName}`),
      clusterName,
      account: '111122223333',
      region: 'eu-west-1',
      shards: 1,
      adoptedAt: at(-1),
    },
  },
  { type: 'ModeSet', data: { mode, actor: 'operator', setAt: at(-1) } },
];

/** The cluster may be disturbed at any time. */
export const windowsOpen: readonly MaintenanceEvent[] = [
  {
    type: 'WindowsSet',
    data: {
      windows: [alwaysOpen],
      closing: { underway: 'finish', lastStartMs: 0 },
      actor: 'operator',
      setAt: at(-1),
    },
  },
];

/** A store that knows the cluster, in `mode`, and what happened to the rollout. */
export const aRecord = async (mode: Mode, ...past: readonly RolloutEvent[]) => {
  const store = openSqliteEventStore(':memory:');
  await write(store, clusterStream(clusterName), adopted(mode));
  await write(store, maintenanceStream(clusterName), windowsOpen);
  if (past.length > 0) await write(store, rolloutStream(rolloutId), past);
  return store;
};

/** What was written to a stream after the given facts: the types of the events. */
export const writtenTo = async (store: EventStore, stream: string): Promise<readonly string[]> => {
  const commitsMade = await store.readStream(stream);
  return commitsMade
    .filter(({ commitId }) => !commitId.startsWith('given'))
    .flatMap(({ events }) => (events as readonly { type: string }[]).map(({ type }) => type));
};
