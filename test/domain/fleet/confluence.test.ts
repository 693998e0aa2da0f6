import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { type FleetShardState, fleetShard } from '../../../domain/fleet/fleetShard.ts';
import { fleetView } from '../../../domain/fleet/fleetView.ts';
import { arnOf, type Observation } from '../../../domain/fleet/observation.ts';
import { shardOf } from '../../../domain/fleet/shards.ts';
import type { FleetEvent } from '../../../events/fleet.ts';
import {
  anInstance,
  aService,
  aTask,
  at,
  definitionArn,
  instanceArn,
  seenAction,
  seenInstance,
  seenService,
  seenTask,
} from './fleetBuilder.ts';

const statuses = ['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING', 'STOPPING', 'STOPPED'];

/** What ECS might tell of one fleet: every version of a resource has one content. */
const anObservation = fc.oneof(
  fc
    .record({ name: fc.constantFrom('a', 'b', 'c'), version: fc.nat(9), describe: fc.boolean() })
    .map(({ name, version, describe }) => instanceSeen(name, version, describe)),
  fc
    .record({ name: fc.constantFrom('t', 'u', 'v', 'w'), version: fc.nat(5) })
    .map(({ name, version }) => taskSeen(name, version)),
  fc.nat(9).map((describedAt) => seenService(aService('orders', describedAt, describedAt))),
  fc.nat(9).map((n) => seenAction(`e-${n}`, n % 4)),
  fc.constant<Observation>({
    kind: 'taskDefinition',
    taskDefinition: {
      taskDefinitionArn: definitionArn('orders:1'),
      family: 'orders',
      revision: 1,
      containers: [],
      hostPaths: [],
    },
  }),
);

/** Version 8 deregisters `a` and is its last; events name no capacity provider, descriptions do. */
const instanceSeen = (name: string, version: number, describe: boolean): Observation => {
  if (name === 'a' && version >= 8) {
    return seenInstance(anInstance(name, 8, { status: 'INACTIVE' }));
  }
  const told = describe ? { capacityProviderName: 'windows', registeredAt: at(1) } : {};
  return seenInstance(anInstance(name, version, told), describe ? 'describe' : 'event');
};

const taskSeen = (name: string, version: number): Observation => {
  const placed = version > 0 ? { containerInstanceArn: instanceArn('a') } : {};
  const { containerInstanceArn: _unplaced, ...task } = aTask(name, version, {
    lastStatus: statuses[version] ?? 'STOPPED',
  });
  return seenTask({ ...task, ...placed });
};

/** A history delivered whole, then again in part, in another order and in other batches. */
const aDelivery = fc.array(anObservation, { maxLength: 40 }).chain((history) =>
  fc.record({
    history: fc.constant(history),
    delivered: fc
      .tuple(
        fc.shuffledSubarray(history, { minLength: history.length }),
        fc.shuffledSubarray(history),
      )
      .chain(([all, copies]) =>
        fc.shuffledSubarray([...all, ...copies], { minLength: all.length + copies.length }),
      ),
    sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    shards: fc.integer({ min: 1, max: 3 }),
  }),
);

const batchesOf = (observations: readonly Observation[], sizes: readonly number[]) => {
  const batches: Observation[][] = [];
  let start = 0;
  for (let n = 0; start < observations.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    batches.push(observations.slice(start, start + size));
    start += size;
  }
  return batches;
};

const shardAfter = (batches: readonly (readonly Observation[])[]): FleetShardState => {
  const facts: FleetEvent[] = [];
  batches.forEach((observations, n) => {
    const command = { type: 'Observe', observations, now: at(n) } as const;
    facts.push(...fleetShard.decide(command, fold(fleetShard, facts)));
  });
  return fold(fleetShard, facts);
};

const viewAfter = (batches: readonly (readonly Observation[])[], shards: number) => {
  const states = Array.from({ length: shards }, (_, shard) =>
    shardAfter(
      batches.map((batch) => batch.filter((each) => shardOf(arnOf(each), shards) === shard)),
    ),
  );
  const told = states.flatMap((state) =>
    Object.values(state.serviceActions).flatMap((bucket) => Object.values(bucket)),
  );
  return { ...fleetView('shop', states, []), told };
};

describe('a fleet that is told in any order', () => {
  it('looks the same in the end, however often, in what order and batches it was told', () => {
    fc.assert(
      fc.property(aDelivery, ({ history, delivered, sizes, shards }) => {
        const inOneGo = viewAfter([history], 1);
        expect(viewAfter(batchesOf(delivered, sizes), shards)).toEqual(inOneGo);
      }),
      { numRuns: 500 },
    );
  });

  it('records nothing when all of it is told again', () => {
    fc.assert(
      fc.property(aDelivery, ({ delivered, sizes }) => {
        const state = shardAfter(batchesOf(delivered, sizes));
        // Descriptions made later may be news; the same batch at the same moment is not.
        const command = { type: 'Observe', observations: delivered, now: at(0) } as const;
        expect(fleetShard.decide(command, state)).toEqual([]);
      }),
    );
  });

  it('never shows a lower version than it showed before', () => {
    fc.assert(
      fc.property(fc.array(anObservation, { maxLength: 30 }), (history) => {
        let state = fleetShard.initialState;
        let shown = new Map<string, number>();
        for (const observation of history) {
          const command = { type: 'Observe', observations: [observation], now: at(0) } as const;
          state = fleetShard.decide(command, state).reduce(fleetShard.evolve, state);
          const view = fleetView('shop', [state], []);
          const next = new Map([...view.tasks].map(([arn, { version }]) => [arn, version]));
          for (const [arn, version] of shown) expect(next.get(arn)).toBeGreaterThanOrEqual(version);
          shown = next;
        }
      }),
    );
  });
});
