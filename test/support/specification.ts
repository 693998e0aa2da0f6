import { expect } from 'vitest';
import { type Decider, fold } from '../../domain/decider.ts';
import type { RefusalCode } from '../../domain/refusal.ts';

/** Reads aloud: given what happened, when this is asked, then this follows, or nothing, or no. */
export const specification = <State, Command, Event>(decider: Decider<State, Command, Event>) => ({
  given: (...past: readonly Event[]) => ({
    when: (command: Command) => {
      const decide = () => decider.decide(command, fold(decider, past));
      return {
        // biome-ignore lint/suspicious/noThenProperty: nobody awaits a specification
        then: (...expected: readonly Event[]) => expect(decide()).toEqual(expected),
        thenNothing: () => expect(decide()).toEqual([]),
        thenRefused: (code: RefusalCode) =>
          expect(decide).toThrow(expect.objectContaining({ name: 'Refusal', code })),
      };
    },
  }),
});

/**
 * What a decider answers: events, or the refusal that it threw. Anything else thrown is a bug and
 * passes through.
 */
export const answerOf = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  command: Command,
  state: State,
): readonly Event[] | { readonly refused: string } => {
  try {
    return decider.decide(command, state);
  } catch (error) {
    if (error instanceof Error && error.name === 'Refusal' && 'code' in error) {
      return { refused: String(error.code) };
    }
    throw error;
  }
};

/** Deciding twice writes once: asked the same again, a decider that wrote has nothing to add. */
export const expectSecondTimeQuiet = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  command: Command,
  state: State,
): State => {
  const first = answerOf(decider, command, state);
  if ('refused' in first) return state;
  const after = first.reduce(decider.evolve, state);
  if (first.length > 0) expect(answerOf(decider, command, after)).toEqual([]);
  return after;
};
