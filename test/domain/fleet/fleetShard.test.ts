import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { fleetShard } from '../../../domain/fleet/fleetShard.ts';
import { fleetView } from '../../../domain/fleet/fleetView.ts';
import type { Observation } from '../../../domain/fleet/observation.ts';
import type { FleetEvent } from '../../../events/fleet.ts';
import {
  anInstance,
  aService,
  aTask,
  at,
  instanceArn,
  seenAction,
  seenInstance,
  seenService,
  seenTask,
  taskArn,
} from './fleetBuilder.ts';

const hour = 3_600_000;
const observe = (observations: readonly Observation[], now = 0) =>
  ({ type: 'Observe', observations, now: at(now) }) as const;

/** Reads aloud: given these observations, when that is observed, then these facts follow. */
const given = (...batches: readonly (readonly Observation[])[]) => {
  const past: FleetEvent[] = [];
  for (const batch of batches) {
    past.push(...fleetShard.decide(observe(batch), fold(fleetShard, past)));
  }
  return from(past);
};

const from = (past: readonly FleetEvent[]) => {
  const state = fold(fleetShard, past);
  return {
    past,
    state,
    view: fleetView('shop', [state], []),
    when: (...observations: readonly Observation[]) =>
      fleetShard.decide(observe(observations), state),
    whenAt: (now: number, ...observations: readonly Observation[]) =>
      fleetShard.decide(observe(observations, now), state),
    whenForgetting: (now: number) =>
      fleetShard.decide({ type: 'ForgetStoppedTasks', now: at(now) }, state),
  };
};

describe('a fleet shard', () => {
  it('takes a newer version and leaves an older or equal one', () => {
    const known = given([seenTask(aTask('t', 5))]);
    expect(known.when(seenTask(aTask('t', 5)))).toEqual([]);
    expect(known.when(seenTask(aTask('t', 4)))).toEqual([]);
    expect(known.when(seenTask(aTask('t', 9)))).toMatchObject([
      { type: 'TaskObserved', data: { task: { version: 9 }, from: 'event' } },
    ]);
  });

  it('takes what a description says of health without another version, and an event not', () => {
    const known = given([seenTask(aTask('t', 5, { healthStatus: 'HEALTHY' }))]);
    const silent = { kind: 'task', task: aTask('t', 5), from: 'describe', at: at(0) } as const;
    expect(known.when(silent)).toMatchObject([
      { type: 'TaskObserved', data: { from: 'describe' } },
    ]);
    expect(known.when({ ...silent, from: 'event' })).toEqual([]);
    const healthy = { ...silent, task: aTask('t', 5, { healthStatus: 'HEALTHY' }) };
    expect(known.when(healthy)).toEqual([]);
  });

  it('keeps the described health of a task that runs on, since no event tells it', () => {
    const known = given([seenTask(aTask('t', 5, { healthStatus: 'HEALTHY' }))]);
    const [reconnected] = known.when(seenTask(aTask('t', 6)));
    expect(reconnected).toMatchObject({ data: { task: { version: 6, healthStatus: 'HEALTHY' } } });
    const [stopped] = known.when(seenTask(aTask('t', 6, { lastStatus: 'STOPPED' })));
    expect(stopped).not.toHaveProperty('data.task.healthStatus');
    const silent = { kind: 'task', task: aTask('t', 6), from: 'describe', at: at(0) } as const;
    expect(known.when(silent)[0]).not.toHaveProperty('data.task.healthStatus');
  });

  it('records every version of a batch, oldest first, and a copy once', () => {
    const facts = given().when(
      seenTask(aTask('t', 5)),
      seenTask(aTask('u', 1)),
      seenTask(aTask('t', 4)),
      seenTask(aTask('t', 5)),
    );
    const versions = facts.map((fact) => fact.type === 'TaskObserved' && fact.data.task.version);
    expect(versions).toEqual([4, 5, 1]);
  });

  it('lets an instance go when it is INACTIVE, and an older event does not bring it back', () => {
    const gone = given(
      [seenInstance(anInstance('a', 3))],
      [seenInstance(anInstance('a', 9, { status: 'INACTIVE' }))],
    );
    expect(gone.view.instances.size).toBe(0);
    expect(gone.when(seenInstance(anInstance('a', 8)))).toEqual([]);
    expect(gone.when(seenInstance(anInstance('a', 9, { status: 'INACTIVE' })))).toEqual([]);
  });

  it('remembers an INACTIVE instance that it never knew alive', () => {
    const gone = given([seenInstance(anInstance('a', 9, { status: 'INACTIVE' }))]);
    expect(gone.past).toMatchObject([{ type: 'InstanceDeregistered', data: { version: 9 } }]);
    expect(gone.when(seenInstance(anInstance('a', 8)))).toEqual([]);
  });

  it('learns what events do not tell from a description of any version', () => {
    const described = anInstance('a', 2, { capacityProviderName: 'windows-2022' });
    const known = given([seenInstance(anInstance('a', 3))]);
    expect(known.when(seenInstance(described, 'describe'))).toMatchObject([
      { data: { instance: { version: 3, capacityProviderName: 'windows-2022' } } },
    ]);
    const both = given([seenInstance(described, 'describe')], [seenInstance(anInstance('a', 3))]);
    expect(both.view.instances.get(instanceArn('a'))).toMatchObject({
      version: 3,
      capacityProviderName: 'windows-2022',
    });
  });

  it('takes attributes from a later description of the same version', () => {
    const put = anInstance('a', 3, { attributes: { 'tuesday.os-build': '20348.4294' } });
    const known = given([seenInstance(anInstance('a', 3))]);
    expect(known.when(seenInstance(put))).toEqual([]);
    const facts = known.whenAt(10, seenInstance(put, 'describe'));
    expect(facts).toMatchObject([{ data: { instance: { attributes: put.attributes } } }]);
    const learnt = from([...known.past, ...facts]);
    expect(learnt.whenAt(10, seenInstance(anInstance('a', 3), 'describe'))).toEqual([]);
    expect(learnt.whenAt(11, seenInstance(put, 'describe'))).toEqual([]);
  });

  it('takes the later description of a service', () => {
    const known = given([seenService(aService('orders', 10))]);
    expect(known.when(seenService(aService('orders', 10, 1)))).toEqual([]);
    expect(known.when(seenService(aService('orders', 9, 1)))).toEqual([]);
    expect(known.when(seenService(aService('orders', 11, 1)))).toHaveLength(1);
  });

  it('knows a service action by its id and content', () => {
    const known = given([seenAction('e-1', 10)]);
    expect(known.when(seenAction('e-1', 10))).toEqual([]);
    expect(known.when(seenAction('e-0', 10), seenAction('e-0', 10))).toHaveLength(1);
  });

  it('keeps the newest twenty actions of a service, whatever comes late', () => {
    const many = Array.from({ length: 20 }, (_, n) => seenAction(`e-${n}`, 100 + n));
    const known = given(many);
    expect(known.when(seenAction('late', 99))).toEqual([]);
    expect(known.when(seenAction('new', 120))).toHaveLength(1);
  });
});

describe('a stopped task', () => {
  const stopped = (name: string, version: number, stoppedAt: number) =>
    seenTask(aTask(name, version, { lastStatus: 'STOPPED', stoppedAt: at(stoppedAt) }));

  it('is kept for an hour and then forgotten, once', () => {
    const known = given([stopped('t', 7, 1_000), seenTask(aTask('u', 2))]);
    expect(known.whenForgetting(hour)).toEqual([]);
    const facts = known.whenForgetting(hour + 1_000);
    expect(facts).toEqual([
      {
        type: 'StoppedTasksForgotten',
        data: { taskArns: [taskArn('t')], forgottenAt: hour + 1_000 },
      },
    ]);
    expect(from([...known.past, ...facts]).whenForgetting(hour + 1_000)).toEqual([]);
  });

  it('is not brought back by a late, older event', () => {
    const known = given([stopped('t', 7, 0)]);
    const forgotten = from([...known.past, ...known.whenForgetting(hour)]);
    expect(forgotten.view.tasks.size).toBe(0);
    expect(forgotten.when(seenTask(aTask('t', 6)))).toEqual([]);
    expect(forgotten.when(stopped('t', 7, 0))).toEqual([]);
  });

  it('is not brought back even when 10,000 others were forgotten since', () => {
    const past = given([stopped('t', 7, 0)]);
    let facts: readonly FleetEvent[] = [...past.past, ...past.whenForgetting(hour)];
    for (let round = 1; round <= 2; round += 1) {
      const others = Array.from({ length: 5_000 }, (_, n) => stopped(`o-${round}-${n}`, 1, round));
      facts = [...facts, ...from(facts).when(...others)];
      facts = [...facts, ...from(facts).whenForgetting(hour * (round + 1))];
    }
    const later = from(facts);
    expect(later.when(seenTask(aTask('t', 6), at(0)))).toEqual([]);
    // A new task is told of after that, and is believed; so is what the sweep describes.
    expect(later.when(seenTask(aTask('new', 1), at(hour * 3)))).toHaveLength(1);
    const described = { kind: 'task', task: aTask('old', 1), from: 'describe', at: at(0) } as const;
    expect(later.when(described)).toHaveLength(1);
  });

  it('can be let go when ECS no longer knows it', () => {
    const known = given([seenTask(aTask('t', 4)), seenInstance(anInstance('a', 2))]);
    const gone = known.when(
      { kind: 'taskGone', taskArn: taskArn('t') },
      { kind: 'instanceGone', containerInstanceArn: instanceArn('a') },
      { kind: 'taskGone', taskArn: taskArn('never-seen') },
    );
    const { view } = from([...known.past, ...gone]);
    expect([view.tasks.size, view.instances.size, gone.length]).toEqual([0, 0, 2]);
  });
});
