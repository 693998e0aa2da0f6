import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveOctober } from '../cli/start/liveOctober.ts';
import type { CliTools } from '../cli/tools.ts';
import { Instant } from '../events/ids.ts';
import type { EventStore } from '../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../infra/eventStore/sqliteEventStore.ts';
import { cloudFileOf } from '../infra/local/cloudClock.ts';
import type { Figure } from './figure.ts';

// Exact counts of one lived month: they repeat to the digit.

const seed = 7;
const on = `40 instances, 300 tasks, 25 services, 13 to 31 October 2025, seed ${seed}`;

const effects: Readonly<Record<string, string>> = {
  RebuildRequested: 'rebuildsRequested',
  InstanceDrainIntended: 'drains',
  InstanceTerminationIntended: 'terminations',
  InstanceProofIntended: 'canaries',
  InstanceRestoreIntended: 'drainsHandedBack',
  ServiceDeploymentIntended: 'deployments',
};

export const october = async (): Promise<readonly Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tuesday-bench-'));
  const file = join(folder, 'tuesday.sqlite');
  try {
    await liveOctober({ store: file, cloudFile: cloudFileOf(file), seed, json: true }, quiet);
    const store = openSqliteEventStore(file);
    const counts = await countsOf(store);
    store.close();
    return [...counts, { figure: 'october.record', value: statSync(file).size, unit: 'bytes', on }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const quiet: CliTools = {
  openStore: (file) => openSqliteEventStore(file, { survives: 'process' }),
  now: () => Instant.parse(Date.now()),
  out: () => {},
  err: () => {},
  isTerminal: false,
};

const countsOf = async (store: EventStore): Promise<readonly Figure[]> => {
  const commits = await store.readAll(0, Number.MAX_SAFE_INTEGER);
  const types = commits.flatMap(({ events }) => (events as { type: string }[]).map((e) => e.type));
  const intended = Object.entries(effects).map(([type, name]) => ({
    figure: `october.effects.${name}`,
    value: types.filter((each) => each === type).length,
    unit: 'effects',
    on,
  }));
  return [
    { figure: 'october.commits', value: commits.length, unit: 'commits', on },
    { figure: 'october.events', value: types.length, unit: 'events', on },
    ...intended,
  ];
};
