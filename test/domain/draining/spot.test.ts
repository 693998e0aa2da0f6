import { describe, expect, it } from 'vitest';
import { drain } from '../../../domain/draining/drain.ts';
import type { DrainSight } from '../../../domain/draining/drainSight.ts';
import type { Drain } from '../../../domain/draining/drainState.ts';
import { planSpotDrains } from '../../../domain/draining/planSpotDrains.ts';
import type { Ec2Notices, FleetView } from '../../../domain/fleet/fleetView.ts';
import { interruptionOf } from '../../../domain/fleet/interruption.ts';
import type { ObservedInstance } from '../../../events/fleet.ts';
import { aFleet, anInstance, aTask, at, ec2Id, instanceArn } from '../../support/fleetBuilder.ts';
import { ledgerHolding } from '../rollout/rolloutBuilder.ts';
import { roomFor } from './drainBuilder.ts';
import {
  drainAfter,
  draining,
  passOver,
  sightOf,
  startDrain,
  stepsOf,
  told,
} from './drainStory.ts';

const { intended, drained } = told;

/** EC2 told at minute 10 that it takes `a` at minute 12. */
const notice = (fields: Partial<Ec2Notices> = {}): Ec2Notices => ({
  interruption: { eventId: 'n', at: at(10), action: 'terminate' },
  ...fields,
});
const withNotice = (
  fields: Partial<ObservedInstance> = {},
  noticed: Ec2Notices = notice(),
): FleetView => ({
  ...aFleet({
    instances: [anInstance('a', fields), roomFor('b', 9)],
    tasks: [aTask('t', { on: 'a' }), aTask('u', { on: 'b' })],
  }),
  notices: new Map([[ec2Id('a'), noticed]]),
});
const stop = notice({ interruption: { eventId: 'n', at: at(10), action: 'stop' } });
const hibernate = notice({ interruption: { eventId: 'n', at: at(10), action: 'hibernate' } });
const isDraining = { status: 'DRAINING', runningTasksCount: 1, pendingTasksCount: 0 } as const;

const started = (
  view: FleetView,
  drains: readonly Drain[] = [],
  fields: Partial<DrainSight> = {},
) => planSpotDrains(drains, sightOf(view, fields));

describe('an interruption', () => {
  const known = (noticed: Ec2Notices, minute: number) =>
    interruptionOf(withNotice({}, noticed), anInstance('a'), at(minute));

  it('is what EC2 announces two minutes before', () =>
    expect(known(notice(), 11)).toMatchObject({ action: 'terminate', takenAt: at(12) }));
  it('is none any more once EC2 has left it there', () => {
    expect(known(notice(), 22)).toBeDefined();
    expect(known(notice(), 23)).toBeUndefined();
  });
  it('is over when a stopped instance runs again', () => {
    const state = { eventId: 's', at: at(14), state: 'running' };
    expect(known({ ...stop, state }, 15)).toBeUndefined();
    expect(known({ ...stop, state: { ...state, at: at(1) } }, 15)).toBeDefined();
  });
  it('is not what a rebalance recommendation says: that may come for nothing', () =>
    expect(known({ rebalance: { eventId: 'r', at: at(10) } }, 11)).toBeUndefined());
});

describe('a Spot notice', () => {
  it('asks for a drain until EC2 takes the instance', () => {
    const [start, ...others] = started(withNotice());
    expect(others).toEqual([]);
    expect(start).toMatchObject({ reason: 'spot', deadlineAt: at(12), actor: 'tuesday' });
    expect(drain.decide(start ?? startDrain(), drain.initialState)).toMatchObject([
      { type: 'DrainIntended', data: { because: 'EC2 interrupts it: terminate' } },
    ]);
  });

  it.each([
    ['one that is DRAINING by someone else', withNotice({ status: 'DRAINING' })],
    ['one that hibernates', withNotice({}, hibernate)],
    ['one whose agent is away', withNotice({ agentConnected: false })],
    ['one that nobody takes', withNotice({}, {})],
  ])('asks for nothing of %s', (_what, view) => expect(started(view)).toEqual([]));

  it('comes too late once EC2 has taken it, and does nothing below drive', () => {
    expect(started(withNotice(), [], { now: at(12) })).toEqual([]);
    expect(started(withNotice(), [], { mode: 'advise' })).toEqual([]);
  });

  it('leaves to a rollout what the rollout replaces', () => {
    const ledger = ledgerHolding({ leaseId: 'theirs', kind: 'instance', id: instanceArn('a') });
    expect(started(withNotice(), [], { ledger })).toEqual([]);
  });

  it('is heeded once: what a person undoes stays undone', () => {
    const data = { outcome: 'calledOff', detail: 'mine', endedAt: at(11) } as const;
    const spot = intended({ reason: 'spot', intendedAt: at(10) });
    const undone = drainAfter([spot, { type: 'DrainEnded', data }]);
    expect(started(withNotice(), [undone])).toEqual([]);
    const before = drainAfter([
      intended(),
      { type: 'DrainEnded', data: { ...data, endedAt: at(1) } },
    ]);
    expect(started(withNotice(), [before])).toHaveLength(1);
  });

  it('hurries a drain that waits for something', () => {
    const closed = { ...sightOf(aFleet()).maintenance };
    const maintenance = { ...closed, own: closed.everything };
    const [held] = stepsOf([intended()], withNotice({}, {}), { maintenance });
    expect(held).toMatchObject({ type: 'HoldDrain' });
    const [proposal] = passOver([intended()], withNotice(), { maintenance }).proposals;
    expect(proposal).toMatchObject({ step: { type: 'BeginDrain' }, lease: { reason: 'spot' } });
  });
});

describe('the drain of a Spot notice', () => {
  const spot = { reason: 'spot', deadlineAt: at(12), intendedAt: at(10) } as const;

  it('is called off where it was not begun in time', () => {
    const [end] = stepsOf([intended(spot)], withNotice(), { now: at(12) });
    expect(end).toMatchObject({ type: 'EndDrain', outcome: 'calledOff' });
  });
  it('ends with its instance', () => {
    const gone = aFleet({ instances: [anInstance('b')] });
    const [end] = stepsOf(draining(spot), gone, { now: at(13) });
    expect(end).toMatchObject({ type: 'EndDrain', outcome: 'gone' });
  });
  it('is waited for while EC2 may only be slow, and then given back: it was not taken', () => {
    const view = withNotice(isDraining);
    expect(stepsOf(draining(spot), view, { now: at(21) })).toEqual([]);
    const [restore] = stepsOf(draining(spot), view, { now: at(22) });
    expect(restore).toMatchObject({ type: 'RestoreInstance' });
  });
  it('is given back likewise where it is empty, and the lease with it', () => {
    const empty = { ...isDraining, runningTasksCount: 0 };
    const view = { ...withNotice(empty, stop), tasks: new Map() };
    const past = [...draining(spot), drained];
    expect(stepsOf(past, view, { now: at(21) })).toEqual([]);
    expect(stepsOf(past, view, { now: at(22) })).toMatchObject([{ type: 'RestoreInstance' }]);
  });
});
