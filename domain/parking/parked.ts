import type { Instant } from '../../events/ids.ts';
import type { ParkedEvent, ParkedReason } from '../../events/parked.ts';
import type { Decider } from '../decider.ts';
import { Refusal } from '../refusal.ts';

/** What could not be handled, kept whole until someone looks at it. One stream a day. */
export type ParkedEntry = {
  readonly parkedId: string;
  readonly reason: ParkedReason;
  readonly remedy: string;
  readonly body: string;
  readonly parkedAt: Instant;
  /** The newest attempt to handle it after all. */
  readonly replayed?: { readonly outcome: string; readonly replayedAt: Instant };
};

export type ParkedState = { readonly entries: Readonly<Record<string, ParkedEntry>> };

export type ParkEvents = {
  readonly type: 'ParkEvents';
  readonly events: readonly Omit<ParkedEntry, 'parkedAt' | 'replayed'>[];
  readonly now: Instant;
};

export type RecordReplay = {
  readonly type: 'RecordReplay';
  readonly parkedId: string;
  readonly outcome: string;
  readonly now: Instant;
};

export type ParkedCommand = ParkEvents | RecordReplay;

/** A flood must not grow the state without end; the facts of those let go stay in the record. */
const entriesMax = 1_000;

export const parkedStream = (utcDay: string): string => `parked#${utcDay}`;

const decide = (command: ParkedCommand, state: ParkedState): readonly ParkedEvent[] => {
  switch (command.type) {
    case 'ParkEvents':
      return park(command, state);
    case 'RecordReplay':
      return recordReplay(command, state);
    default:
      return command satisfies never;
  }
};

/** The same body is parked once, however often it comes that day. */
const park = ({ events, now }: ParkEvents, { entries }: ParkedState): readonly ParkedEvent[] => {
  const news = new Map(events.map((event) => [event.parkedId, event]));
  return [...news.values()]
    .filter(({ parkedId }) => !Object.hasOwn(entries, parkedId))
    .map((event) => ({ type: 'EventParked', data: { ...event, parkedAt: now } }));
};

const recordReplay = (
  { parkedId, outcome, now }: RecordReplay,
  { entries }: ParkedState,
): readonly ParkedEvent[] => {
  const entry = entries[parkedId];
  if (entry === undefined) {
    throw new Refusal('ParkedEventNotFound', `no event ${parkedId} is parked on that day`);
  }
  if (entry.replayed?.outcome === outcome) return [];
  return [{ type: 'ParkedEventReplayed', data: { parkedId, outcome, replayedAt: now } }];
};

const evolve = (state: ParkedState, event: ParkedEvent): ParkedState => {
  switch (event.type) {
    case 'EventParked':
      return { entries: newest({ ...state.entries, [event.data.parkedId]: event.data }) };
    case 'ParkedEventReplayed': {
      const { parkedId, outcome, replayedAt } = event.data;
      const entry = state.entries[parkedId];
      if (entry === undefined) return state;
      const replayed = { ...entry, replayed: { outcome, replayedAt } };
      return { entries: { ...state.entries, [parkedId]: replayed } };
    }
    default:
      return event satisfies never;
  }
};

/** Parked first, let go first. */
const newest = (entries: ParkedState['entries']): ParkedState['entries'] => {
  const ids = Object.keys(entries);
  if (ids.length <= entriesMax) return entries;
  return Object.fromEntries(Object.entries(entries).slice(-entriesMax));
};

export const parked: Decider<ParkedState, ParkedCommand, ParkedEvent> = {
  stateShape: 'parked/1',
  initialState: { entries: {} },
  decide,
  evolve,
};
