import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { entriesOf } from '../../../domain/fleet/buckets.ts';
import { ec2Notices } from '../../../domain/fleet/ec2Notices.ts';
import { fleetView } from '../../../domain/fleet/fleetView.ts';
import type { Ec2Event } from '../../../events/fleet.ts';
import type { Ec2InstanceId } from '../../../events/ids.ts';
import { at } from './fleetBuilder.ts';

const idOf = (n: number) => `i-${n.toString(16).padStart(17, '0')}` as Ec2InstanceId;

const changed = (eventId: string, state: string, changedAt: number, n = 1): Ec2Event => ({
  type: 'Ec2StateChanged',
  data: { eventId, ec2InstanceId: idOf(n), state, changedAt: at(changedAt) },
});
const interrupted = (eventId: string, noticedAt: number): Ec2Event => ({
  type: 'InterruptionNoticed',
  data: { eventId, ec2InstanceId: idOf(1), action: 'terminate', noticedAt: at(noticedAt) },
});

const record = (past: readonly Ec2Event[], notices: readonly Ec2Event[]) =>
  ec2Notices.decide({ type: 'RecordNotices', notices }, fold(ec2Notices, past));

const noticesOf = (past: readonly Ec2Event[]) =>
  fleetView('shop', [], [fold(ec2Notices, past)]).notices.get(idOf(1));

describe('notices about EC2 instances', () => {
  it('are recorded once, and the later one of a kind stands', () => {
    const running = changed('e-2', 'running', 20);
    expect(record([running], [running, changed('e-1', 'pending', 10)])).toEqual([]);
    expect(record([running], [changed('e-3', 'stopping', 30)])).toHaveLength(1);
  });

  it('know a copy by its id though its moment is that of another arrival', () => {
    expect(record([interrupted('e-1', 10)], [interrupted('e-1', 99)])).toEqual([]);
  });

  it('follow the life of an instance within one second', () => {
    expect(record([changed('e-9', 'running', 10)], [changed('e-1', 'pending', 10)])).toEqual([]);
    expect(record([changed('e-9', 'pending', 10)], [changed('e-1', 'running', 10)])).toHaveLength(
      1,
    );
  });

  it('stand beside each other, one of each kind', () => {
    expect(noticesOf([interrupted('e-1', 10), changed('e-2', 'shutting-down', 20)])).toEqual({
      interruption: { eventId: 'e-1', at: 10, action: 'terminate' },
      state: { eventId: 'e-2', at: 20, state: 'shutting-down' },
    });
  });

  it('are kept for the 2,000 instances heard of last', () => {
    const many = Array.from({ length: 2_001 }, (_, n) =>
      changed(`e-${n}`, 'running', 5_000 - n, n),
    );
    const kept = entriesOf(fold(ec2Notices, many).byInstance).map(([id]) => id);
    expect(kept).toHaveLength(2_000);
    expect(kept).not.toContain(idOf(2_000));
  });

  it('come to the same in any order', () => {
    const states = fc.constantFrom('pending', 'running', 'stopping', 'stopped', 'terminated');
    const history = fc.uniqueArray(
      fc.record({ state: states, changedAt: fc.nat(3), id: fc.nat(99) }),
      {
        selector: ({ id }) => id,
      },
    );
    const told = (list: readonly { state: string; changedAt: number; id: number }[]) =>
      noticesOf(
        record(
          [],
          list.map(({ state, changedAt, id }) => changed(`e-${id}`, state, changedAt)),
        ),
      );
    fc.assert(
      fc.property(
        history.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(told([...shuffled, ...list])).toEqual(told(list));
        },
      ),
    );
  });
});
