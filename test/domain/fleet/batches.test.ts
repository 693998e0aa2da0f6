import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decider, evolveAll } from '../../../domain/decider.ts';
import { ec2Notices } from '../../../domain/fleet/ec2Notices.ts';
import { fleetShard } from '../../../domain/fleet/fleetShard.ts';
import type { Observation } from '../../../domain/fleet/observation.ts';
import type { Ec2Event } from '../../../events/fleet.ts';
import type { Ec2InstanceId } from '../../../events/ids.ts';
import { anInstance, aTask, at, seenAction, seenInstance, seenTask } from './fleetBuilder.ts';

// Names enough that some share a bucket.
const aName = fc.integer({ min: 0, max: 200 }).map((n) => `n${n}`);

const anObservation: fc.Arbitrary<Observation> = fc.oneof(
  fc
    .record({ name: aName, version: fc.nat(9), status: fc.constantFrom('ACTIVE', 'INACTIVE') })
    .map(({ name, version, status }) => seenInstance(anInstance(name, version, { status }))),
  fc
    .record({ name: aName, version: fc.nat(9) })
    .map(({ name, version }) => seenTask(aTask(name, version, { lastStatus: 'RUNNING' }))),
  fc.nat(30).map((n) => seenAction(`e-${n}`, n)),
);

const aNotice: fc.Arbitrary<Ec2Event> = fc
  .record({ n: fc.nat(200), changedAt: fc.nat(50), id: fc.nat(999) })
  .map(({ n, changedAt, id }) => ({
    type: 'Ec2StateChanged',
    data: {
      eventId: `e-${id}`,
      ec2InstanceId: `i-${n.toString(16).padStart(17, '0')}` as Ec2InstanceId,
      state: 'running',
      changedAt: at(changedAt),
    },
  }));

const observing = (observations: readonly Observation[], n: number) =>
  ({ type: 'Observe', observations, now: at(n) }) as const;
const noticing = (notices: readonly Ec2Event[]) => ({ type: 'RecordNotices', notices }) as const;

/** Every batch is decided on and folded, at once and event by event, over frozen states. */
const holdsFor = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  commands: readonly Command[],
) => {
  let state = decider.initialState;
  for (const command of commands) {
    const before = JSON.stringify(state);
    const events = decider.decide(command, deepFrozen(state));
    const oneByOne = events.reduce(decider.evolve, state);
    expect(evolveAll(decider, state, events)).toEqual(oneByOne);
    // The same batch once more, as a reader has it: it was not the one that was decided on.
    expect(evolveAll(decider, state, [...events])).toEqual(oneByOne);
    expect(JSON.stringify(state)).toBe(before);
    state = evolveAll(decider, state, events);
  }
};

const deepFrozen = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFrozen(member);
  return value;
};

describe('a batch that is folded at once', () => {
  it('comes to what its facts come to one by one, and touches nothing of before: a shard', () => {
    const batches = fc.array(fc.array(anObservation, { maxLength: 30 }), { maxLength: 6 });
    fc.assert(fc.property(batches, (all) => holdsFor(fleetShard, all.map(observing))));
  });

  it('comes to what its facts come to one by one, and touches nothing of before: EC2', () => {
    const batches = fc.array(fc.array(aNotice, { maxLength: 30 }), { maxLength: 6 });
    fc.assert(fc.property(batches, (all) => holdsFor(ec2Notices, all.map(noticing))));
  });

  it('is not taken for the one decided on before when the state is another', () => {
    const known = evolveAll(
      fleetShard,
      fleetShard.initialState,
      fleetShard.decide(observing([seenTask(aTask('old', 1, {}))], 0), fleetShard.initialState),
    );
    const facts = fleetShard.decide(
      observing([seenTask(aTask('new', 1, {}))], 1),
      fleetShard.initialState,
    );
    expect(evolveAll(fleetShard, known, facts)).toEqual(facts.reduce(fleetShard.evolve, known));
  });
});
