import { exposureOf } from '../../domain/patching/exposure.ts';
import { hasEnded } from '../../domain/rollout/rolloutState.ts';
import type { Instant } from '../../events/ids.ts';
import type { Views } from '../../infra/views/views.ts';
import type { Readings } from '../telemetry.ts';

type Intent = { readonly intendedAt: Instant };

/** How one cluster stands at this moment, as numbers to watch. */
export const fleetReadings = (views: Views, clusterName: string, now: Instant): Readings => {
  const { channels, amis, images } = views;
  const view = views.fleet(clusterName);
  const { tasks, instances, cluster } = exposureOf({ view, channels, amis, images, now });
  const hours = [...tasks, ...instances].map(({ standing }) =>
    standing.status === 'behind' ? standing.hoursBehind : 0,
  );
  const all = [...views.rollouts.values()].filter((each) => each.clusterName === clusterName);
  const rollouts = all.filter((each) => !hasEnded(each));
  // An aborted one may still have to hand back what it was draining.
  const effects = [
    ...all.flatMap((each): readonly Intent[] => Object.values(each.effects)),
    ...Object.values(views.enforcement(clusterName).effects),
  ];
  const oldest = Math.min(now, ...effects.map(({ intendedAt }) => intendedAt));
  return {
    exposureHours: hours.reduce((sum, each) => sum + each, 0),
    longestBehindHours: cluster.hoursBehind?.max ?? 0,
    tasksBehind: cluster.tasks.behind,
    instancesBehind: cluster.instances.behind,
    unknownStandings: cluster.tasks.unknown + cluster.instances.unknown,
    leasesHeld: Object.keys(views.ledger(clusterName).leases).length,
    itemsHeld: rollouts.reduce((sum, { heldNow }) => sum + heldNow.length, 0),
    rolloutsRunning: rollouts.filter(({ status }) => status === 'running').length,
    rolloutsHalted: rollouts.filter(({ status }) => status === 'halted').length,
    effectsOpen: effects.length,
    oldestEffectAgeSeconds: (now - oldest) / 1_000,
  };
};

/** What is about no cluster. */
export const recordReadings = ({ channels }: Pick<Views, 'channels'>): Readings => ({
  channelsUnreadable: channels.filter(({ unreadable }) => unreadable !== undefined).length,
});
