import { type Decider, evolveAll } from '../../domain/decider.ts';
import type { Instant } from '../../events/ids.ts';
import { type EventStore, isVersionConflict } from './eventStore.ts';

const attemptsMax = 8;

/**
 * Reads, decides, appends. A conflict means read again and decide again; gives up after eight,
 * because by then something is wrong that a ninth try would hide. Returns what was appended, and
 * the state after it. `commitId` is the identity of this command: the same id given again after a
 * lost answer appends nothing twice. Where it is dear to make, it is made only once there is
 * something to append.
 */
export const handleCommand = async <State, Command, Event>(
  store: EventStore,
  decider: Decider<State, Command, Event>,
  stream: string,
  command: Command,
  { commitId, now }: { readonly commitId: string | (() => string); readonly now: Instant },
): Promise<{ readonly events: readonly Event[]; readonly state: State }> => {
  for (let attempt = 1; ; attempt += 1) {
    const { state, position } = await store.load(stream, decider);
    const events = decider.decide(command, state);
    if (events.length === 0) return { events, state };
    const next = evolveAll(decider, state, events);
    try {
      const snapshot = { stateShape: decider.stateShape, state: next };
      const id = typeof commitId === 'string' ? commitId : commitId();
      await store.append(position, { commitId: id, at: now, events, snapshot });
      return { events, state: next };
    } catch (error) {
      if (!isVersionConflict(error) || attempt === attemptsMax) throw error;
    }
  }
};
