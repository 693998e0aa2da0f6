/** Guards one stream. Both functions are pure: no clock, no chance, no waiting. */
export type Decider<State, Command, Event> = {
  /**
   * Names the shape of `State`; a stored state under another name is not trusted and folded again.
   */
  readonly stateShape: string;
  readonly initialState: State;
  readonly decide: (command: Command, state: State) => readonly Event[];
  readonly evolve: (state: State, event: Event) => State;
};

export const fold = <State, Command, Event>(
  decider: Pick<Decider<State, Command, Event>, 'initialState' | 'evolve'>,
  events: readonly Event[],
): State => events.reduce(decider.evolve, decider.initialState);
