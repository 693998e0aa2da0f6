import { assert } from '../../domain/assert.ts';
import {
  forStore,
  type Place,
  parseStored,
  type StoredEvent,
  UnreadableEvent,
} from '../../events/catalogue.ts';

/** The events of one commit as JSON text. One that is not in the catalogue is a bug of ours. */
export const encodeEvents = (stream: string, events: readonly unknown[]): string => {
  assert(events.length > 0, `a commit to ${stream} holds at least one event`);
  const texts = events.map((event) => {
    const result = forStore(event);
    assert('stored' in result, `${stream} is never given ${'problem' in result && result.problem}`);
    return result.text;
  });
  return `[${texts.join()}]`;
};

/** Upcast and parsed. Throws `UnreadableEvent`, also for text that is not the JSON of a commit. */
export const decodeEvents = (text: string, place: Place): readonly StoredEvent[] => {
  const raws = readJson(text);
  if (!Array.isArray(raws)) throw new UnreadableEvent('a commit', place, 'is not a list of events');
  return raws.map((raw: unknown) => parseStored(raw, place));
};

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not a list, so this becomes an UnreadableEvent that says where
  }
};
