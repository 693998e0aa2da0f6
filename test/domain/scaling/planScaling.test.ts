import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { drain } from '../../../domain/draining/drain.ts';
import type { Drain } from '../../../domain/draining/drainState.ts';
import { desiredCapacity } from '../../../domain/scaling/desiredCapacity.ts';
import { planScaling } from '../../../domain/scaling/planScaling.ts';
import type { ScalingSight } from '../../../domain/scaling/scalingSight.ts';
import type { DesiredEvent } from '../../../events/desired.ts';
import type { DrainEvent } from '../../../events/drain.ts';
import { EffectId, type RolloutId } from '../../../events/ids.ts';
import type { Held } from '../../../events/rollout.ts';
import {
  aService,
  aTask,
  aTaskDefinition,
  at,
  ec2Id,
  instanceArn,
} from '../../support/fleetBuilder.ts';
import { draining, told } from '../draining/drainStory.ts';
import { plain, questionOf } from './capacityQuestions.ts';
import { waiting } from './scalingBuilder.ts';

const policyOf = (scaleOut: boolean, scaleIn: boolean): DesiredEvent => ({
  type: 'ScalingPolicySet',
  data: { policy: { scaleOut, scaleIn }, actor: 'operator', setAt: at(0) },
});
const both = policyOf(true, true);

const taskDefinitions = [aTaskDefinition('orders')];
const services = [aService('orders', { desiredCount: 1 })];

/** Three instances of a group that no provider has; `waits` tasks have no room. */
const sightOf = (
  waits: number,
  { past = [both], ...fields }: Partial<ScalingSight> & { past?: readonly DesiredEvent[] } = {},
): ScalingSight => {
  const { instances, capacity } = plain(['a', 'b', 'c']);
  const tasks = [aTask('t1', { on: 'a' }), ...waiting(waits)];
  const wanted = services.map((each) => ({ ...each, desiredCount: 1 + waits }));
  const { fleet, ledger, maintenance, now, osReserveMiB } = questionOf({
    instances,
    services: wanted,
    tasks,
    taskDefinitions,
  });
  return {
    fleet,
    capacity,
    ledger,
    maintenance,
    now,
    osReserveMiB,
    desired: fold(desiredCapacity, past),
    drains: [],
    rollouts: [],
    waves: [],
    mode: 'drive',
    ...fields,
  };
};

const aDrain = (...events: readonly DrainEvent[]): Drain => {
  const state = fold(drain, events);
  if (state.status === 'none') throw new Error('it was never asked for');
  return state;
};

const reasons = (sight: ScalingSight) => planScaling(sight).held.map(({ reason }) => reason);

describe('under the policy of the operator', () => {
  const many = 60;

  it('a group grows for tasks that wait, by an intent that names what it wants now', () => {
    const { sizes, drains } = planScaling(sightOf(many));
    expect(drains).toEqual([]);
    expect(sizes).toMatchObject([
      {
        type: 'SetDesiredCapacity',
        groupName: 'plain',
        from: 3,
        group: { desiredCapacity: 3, minSize: 2, maxSize: 10 },
      },
    ]);
  });

  it('nothing is done where that is off, and it is said so', () => {
    const sight = sightOf(many, { past: [policyOf(false, true)] });
    expect(planScaling(sight).sizes).toEqual([]);
    expect(reasons(sight)).toContain('ScalingOff');
  });

  it('an instance that is not needed is drained for scale-in, and ended', () => {
    const { sizes, drains } = planScaling(sightOf(0));
    expect(sizes).toEqual([]);
    expect(drains).toMatchObject([
      {
        type: 'StartDrain',
        reason: 'scaleIn',
        andThen: 'terminate',
        atDeadline: 'restore',
        standalone: { type: 'protect' },
        mode: 'drive',
      },
    ]);
  });

  it('none is drained where that is off', () => {
    const sight = sightOf(0, { past: [policyOf(true, false)] });
    expect(planScaling(sight).drains).toEqual([]);
    expect(reasons(sight)).toContain('ScalingOff');
  });
});

describe('the next wave of a rollout in place', () => {
  const rolloutId = 'rollout-october' as RolloutId;
  const full = (fields: Partial<ScalingSight> = {}): ScalingSight => {
    const sight = sightOf(0);
    const tasks = ['a', 'b', 'c'].flatMap((name) =>
      Array.from({ length: 14 }, (_, index) => aTask(`${name}${index}`, { on: name })),
    );
    const { fleet } = questionOf({
      instances: plain(['a', 'b', 'c']).instances,
      services: [aService('orders', { desiredCount: tasks.length })],
      tasks,
      taskDefinitions,
    });
    const instances = ['a', 'b', 'c'].map((name) => instanceArn(name));
    const waves = [{ rolloutId, instances, atOnce: 1, headroomMost: 1 }];
    return { ...sight, fleet, waves, rollouts: [{ rolloutId, groups: [] }], ...fields };
  };

  it('gets its headroom before it begins', () => {
    expect(planScaling(full()).sizes).toMatchObject([
      { type: 'SetDesiredCapacity', from: 3, to: 4, forTasks: 0, forWave: 1 },
    ]);
  });

  it('gets none where that is off, where it had it, or where the rollout sizes the group', () => {
    const off = full({ desired: fold(desiredCapacity, [policyOf(false, true)]) });
    expect([planScaling(off).sizes, reasons(off)]).toEqual([
      [],
      expect.arrayContaining(['ScalingOff']),
    ]);
    const waves = full().waves.map((each) => ({ ...each, headroomMost: 0 }));
    expect(planScaling(full({ waves })).sizes).toEqual([]);
    const surged = full({ rollouts: [{ rolloutId, groups: ['plain'] }] });
    expect([planScaling(surged).sizes, reasons(surged)]).toEqual([
      [],
      expect.arrayContaining(['RolloutUnderway']),
    ]);
  });
});

describe('a size that was not set', () => {
  const growth = { groupName: 'plain', from: 3, to: 5, forTasks: 2, forWave: 0 };
  const effectId = EffectId.parse('scale-plain');
  const failedAt = (minute: number, held?: Held): readonly DesiredEvent[] => [
    both,
    { type: 'DesiredCapacityIntended', data: { ...growth, effectId, intendedAt: at(minute) } },
    {
      type: 'DesiredCapacityFailed',
      data: { effectId, reason: 'no', ...(held && { held }), failedAt: at(minute) },
    },
  ];
  const held: Held = { subject: 'plain', reason: 'DesiredCapacityConflict', detail: 'to 4' };

  it('is held for a while with what stood against it, and meant again', () => {
    const sight = sightOf(60, { past: failedAt(50, held) });
    expect(planScaling(sight).sizes).toEqual([]);
    expect(planScaling(sight).held).toContainEqual(held);
    expect(planScaling(sightOf(60, { past: failedAt(45, held) })).sizes).toHaveLength(1);
  });

  it('because AWS refused it, says so', () => {
    expect(reasons(sightOf(60, { past: failedAt(50) }))).toContain('SizeRefused');
  });

  it('counts no longer once another one was', () => {
    const past = [
      ...failedAt(50, held),
      { type: 'DesiredCapacityIntended', data: { ...growth, effectId, intendedAt: at(51) } },
      { type: 'DesiredCapacitySet', data: { effectId, setAt: at(52) } },
    ] as const;
    expect(reasons(sightOf(60, { past }))).not.toContain('DesiredCapacityConflict');
  });
});

describe('a rollout', () => {
  const rollouts = [{ rolloutId: 'october', groups: ['plain'] }];

  it('keeps every instance while it lasts', () => {
    const sight = sightOf(0, { rollouts: [{ rolloutId: 'october', groups: [] }] });
    expect(planScaling(sight).drains).toEqual([]);
    expect(reasons(sight)).toContain('RolloutUnderway');
  });

  it('sets the size of a group that it surges, and nobody else does', () => {
    expect(planScaling(sightOf(60, { rollouts })).sizes).toEqual([]);
    const other = [{ rolloutId: 'october', groups: ['another'] }];
    expect(planScaling(sightOf(60, { rollouts: other })).sizes).toHaveLength(1);
  });
});

describe('scale-in', () => {
  const wish = { reason: 'scaleIn', andThen: 'terminate' } as const;

  it('begins no other while one waits for its lease', () => {
    const drains = [aDrain(told.intended(wish))];
    const sight = sightOf(0, { drains });
    expect(planScaling(sight).drains).toEqual([]);
    expect(reasons(sight)).toContain('StepLimit');
  });

  const drains = [aDrain(...draining(wish), told.drained)];
  const foreseen = {
    groupName: 'plain',
    containerInstanceArn: instanceArn('a'),
    from: 3,
    to: 2,
  };

  it('foresees the decrement before the drained instance is ended, once', () => {
    const [first] = planScaling(sightOf(0, { drains })).sizes;
    expect(first).toMatchObject({ type: 'ForeseeDecrement', ...foreseen });
    const past: DesiredEvent = {
      type: 'DecrementForeseen',
      data: { ...foreseen, foreseenAt: at(59) },
    };
    const types = planScaling(sightOf(0, { drains, past: [both, past] })).sizes;
    expect(types.map(({ type }) => type)).not.toContain('ForeseeDecrement');
  });

  it('of two foresees one after the other', () => {
    const second = aDrain(
      ...draining({ ...wish, containerInstanceArn: instanceArn('b'), ec2InstanceId: ec2Id('b') }),
      told.drained,
    );
    const steps = planScaling(sightOf(0, { drains: [...drains, second] })).sizes;
    expect(steps).toMatchObject([
      { from: 3, to: 2 },
      { from: 2, to: 1 },
    ]);
  });

  it('takes its own decrement for no one else’s', () => {
    const past: DesiredEvent = {
      type: 'DecrementForeseen',
      data: { ...foreseen, foreseenAt: at(40) },
    };
    const { capacity } = sightOf(0);
    const known = capacity.groups.plain;
    if (known === undefined) throw new Error('the group is known');
    const changed = { ...known, desiredChanges: [{ at: at(45), from: 4, to: 2 }] };
    const groups = { plain: { ...changed, group: { ...known.group, desiredCapacity: 2 } } };
    const seen = { capacity: { ...capacity, groups } };
    expect(reasons(sightOf(0, seen))).toContain('DesiredCapacityConflict');
    expect(reasons(sightOf(0, { ...seen, past: [both, past] }))).not.toContain(
      'DesiredCapacityConflict',
    );
  });
});
