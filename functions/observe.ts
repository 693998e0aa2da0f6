import type { FleetView } from '../domain/fleet/fleetView.ts';
import type { Observation } from '../domain/fleet/observation.ts';
import { isSame } from '../domain/fleet/sameRecord.ts';
import type { AdoptedCluster } from '../domain/maintenance/cluster.ts';
import type { ObservedService } from '../events/fleet.ts';
import type { Instant } from '../events/ids.ts';
import type { EventStore } from '../infra/eventStore/eventStore.ts';
import { recordObservations } from './ingest/recordObservations.ts';

/**
 * Hands over what was described, not told by an event; says how many facts were news. Throws where
 * the store did not take them, for the tick to fail and come again.
 */
export const observe = async (
  store: EventStore,
  cluster: Pick<AdoptedCluster, 'name' | 'shards'>,
  observations: readonly Observation[],
  now: Instant,
): Promise<number> => {
  const texts = () => [String(now), ...observations.map((each) => JSON.stringify(each))];
  const results = await recordObservations({ store, now }, cluster, observations, texts);
  const failed = results.find(({ outcome }) => outcome === 'failed');
  if (failed !== undefined)
    throw new Error(`not recorded: ${'detail' in failed ? failed.detail : ''}`);
  return results.filter(({ outcome }) => outcome === 'applied').length;
};

/**
 * A service that was described again and is as it was is no fact: it is described every minute
 * while it deploys, and the record is kept for ever.
 */
export const serviceNews = (
  view: FleetView,
  services: readonly ObservedService[],
): readonly Observation[] =>
  services
    .filter((service) => {
      const known = view.services.get(service.serviceArn);
      if (known === undefined) return true;
      return !isSame({ ...known, describedAt: 0 }, { ...service, describedAt: 0 });
    })
    .map((service) => ({ kind: 'service', service }));
