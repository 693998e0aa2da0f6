/** A state that this process has loaded or written, and what else is known where it stands. */
export type Remembered<Tail> = {
  readonly stateShape: string;
  readonly state: unknown;
  readonly version: number;
  readonly tail: Tail;
};

/** Streams remembered at once: the shards of a few clusters. The longest unused goes first. */
const streamsMax = 32;

/** The newest state of each stream that was worth remembering. States are never changed. */
export const rememberStates = <Tail>() => {
  const states = new Map<string, Remembered<Tail>>();
  return {
    of: (stream: string, stateShape: string): Remembered<Tail> | undefined => {
      const known = states.get(stream);
      if (known?.stateShape !== stateShape) return undefined;
      states.delete(stream);
      states.set(stream, known);
      return known;
    },
    /** Two loads may end in another order than they began: the later version stays. */
    keep: (stream: string, state: Remembered<Tail>): void => {
      const known = states.get(stream);
      const isOlder = known?.stateShape === state.stateShape && known.version > state.version;
      if (isOlder) return;
      states.delete(stream);
      states.set(stream, state);
      const oldest = states.keys().next();
      if (states.size > streamsMax && !oldest.done) states.delete(oldest.value);
    },
  };
};
