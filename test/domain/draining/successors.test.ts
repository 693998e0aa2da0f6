import { describe, expect, it } from 'vitest';
import { planDrains } from '../../../domain/draining/planDrains.ts';
import type { ObservedInstance } from '../../../events/fleet.ts';
import { aFleet, anInstance, at, ec2Id, instanceArn } from '../../support/fleetBuilder.ts';
import { ledgerHolding } from '../rollout/rolloutBuilder.ts';
import { drainAfter, draining, sightOf, stepsOf, told } from './drainStory.ts';

const { drained } = told;
const holder = 'drain#shop/a';

describe('the successor of an instance that is gone', () => {
  const goneAt = (minute: number) => ({ type: 'DrainInstanceGone', data: { goneAt: at(minute) } });
  const past = [...draining({ andThen: 'terminate' }), drained, goneAt(12)] as const;
  const newcomer = (fields: Partial<ObservedInstance> = {}) =>
    aFleet({ instances: [anInstance('b'), anInstance('n', { registeredAt: at(11), ...fields })] });
  const steps = (view: ReturnType<typeof aFleet>, fields = {}) =>
    stepsOf(past as never, view, { now: at(20), ...fields });

  it('ends the drain', () =>
    expect(steps(newcomer())).toMatchObject([
      { type: 'EndDrain', outcome: 'gone', successorArn: instanceArn('n') },
    ]));
  it.each([
    ['was there before the drain began', { registeredAt: at(0) }],
    ['does not take tasks yet', { agentConnected: false }],
  ])('is none that %s', (_, fields) => expect(steps(newcomer(fields))).toEqual([]));
  it('is none that a rollout waits for, or that somebody disturbs', () => {
    const claimed = new Set([instanceArn('n')]);
    expect(steps(newcomer(), { claimed })).toEqual([]);
    const ledger = ledgerHolding({ leaseId: 'theirs', kind: 'instance', id: instanceArn('n') });
    expect(steps(newcomer(), { ledger })).toEqual([]);
  });
  it('is not waited for without end', () =>
    expect(steps(aFleet(), { now: at(53) })).toMatchObject([{ type: 'EndDrain' }]));
  it('comes for one of two', () => {
    const other = { containerInstanceArn: instanceArn('z'), ec2InstanceId: ec2Id('z') };
    const two = [
      drainAfter(past as never),
      drainAfter([...draining({ andThen: 'terminate', ...other }), goneAt(13)] as never),
    ];
    const plan = planDrains(two, sightOf(newcomer(), { now: at(20) }));
    expect(plan.proposals.map(({ stream }) => stream)).toEqual([holder]);
  });
});
