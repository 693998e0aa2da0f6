import { describe, expect, it } from 'vitest';
import { localPlane } from '../../cli/start/localPlane.ts';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { cluster } from '../../domain/maintenance/cluster.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import { maintenance } from '../../domain/maintenance/maintenance.ts';
import { maintenanceStream } from '../../domain/maintenance/maintenanceState.ts';
import { alwaysOpen } from '../../domain/maintenance/whyNotWindows.ts';
import { defaultPolicy } from '../../domain/rollout/defaultPolicy.ts';
import { desiredCapacity } from '../../domain/scaling/desiredCapacity.ts';
import { desiredStream } from '../../domain/scaling/evolveDesired.ts';
import { advance } from '../../domain/simulation/advance.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { DesiredEvent } from '../../events/desired.ts';
import type { ClusterArn, Instant } from '../../events/ids.ts';
import { send } from '../../functions/send.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import {
  directLine,
  simulatedGateways,
  simulatedRegistry,
} from '../../infra/local/inProcessAws.ts';
import { healthyOf, october, smallWorld } from '../domain/simulation/smallWorld.ts';

// A fleet so full that none of its instances can be emptied, replaced in place.

const minute = 60_000;
const hours = 22;
/** Minutes after which every task of the beginning serves. */
const settled = 60;
const [instances, tasks, atOnce] = [3, 9, 1];

const adopt = async (world: World, scaleOut: boolean) => {
  const store = openSqliteEventStore(':memory:');
  const now = world.now as Instant;
  const { clusterName: name, account, region } = world;
  const actor = 'operator';
  const canaryFamily = 'tuesday-canary';
  const policy = { ...defaultPolicy, canaryFamily, start: 'automatic' as const };
  const clusterArn = world.clusterArn as ClusterArn;
  for (const command of [
    { type: 'AdoptCluster', clusterArn, clusterName: name, account, region, shards: 1, now },
    { type: 'SetPolicy', policy, actor, now },
    { type: 'SetMode', mode: 'drive', actor, now },
  ] as const) {
    await send(store, cluster, clusterStream(name), command, now);
  }
  const windows = { type: 'SetWindows', windows: [alwaysOpen], actor, now } as const;
  await send(store, maintenance, maintenanceStream(name), windows, now);
  const reasons = (['patch', 'scaleIn'] as const).map((reason) => ({ reason }));
  const budget = { instances: { count: atOnce }, services: { count: 1 }, reasons };
  await send(store, ledger, ledgerStream(name), { type: 'SetBudget', budget, actor, now }, now);
  const switches = { scaleOut, scaleIn: true };
  const setting = { type: 'SetScalingPolicy', policy: switches, actor, now } as const;
  await send(store, desiredCapacity, desiredStream(name), setting, now);
  return store;
};

/** Healthy tasks and desired capacity of each minute, and what is recorded. */
const live = async (seed: number, scaleOut: boolean, maxSize: number) => {
  const world = smallWorld({
    seed,
    instances,
    group: { minSize: instances, maxSize },
    services: [{ desiredCount: tasks, memoryMiB: 4_096 }],
  });
  const store = await adopt(world, scaleOut);
  const plane = localPlane({
    store,
    gateways: simulatedGateways(world, directLine),
    registry: simulatedRegistry(world, directLine),
    deliveries: {
      pending: (limit: number) => world.outbox.slice(0, limit),
      acknowledge: (sequence: number) => {
        world.outbox = world.outbox.filter((each) => each.sequence > sequence);
      },
    },
    scenario: world,
    now: () => world.now as Instant,
  });
  const sizes: number[] = [];
  const healthy: number[] = [];
  const reasons = new Set<string>();
  const details = new Set<string>();
  let status: string | undefined;
  for (let step = 0; step < hours * 60; step += 1) {
    advance(world, world.now + minute);
    const { views } = await plane.step({ watch: step % 5 === 0, sweep: step % 5 === 0 });
    sizes.push(world.groups.web?.desiredCapacity ?? 0);
    healthy.push(healthyOf(world));
    const [rollout] = views.rollouts.values();
    status = rollout?.status;
    for (const { reason, detail } of rollout?.heldNow ?? []) {
      reasons.add(reason);
      details.add(detail);
    }
  }
  const commits = await store.readStream(desiredStream(world.clusterName));
  const events = commits.flatMap((commit) => commit.events as DesiredEvent[]);
  const headroom = events.flatMap((event) =>
    event.type === 'DesiredCapacityIntended' ? [event.data.forWave] : [],
  );
  const builds = Object.values(world.instances).map(({ build }) => build);
  store.close();
  return { sizes, healthy, reasons, details, headroom, status, builds };
};

describe('a full fleet that is replaced in place', () => {
  it.each([1, 2, 3])('gets headroom before its waves, and gives it back: seed %i', async (seed) => {
    const { status, headroom, reasons, builds, sizes, healthy } = await live(seed, true, 6);
    expect(status).toBe('completed');
    expect(builds).toEqual(Array(instances).fill(october));
    expect(headroom).toEqual([atOnce]);
    expect(reasons).toContain('CapacityComing');
    // Once for all waves, and back when the last has ended.
    expect(sizes.filter((size, at) => size !== sizes[at - 1])).toEqual([3, 4, 3]);
    expect(Math.min(...healthy.slice(settled))).toBe(tasks);
  });

  it('stands where it is without headroom', async () => {
    const { status, headroom, reasons, builds } = await live(1, false, 6);
    expect([status, headroom]).toEqual(['running', []]);
    expect(builds).not.toContain(october);
    expect(reasons).toContain('NoCapacity');
    expect(reasons).not.toContain('CapacityComing');
  });

  it('says why there is none where its group is as large as it may be', async () => {
    const { status, headroom, details } = await live(1, true, instances);
    expect([status, headroom]).toEqual(['running', []]);
    expect([...details].some((each) => each.endsWith('no headroom for it: AtMaximumSize'))).toBe(
      true,
    );
  });
});
