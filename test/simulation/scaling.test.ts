import { describe, expect, it } from 'vitest';
import { localPlane } from '../../cli/start/localPlane.ts';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { cluster } from '../../domain/maintenance/cluster.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import { maintenance } from '../../domain/maintenance/maintenance.ts';
import { maintenanceStream } from '../../domain/maintenance/maintenanceState.ts';
import { alwaysOpen } from '../../domain/maintenance/whyNotWindows.ts';
import { defaultPolicy } from '../../domain/rollout/defaultPolicy.ts';
import { scalingStream } from '../../domain/scaling/clusterCapacity.ts';
import { desiredCapacity } from '../../domain/scaling/desiredCapacity.ts';
import { desiredStream } from '../../domain/scaling/evolveDesired.ts';
import { advance } from '../../domain/simulation/advance.ts';
import { callAws } from '../../domain/simulation/callAws.ts';
import { chanceFrom, draw, drawBetween } from '../../domain/simulation/chance.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { ClusterArn, Instant } from '../../events/ids.ts';
import { send } from '../../functions/send.ts';
import { isGatewayError } from '../../infra/aws/gateways.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import {
  directLine,
  sdkError,
  simulatedGateways,
  simulatedRegistry,
} from '../../infra/local/inProcessAws.ts';
import { smallWorld } from '../domain/simulation/smallWorld.ts';

// A fleet whose demand swings for a day, with the policy on: sizes stay within their bounds, do not
// flap, and nothing goes without its lease.

const minute = 60_000;
const hours = 20;
/** Minutes after which demand, and what fails, stays as it is. */
const swingMinutes = (hours - 3) * 60;
const [minSize, maxSize] = [2, 7];
const leasesMax = 1;

/** Deliveries straight from the world's outbox. */
const deliveriesOf = (world: World) => ({
  pending: (limit: number) => world.outbox.slice(0, limit),
  acknowledge: (sequence: number) => {
    world.outbox = world.outbox.filter((each) => each.sequence > sequence);
  },
});

const adopt = async (world: World, switches: { scaleOut: boolean; scaleIn: boolean }) => {
  const store = openSqliteEventStore(':memory:');
  const now = world.now as Instant;
  const { clusterName: name, account, region } = world;
  const actor = 'operator';
  const policy = { ...defaultPolicy, start: 'manual' as const };
  const clusterArn = world.clusterArn as ClusterArn;
  const adopting = { clusterArn, clusterName: name, account, region, shards: 1, now };
  for (const command of [
    { type: 'AdoptCluster', ...adopting },
    { type: 'SetPolicy', policy, actor, now },
    { type: 'SetMode', mode: 'drive', actor, now },
  ] as const) {
    await send(store, cluster, clusterStream(name), command, now);
  }
  const windows = { type: 'SetWindows', windows: [alwaysOpen], actor, now } as const;
  await send(store, maintenance, maintenanceStream(name), windows, now);
  const budget = {
    instances: { count: leasesMax },
    services: { count: 1 },
    reasons: [{ reason: 'scaleIn' as const }],
  };
  await send(store, ledger, ledgerStream(name), { type: 'SetBudget', budget, actor, now }, now);
  const setting = { type: 'SetScalingPolicy', policy: switches, actor, now } as const;
  await send(store, desiredCapacity, desiredStream(name), setting, now);
  return store;
};

type Seen = {
  readonly desired: readonly number[];
  readonly leases: readonly number[];
  readonly running: number;
  readonly wanted: number;
  readonly refusals: readonly string[];
  /** Times that the desired capacity was set on AWS. */
  readonly asked: number;
  readonly facts: readonly string[];
};

const throttled = sdkError('ThrottlingException', 400, 'Rate exceeded');
const lost = sdkError('TimeoutError', undefined, 'the answer was lost');

/** A line that notes what is changed and refused, and on which calls fail while `isFaulty`. */
const noting = (seed: number, isFaulty: () => boolean) => {
  const refusals: string[] = [];
  const changes: string[] = [];
  const faults = chanceFrom(seed * 17 + 1);
  const call: typeof directLine.call = async (request) => {
    if (isFaulty() && draw(faults) < 0.04) throw throttled;
    const answer = await directLine.call(request).catch((error: unknown) => {
      if (!request.reads) refusals.push(`${request.operation}: ${String(error)}`);
      throw error;
    });
    if (!request.reads) changes.push(request.operation);
    if (isFaulty() && !request.reads && draw(faults) < 0.3) throw lost;
    return answer;
  };
  return { ...directLine, call, refusals, changes };
};

const live = async (
  seed: number,
  switches: { scaleOut: boolean; scaleIn: boolean },
  {
    targetCapacityPercent,
    faulty = false,
  }: { targetCapacityPercent?: number; faulty?: boolean } = {},
): Promise<Seen> => {
  const capacityProviders =
    targetCapacityPercent === undefined
      ? []
      : [{ name: 'windows', group: 'web', targetCapacityPercent }];
  const world = smallWorld({
    seed,
    group: { minSize, maxSize },
    services: [{ desiredCount: 6, memoryMiB: 4_096 }],
    scenario: { capacityProviders },
  });
  const store = await adopt(world, switches);
  const chance = chanceFrom(seed * 13 + 5);
  const now = () => world.now as Instant;
  let minutesLived = 0;
  const line = noting(seed, () => faulty && minutesLived < swingMinutes);
  const plane = localPlane({
    store,
    gateways: simulatedGateways(world, line),
    registry: simulatedRegistry(world, directLine),
    deliveries: deliveriesOf(world),
    scenario: world,
    now,
  });
  const desired: number[] = [];
  const leases: number[] = [];
  for (let step = 0; step < hours * 60; step += 1) {
    advance(world, world.now + minute);
    if (step % 150 === 149 && step < swingMinutes) {
      const count = drawBetween(chance, 2, 18);
      const update = { cluster: world.clusterName, service: 'orders', desiredCount: count };
      callAws(world, 'ecs', 'UpdateService', update);
    }
    const due = { watch: step === 0, sweep: step % 5 === 0 };
    minutesLived = step;
    // A tick that fails comes again, as it does when it is deployed.
    const stepped = await plane.step(due).catch((error: unknown) => {
      if (!isGatewayError(error) || error.kind === 'refused') throw error;
    });
    if (stepped === undefined) continue;
    const { views } = stepped;
    desired.push(world.groups.web?.desiredCapacity ?? 0);
    leases.push(Object.keys(views.ledger(world.clusterName).leases).length);
  }
  const streams = [desiredStream(world.clusterName), scalingStream(world.clusterName)];
  const commits = (await Promise.all(streams.map((each) => store.readStream(each)))).flat();
  const tasks = Object.values(world.tasks).filter(({ lastStatus }) => lastStatus === 'RUNNING');
  const wanted = world.services.orders?.desiredCount ?? 0;
  store.close();
  return {
    desired,
    leases,
    running: tasks.length,
    wanted,
    refusals: line.refusals,
    asked: line.changes.filter((each) => each === 'SetDesiredCapacity').length,
    facts: commits.flatMap(({ events }) => events as { type: string }[]).map(({ type }) => type),
  };
};

const changes = (desired: readonly number[]) =>
  desired.flatMap((size, at) => (at > 0 && size !== desired[at - 1] ? [{ at, size }] : []));

/** Minutes at which the size turned from growing to shrinking, or the other way about. */
const turns = (desired: readonly number[]): readonly number[] => {
  const steps = changes(desired).map(({ at, size }) => ({ at, up: size > (desired[at - 1] ?? 0) }));
  return steps.flatMap(({ at, up }, index) => {
    const before = steps[index - 1];
    return before !== undefined && before.up !== up ? [at] : [];
  });
};

/** For each turn, how many there are in the six hours that it begins. */
const turnsWithin = (desired: readonly number[]): readonly number[] => {
  const flips = turns(desired);
  return [0, ...flips.map((from) => flips.filter((at) => at >= from && at - from <= 360).length)];
};

const on = { scaleOut: true, scaleIn: true };

describe('a fleet whose demand swings, scaled by Tuesday', () => {
  it.each([1, 2, 3, 4])('keeps its bounds, its leases and its calm: seed %i', async (seed) => {
    const { desired, leases, refusals, facts } = await live(seed, on);
    expect(Math.min(...desired)).toBeGreaterThanOrEqual(minSize);
    expect(Math.max(...desired)).toBeLessThanOrEqual(maxSize);
    expect(Math.max(...leases)).toBeLessThanOrEqual(leasesMax);
    expect(refusals).toEqual([]);
    expect(Math.max(...turnsWithin(desired))).toBeLessThanOrEqual(4);
    expect(facts).not.toContain('DesiredCapacityFailed');
    expect(changes(desired).length).toBeGreaterThan(0);
  });

  it('grows and shrinks in one seed or another', async () => {
    const sizes = (await Promise.all([1, 2].map((seed) => live(seed, on)))).map((s) => s.desired);
    const ups = sizes.flatMap((d) => changes(d).filter(({ at, size }) => size > (d[at - 1] ?? 0)));
    const downs = sizes.flatMap((d) =>
      changes(d).filter(({ at, size }) => size < (d[at - 1] ?? 0)),
    );
    expect(ups.length).toBeGreaterThan(0);
    expect(downs.length).toBeGreaterThan(0);
  });

  it.each([5, 6, 7])('comes through lost answers and throttles: seed %i', async (seed) => {
    const { desired, leases, refusals, facts, asked, running, wanted } = await live(seed, on, {
      faulty: true,
    });
    expect(Math.min(...desired)).toBeGreaterThanOrEqual(minSize);
    expect(Math.max(...desired)).toBeLessThanOrEqual(maxSize);
    expect(Math.max(...leases)).toBeLessThanOrEqual(leasesMax);
    expect(refusals).toEqual([]);
    // What was set once is not set again because its answer was lost.
    const intended = facts.filter((type) => type === 'DesiredCapacityIntended').length;
    expect(asked).toBeLessThanOrEqual(intended);
    expect(asked).toBeGreaterThan(0);
    expect(Math.max(...turnsWithin(desired))).toBeLessThanOrEqual(4);
    expect(running).toBe(Math.min(wanted, 3 * maxSize));
  });

  it('is left as it is where nobody has switched it on', async () => {
    const { desired, facts } = await live(1, { scaleOut: false, scaleIn: false });
    expect(changes(desired)).toEqual([]);
    expect(facts).not.toContain('DesiredCapacityIntended');
  });

  it('is left to ECS where its capacity provider has managed scaling on', async () => {
    const { desired, facts } = await live(1, on, { targetCapacityPercent: 100 });
    expect(changes(desired)).toEqual([]);
    expect(facts).not.toContain('DesiredCapacityIntended');
    expect(facts).toContain('ScalingHoldsChanged');
  });
});
