import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { type ParkedCommand, parked } from '../../../domain/parking/parked.ts';
import type { Instant } from '../../../events/ids.ts';
import type { ParkedEvent } from '../../../events/parked.ts';

const at = (ms: number) => ms as Instant;
const park = (...ids: readonly string[]): ParkedCommand => ({
  type: 'ParkEvents',
  events: ids.map((parkedId) => ({
    parkedId,
    reason: 'Unparsable',
    remedy: 'send JSON',
    body: `{ ${parkedId}`,
  })),
  now: at(1),
});
const replay = (parkedId: string, outcome: string): ParkedCommand => ({
  type: 'RecordReplay',
  parkedId,
  outcome,
  now: at(2),
});

const having = (...commands: readonly ParkedCommand[]) => {
  const past: ParkedEvent[] = [];
  for (const command of commands) past.push(...parked.decide(command, fold(parked, past)));
  return { past, state: fold(parked, past) };
};

describe('what is parked', () => {
  it('is parked once, with its whole body', () => {
    const { past, state } = having(park('a', 'a', 'b'), park('b'));
    expect(past).toHaveLength(2);
    expect(state.entries.a).toMatchObject({ body: '{ a', parkedAt: 1 });
  });

  it('remembers its last replay, and the same outcome once', () => {
    const { past, state } = having(park('a'), replay('a', 'applied'), replay('a', 'applied'));
    expect(past).toHaveLength(2);
    expect(state.entries.a?.replayed).toEqual({ outcome: 'applied', replayedAt: 2 });
  });

  it('cannot be replayed when it is not there', () => {
    expect(() => having(replay('a', 'applied'))).toThrow(
      expect.objectContaining({ code: 'ParkedEventNotFound' }),
    );
  });

  it('is bounded: a flood lets the first ones go', () => {
    const { state } = having(park(...Array.from({ length: 1_005 }, (_, n) => `id-${n}`)));
    expect(Object.keys(state.entries)).toHaveLength(1_000);
    expect(state.entries).not.toHaveProperty('id-4');
    expect(state.entries).toHaveProperty('id-5');
  });
});
