import type { Readings } from '../telemetry.ts';
import type { IngestResult } from './ingestResult.ts';

/** Reasons to park an event that say nothing against it: it is about something not watched. */
const ofOthers: ReadonlySet<string> = new Set([
  'ClusterNotAdopted',
  'AccountNotWatched',
  'RegionNotWatched',
]);

/** What a batch says about the intake. What the store did not take comes again, and counts then. */
export const intakeReadings = (results: readonly IngestResult[]): Readings => {
  const parked = results.filter((result) => result.outcome === 'parked');
  const eventsOfOthers = parked.filter(({ reason }) => ofOthers.has(reason)).length;
  return {
    eventsTaken: results.filter(({ outcome }) => outcome !== 'failed').length,
    eventsParked: parked.length - eventsOfOthers,
    eventsOfOthers,
  };
};
