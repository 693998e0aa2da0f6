import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveOctober } from '../cli/start/liveOctober.ts';
import type { CliTools } from '../cli/tools.ts';
import { Instant } from '../events/ids.ts';
import type { EventStore } from '../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../infra/eventStore/sqliteEventStore.ts';
import { cloudFileOf } from '../infra/local/cloudClock.ts';

// `npm run bench` prints every figure, `npm run bench -- october` those whose name begins so, one
// JSON object a line. Exact counts of one lived month: they repeat to the digit.

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

type Figure = { readonly figure: string; readonly value: number; readonly unit: string };

const october = async (): Promise<readonly Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tuesday-bench-'));
  const file = join(folder, 'tuesday.sqlite');
  try {
    await liveOctober({ store: file, cloudFile: cloudFileOf(file), seed, json: true }, quiet);
    const store = openSqliteEventStore(file);
    const counts = await countsOf(store);
    store.close();
    return [...counts, { figure: 'october.record', value: statSync(file).size, unit: 'bytes' }];
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
  }));
  return [
    { figure: 'october.commits', value: commits.length, unit: 'commits' },
    { figure: 'october.events', value: types.length, unit: 'events' },
    ...intended,
  ];
};

const wanted = process.argv[2] ?? '';
for (const figure of 'october'.startsWith(wanted.split('.')[0] ?? '') ? await october() : []) {
  if (figure.figure.startsWith(wanted)) console.log(JSON.stringify({ ...figure, on }));
}
