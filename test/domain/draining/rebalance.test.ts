import { describe, expect, it } from 'vitest';
import { planSpotDrains } from '../../../domain/draining/planSpotDrains.ts';
import type { Ec2Notices, FleetView } from '../../../domain/fleet/fleetView.ts';
import type { DisruptionReason } from '../../../events/disruption.ts';
import { aFleet, anInstance, at, ec2Id, instanceArn } from '../../support/fleetBuilder.ts';
import { ledgerHolding } from '../rollout/rolloutBuilder.ts';
import { roomFor } from './drainBuilder.ts';
import { drainAfter, draining, sightOf, stepsOf, told } from './drainStory.ts';

/** EC2 recommended at minute 10 to replace `a`. */
const view = (notices: Ec2Notices = {}): FleetView => ({
  ...aFleet({ instances: [anInstance('a'), roomFor('b', 9)] }),
  notices: new Map([[ec2Id('a'), { rebalance: { eventId: 'r', at: at(10) }, ...notices }]]),
});
const listing = (...reasons: readonly DisruptionReason[]) => {
  const ledger = ledgerHolding();
  const listed = reasons.map((reason) => ({ reason }));
  return { ...ledger, budget: { ...ledger.budget, reasons: listed } };
};
const started = (
  seen: FleetView,
  reasons: readonly DisruptionReason[],
  { minute = 11, past = [] as Parameters<typeof drainAfter>[0] } = {},
) => {
  const drains = past.length === 0 ? [] : [drainAfter(past)];
  return planSpotDrains(drains, sightOf(seen, { ledger: listing(...reasons), now: at(minute) }));
};

describe('a rebalance recommendation', () => {
  it('is heeded where the budget lists rebalancing, within two hours of it', () => {
    expect(started(view(), ['patch', 'rebalancing'])).toMatchObject([
      {
        containerInstanceArn: instanceArn('a'),
        reason: 'rebalancing',
        deadlineAt: at(130),
        atDeadline: 'restore',
      },
    ]);
    expect(started(view(), ['patch', 'manual'])).toEqual([]);
    expect(started(view(), ['rebalancing'], { minute: 130 })).toEqual([]);
  });

  it('starts one drain, and none again after that was called off', () => {
    const fields = { reason: 'rebalancing', intendedAt: at(11) } as const;
    const past = [told.intended(fields)];
    expect(started(view(), ['rebalancing'], { past })).toEqual([]);
    const ended = { outcome: 'calledOff', detail: 'undone', endedAt: at(12) } as const;
    const off = [...past, { type: 'DrainEnded', data: ended } as const];
    expect(started(view(), ['rebalancing'], { past: off, minute: 13 })).toEqual([]);
  });

  it('gives way to an interruption, which does not ask', () => {
    const interruption = { eventId: 'n', at: at(10), action: 'terminate' };
    expect(started(view({ interruption }), ['patch'])).toMatchObject([{ reason: 'spot' }]);
  });

  it('keeps the empty instance until its time is over, and then gives it back', () => {
    const fields = { reason: 'rebalancing', andThen: 'keepDrained', deadlineAt: at(130) } as const;
    const past = [...draining(fields), told.drained];
    const empty = {
      ...view(),
      instances: aFleet({ instances: [anInstance('a', { status: 'DRAINING' })] }).instances,
    };
    expect(stepsOf(past, empty, { now: at(129) })).toEqual([]);
    expect(stepsOf(past, empty, { now: at(130) })).toMatchObject([{ type: 'RestoreInstance' }]);
  });
});
