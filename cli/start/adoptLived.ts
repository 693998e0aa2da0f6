import { clusterStream } from '../../domain/fleet/shards.ts';
import { defaultBudget } from '../../domain/maintenance/budget.ts';
import { type ClusterCommand, cluster } from '../../domain/maintenance/cluster.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import { maintenance } from '../../domain/maintenance/maintenance.ts';
import { maintenanceStream } from '../../domain/maintenance/maintenanceState.ts';
import { defaultPolicy } from '../../domain/rollout/defaultPolicy.ts';
import type { Scenario } from '../../domain/simulation/scenario.ts';
import type { World } from '../../domain/simulation/world.ts';
import { type ClusterArn, Instant } from '../../events/ids.ts';
import type { MaintenanceWindow } from '../../events/maintenance.ts';
import { send } from '../../functions/send.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';

/** The clock on the wall where the cluster is, in eu-west-1. */
const nights: MaintenanceWindow = {
  name: 'nights',
  timeZone: 'Europe/Dublin',
  days: 'FREQ=DAILY',
  opens: '20:00',
  closes: '06:00',
};

/**
 * What the operator of this fleet has decided: Tuesday drives, starts by itself, proves instances,
 * and disturbs at night alone. Instances are replaced by surge,
 * images pulled beforehand, and launch templates renewed.
 */
export const adoptLived = async (
  store: EventStore,
  world: World,
  { account, region, clusterName }: Scenario,
) => {
  const now = Instant.parse(world.now);
  const stream = clusterStream(clusterName);
  const { state } = await store.load(stream, cluster);
  if (state.status === 'adopted' && state.mode === 'drive') return;
  const clusterArn = world.clusterArn as ClusterArn;
  const policy = {
    ...defaultPolicy,
    start: 'automatic',
    canaryFamily: 'tuesday-canary',
    replacement: 'surge',
    launchTemplate: 'newVersion',
    prefetch: { memoryMiB: 512, deadlineMs: 30 * 60_000 },
  } as const;
  const actor = 'operator';
  const commands: readonly ClusterCommand[] = [
    { type: 'AdoptCluster', clusterArn, clusterName, account, region, now },
    { type: 'SetPolicy', policy, actor, now },
    { type: 'SetMode', mode: 'drive', actor, now },
  ];
  const closing = { underway: 'handBack', lastStartMs: 30 * 60_000 } as const;
  const windows = { type: 'SetWindows', windows: [nights], closing, actor, now } as const;
  await send(store, maintenance, maintenanceStream(clusterName), windows, now);
  const reasons = [...defaultBudget.reasons, { reason: 'prefetch' as const }];
  const budget = { type: 'SetBudget', budget: { ...defaultBudget, reasons }, actor, now } as const;
  await send(store, ledger, ledgerStream(clusterName), budget, now);
  for (const command of commands) await send(store, cluster, stream, command, now);
};
