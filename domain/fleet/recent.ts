import type { Instant } from '../../events/ids.ts';
import { isSame } from './sameRecord.ts';

/**
 * Something told about a service that carries no version: known by its event id, ordered by its own
 * moment.
 */
export type Told = { readonly eventId: string; readonly eventName: string; readonly at: Instant };

/** ECS repeats a steady state every few hours; twenty reach back over any deployment. */
const toldMax = 20;

/** Newest first; id and name break ties, so that the order of arrival does not matter. */
const newestFirst = (a: Told, b: Told): number =>
  b.at - a.at || descending(a.eventId, b.eventId) || descending(a.eventName, b.eventName);

const descending = (a: string, b: string): number => (a < b ? 1 : a > b ? -1 : 0);

/**
 * Not told before, and not older than all twenty that are remembered. A copy is the same
 * throughout, not in its id alone: AWS's own samples give one id to two events.
 */
export const isNews = <Entry extends Told>(known: readonly Entry[], told: Entry): boolean => {
  if (known.some((entry) => entry.eventId === told.eventId && isSame(entry, told))) return false;
  const oldest = known.at(-1);
  return known.length < toldMax || oldest === undefined || newestFirst(told, oldest) < 0;
};

/** The newest twenty, newest first. */
export const withTold = <Entry extends Told>(
  known: readonly Entry[],
  told: Entry,
): readonly Entry[] => [...known, told].sort(newestFirst).slice(0, toldMax);
