/** A service with alike tasks, some of them on instances that are to be emptied. */
export type TinyService = {
  readonly desired: number;
  readonly minimumPercent: number;
  readonly maximumPercent: number;
  /** Running tasks on the instances. */
  readonly leaving: number;
  /** Running tasks elsewhere. */
  readonly staying: number;
};

/**
 * Whether any order of single stops and starts gets every task away, with room for `slots` more
 * tasks elsewhere: all of them are tried. Written from the words of the ECS Developer Guide alone.
 */
export const orderExists = (services: readonly TinyService[], slots: number): boolean => {
  const seen = new Set<string>();
  const reach = (state: readonly (readonly [stopped: number, started: number])[]): boolean => {
    const key = JSON.stringify(state);
    if (seen.has(key)) return false;
    seen.add(key);
    if (services.every(({ leaving }, place) => state[place]?.[0] === leaving)) return true;
    const used = state.reduce((sum, [, started]) => sum + started, 0);
    return services.some((service, place) => {
      const [stopped = 0, started = 0] = state[place] ?? [];
      const { desired, minimumPercent, maximumPercent, leaving, staying } = service;
      const now = staying + leaving - stopped + started;
      const mayStop = stopped < leaving && now - 1 >= Math.ceil((desired * minimumPercent) / 100);
      const mayStart =
        used < slots &&
        staying + started < desired &&
        now + 1 <= Math.floor((desired * maximumPercent) / 100);
      const after = (change: readonly [number, number]) =>
        reach(state.map((each, other) => (other === place ? change : each)));
      return (
        (mayStop && after([stopped + 1, started])) || (mayStart && after([stopped, started + 1]))
      );
    });
  };
  return reach(services.map(() => [0, 0]));
};
