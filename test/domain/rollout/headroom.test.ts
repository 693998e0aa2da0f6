import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import { desiredCapacity } from '../../../domain/scaling/desiredCapacity.ts';
import { waveToCome } from '../../../domain/scaling/waveToCome.ts';
import type { DesiredEvent } from '../../../events/desired.ts';
import { EffectId } from '../../../events/ids.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  at,
  ec2Id,
  instanceArn,
} from '../../support/fleetBuilder.ts';
import { aGroup, capacityOf } from '../scaling/scalingBuilder.ts';
import { aSight, happened, rolloutAfter } from './rolloutBuilder.ts';

const { started, paused, learnt } = happened;
const small = { cpu: 8192, memoryMiB: 6_200, tcpPorts: [], udpPorts: [] };
const sized = (name: string, minute = 0) =>
  anInstance(name, { registered: small, remaining: small, registeredAt: at(minute) });

const policy = (scaleOut: boolean): DesiredEvent => ({
  type: 'ScalingPolicySet',
  data: { policy: { scaleOut, scaleIn: true }, actor: 'operator', setAt: at(0) },
});
const effectId = EffectId.parse('scale-web');
const intended = (minute: number): DesiredEvent => ({
  type: 'DesiredCapacityIntended',
  data: {
    ...{ groupName: 'web', from: 1, to: 2, forTasks: 0, forWave: 1 },
    ...{ effectId, intendedAt: at(minute) },
  },
});
const failed: DesiredEvent = {
  type: 'DesiredCapacityFailed',
  data: { effectId, reason: 'no', failedAt: at(9) },
};

const full = (...names: readonly string[]) =>
  aFleet({
    instances: names.map((name) => sized(name)),
    tasks: names.flatMap((name) => [
      aTask(`${name}1`, { on: name }),
      aTask(`${name}2`, { on: name }),
    ]),
    services: [aService('orders', { desiredCount: 2 * names.length, minimumHealthyPercent: 0 })],
  });
const ongoing = rolloutAfter({ instances: ['a'] }, started(), learnt());

/** One full instance in a group that may grow; what Tuesday has asked of it so far. */
const sightAfter = (past: readonly DesiredEvent[], now = at(10)) =>
  aSight({
    view: full('a'),
    capacity: capacityOf([], [aGroup('web', { has: ['a'] })]),
    sizes: fold(desiredCapacity, past),
    now,
  });

const holdOf = (past: readonly DesiredEvent[], now = at(10)) =>
  planSteps(ongoing, sightAfter(past, now)).holds[0];

describe('a rollout in place that finds no room', () => {
  it('waits for the headroom that is on its way, and names it', () => {
    const hold = holdOf([policy(true), intended(9)]);
    expect(hold).toMatchObject({ reason: 'CapacityComing', lasting: false });
    expect(hold?.detail).toMatch(/^web launches 1 as headroom; until then: .*task/);
  });

  it('does not wait by that name for what was not set, nor for ever', () => {
    expect(holdOf([policy(true), intended(8), failed])?.reason).toBe('NoCapacity');
    expect(holdOf([policy(true), intended(9)], at(9 + 61))?.reason).toBe('NoCapacity');
  });

  it('says what it said before where the operator has scale-out off', () => {
    const hold = holdOf([policy(false)]);
    expect(hold?.reason).toBe('NoCapacity');
    expect(hold?.detail).not.toContain('headroom');
  });

  it('says why there is no headroom', () => {
    const subject = ongoing.rolloutId;
    const held = [{ subject, reason: 'AtMaximumSize' as const, detail: 'its next wave' }];
    const data = { held, heldCount: 1, changedAt: at(9) };
    const hold = holdOf([policy(true), { type: 'ScalingHoldsChanged', data }]);
    expect(hold?.detail).toMatch(/no headroom for it: AtMaximumSize$/);
  });

  it('drains once the headroom has registered', () => {
    const sight = sightAfter([policy(true), intended(8)]);
    const view = { ...full('a') };
    const instances = new Map([...view.instances, [instanceArn('n'), sized('n', 9)]]);
    const capacity = capacityOf([], [aGroup('web', { has: ['a', 'n'], inService: [ec2Id('a')] })]);
    const { proposals } = planSteps(ongoing, { ...sight, view: { ...view, instances }, capacity });
    expect(proposals.map(({ step }) => step.type)).toContain('DrainInstance');
  });
});

describe('the wave that headroom is for', () => {
  const waveOf = (past: readonly DesiredEvent[], rollout = ongoing) => {
    const sight = sightAfter(past);
    return waveToCome(rollout, sight, fold(desiredCapacity, past));
  };

  it('is what the ledger would lease', () => {
    expect(waveOf([policy(true)])).toEqual({
      rolloutId: ongoing.rolloutId,
      instances: [instanceArn('a')],
      atOnce: 1,
      headroomMost: 1,
    });
  });

  it('has what was launched for the rollout already, but for what was not set', () => {
    expect(waveOf([policy(true), intended(9)])?.headroomMost).toBe(0);
    expect(waveOf([policy(true), intended(8), failed])?.headroomMost).toBe(1);
    const later = rolloutAfter({ instances: ['a'] }, started(5), learnt());
    expect(waveOf([policy(true), intended(4)], later)?.headroomMost).toBe(1);
  });

  it('does not come of a rollout that surges, waits for its AMI, or does not run', () => {
    const surging = { ...ongoing, policy: { ...ongoing.policy, replacement: 'surge' as const } };
    expect(waveOf([], surging)).toBeUndefined();
    expect(waveOf([], rolloutAfter({ instances: ['a'] }, started()))).toBeUndefined();
    expect(
      waveOf([], rolloutAfter({ instances: ['a'] }, started(), learnt(), paused())),
    ).toBeUndefined();
  });
});
