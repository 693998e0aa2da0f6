import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { type DesiredCommand, desiredCapacity } from '../../../domain/scaling/desiredCapacity.ts';
import type { DesiredEvent } from '../../../events/desired.ts';
import { EffectId } from '../../../events/ids.ts';
import type { Held } from '../../../events/rollout.ts';
import { at, instanceArn } from '../../support/fleetBuilder.ts';
import { specification } from '../../support/specification.ts';

const { given } = specification(desiredCapacity);
const effectId = EffectId.parse('scale-web');

const on: DesiredEvent = {
  type: 'ScalingPolicySet',
  data: { policy: { scaleOut: true, scaleIn: true }, actor: 'operator', setAt: at(0) },
};
const setPolicy = (scaleOut: boolean, scaleIn: boolean): DesiredCommand => ({
  type: 'SetScalingPolicy',
  policy: { scaleOut, scaleIn },
  actor: 'operator',
  now: at(0),
});

const growth = { groupName: 'web', from: 3, to: 5, forTasks: 2, forWave: 0, effectId };
const grow = (
  fields: Partial<Extract<DesiredCommand, { type: 'SetDesiredCapacity' }>> = {},
): DesiredCommand => ({
  type: 'SetDesiredCapacity',
  ...growth,
  group: { desiredCapacity: 3, minSize: 2, maxSize: 6 },
  now: at(5),
  ...fields,
});
const intended: DesiredEvent = {
  type: 'DesiredCapacityIntended',
  data: { ...growth, intendedAt: at(5) },
};

describe('the policy', () => {
  it('is off until an operator sets it', () => {
    expect(desiredCapacity.initialState.policy).toEqual({ scaleOut: false, scaleIn: false });
    given().when(setPolicy(true, true)).then(on);
  });

  it('set as it is, is no fact', () => {
    given(on).when(setPolicy(true, true)).thenNothing();
    given().when(setPolicy(false, false)).thenNothing();
  });
});

describe('a desired capacity', () => {
  it('is intended before it is set', () => {
    given(on).when(grow()).then(intended);
  });

  it('is not intended where the policy is off', () => {
    given().when(grow()).thenRefused('ScalingNotPossible');
  });

  it('is intended once, and one at a time for each group', () => {
    given(on, intended).when(grow()).thenNothing();
    const another = grow({ effectId: EffectId.parse('scale-web-again'), to: 6 });
    given(on, intended).when(another).thenRefused('ScalingNotPossible');
  });

  it('starts from what the group wants, and stays within its minimum and maximum', () => {
    const wants = (desiredCapacity: number) =>
      grow({ group: { desiredCapacity, minSize: 2, maxSize: 6 } });
    given(on).when(wants(4)).thenRefused('ScalingNotPossible');
    given(on)
      .when(grow({ to: 7 }))
      .thenRefused('ScalingNotPossible');
    given(on)
      .when(grow({ to: 1 }))
      .thenRefused('ScalingNotPossible');
    given(on)
      .when(grow({ to: 6 }))
      .then({
        type: 'DesiredCapacityIntended',
        data: { ...growth, to: 6, intendedAt: at(5) },
      });
  });

  it('that is already so is nothing to do', () => {
    given(on)
      .when(grow({ to: 3 }))
      .thenNothing();
  });

  const record = (failed?: { readonly reason: string; readonly held?: Held }): DesiredCommand => ({
    type: 'RecordOutcome',
    effectId,
    ...(failed && { failed }),
    now: at(6),
  });
  const set: DesiredEvent = { type: 'DesiredCapacitySet', data: { effectId, setAt: at(6) } };

  it('has one outcome', () => {
    given(on, intended).when(record()).then(set);
    given(on, intended, set).when(record()).thenNothing();
    given(on).when(record()).thenNothing();
  });

  it('that failed is told with the rule, and counts no longer as what was meant', () => {
    const held: Held = { subject: 'web', reason: 'DesiredCapacityConflict', detail: 'to 4' };
    const failed: DesiredEvent = {
      type: 'DesiredCapacityFailed',
      data: { effectId, reason: 'to 4', held, failedAt: at(6) },
    };
    given(on, intended)
      .when(record({ reason: 'to 4', held }))
      .then(failed);
    expect(fold(desiredCapacity, [on, intended]).meant).toMatchObject([{ desiredCapacity: 5 }]);
    expect(fold(desiredCapacity, [on, intended, failed])).toMatchObject({ meant: [], effects: {} });
  });

  it('is attempted by one executor at a time', () => {
    const attempt = (executor: string, minute: number): DesiredCommand => ({
      type: 'RecordAttempt',
      effectId,
      executor,
      now: at(minute),
    });
    const attempted: DesiredEvent = {
      type: 'DesiredCapacityAttempted',
      data: { effectId, executor: 'one', attemptedAt: at(6) },
    };
    given(on, intended).when(attempt('one', 6)).then(attempted);
    given(on, intended, attempted).when(attempt('two', 7)).thenNothing();
    given(on, intended, attempted)
      .when(attempt('two', 11))
      .then({
        type: 'DesiredCapacityAttempted',
        data: { effectId, executor: 'two', attemptedAt: at(11) },
      });
  });
});

describe('a decrement', () => {
  const step = { groupName: 'web', containerInstanceArn: instanceArn('a'), from: 3, to: 2 };
  const foreseen: DesiredEvent = {
    type: 'DecrementForeseen',
    data: { ...step, foreseenAt: at(5) },
  };

  it('is foreseen once for each instance', () => {
    const command: DesiredCommand = { type: 'ForeseeDecrement', ...step, now: at(5) };
    given(on).when(command).then(foreseen);
    given(on, foreseen)
      .when({ ...command, from: 2, to: 1, now: at(6) })
      .thenNothing();
    expect(fold(desiredCapacity, [foreseen]).meant).toMatchObject([{ desiredCapacity: 2 }]);
  });
});

describe('why not', () => {
  const held = (count: number, detail = 'now'): readonly Held[] =>
    Array.from({ length: count }, (_, index) => ({
      subject: `group-${index}`,
      reason: 'ScalingCooldown',
      detail,
    }));
  const hold = (all: readonly Held[]): DesiredCommand => ({
    type: 'HoldScaling',
    held: all,
    now: at(5),
  });
  const changed = (all: readonly Held[], heldCount: number): DesiredEvent => ({
    type: 'ScalingHoldsChanged',
    data: { held: all, heldCount, changedAt: at(5) },
  });

  it('is recorded when it changes, and not when only its sentences do', () => {
    given()
      .when(hold(held(2)))
      .then(changed(held(2), 2));
    given(changed(held(2), 2))
      .when(hold(held(2, 'a minute later')))
      .thenNothing();
    given(changed(held(2), 2))
      .when(hold([]))
      .then(changed([], 0));
    given().when(hold([])).thenNothing();
  });

  it('of a large cluster is told for the first fifty', () => {
    given()
      .when(hold(held(70)))
      .then(changed(held(50), 70));
  });
});
