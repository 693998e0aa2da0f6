import type { Observation } from '../domain/fleet/observation.ts';
import type { AdoptedCluster } from '../domain/maintenance/cluster.ts';
import type { Instant } from '../events/ids.ts';
import type { EventStore } from '../infra/eventStore/eventStore.ts';
import { recordObservations } from './ingest/recordObservations.ts';

/** Hands over what was described, not told by an event; says how many facts were news. */
export const observe = async (
  store: EventStore,
  cluster: Pick<AdoptedCluster, 'name' | 'shards'>,
  observations: readonly Observation[],
  now: Instant,
): Promise<number> => {
  const texts = [String(now), ...observations.map((each) => JSON.stringify(each))];
  const results = await recordObservations({ store, now }, cluster, observations, texts);
  return results.filter(({ outcome }) => outcome === 'applied').length;
};
