/** Guards one stream. Both functions are pure: no clock, no chance, no waiting. */
export type Decider<State, Command, Event> = {
  /**
   * Names the shape of `State`; a stored state under another name is not trusted and folded again.
   */
  readonly stateShape: string;
  readonly initialState: State;
  readonly decide: (command: Command, state: State) => readonly Event[];
  readonly evolve: (state: State, event: Event) => State;
  /** What `evolve` comes to over several events, where copying the state for each would be dear. */
  readonly evolveAll?: (state: State, events: readonly Event[]) => State;
};

/** The state after `events`, which follow one another. */
export const evolveAll = <State, Event>(
  decider: Pick<Decider<State, never, Event>, 'evolve' | 'evolveAll'>,
  state: State,
  events: readonly Event[],
): State => decider.evolveAll?.(state, events) ?? events.reduce(decider.evolve, state);

export const fold = <State, Command, Event>(
  decider: Pick<Decider<State, Command, Event>, 'initialState' | 'evolve'>,
  events: readonly Event[],
): State => events.reduce(decider.evolve, decider.initialState);
