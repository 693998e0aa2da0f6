import { drain, drainHolder } from '../../domain/draining/drain.ts';
import { hasEnded, type Rollout } from '../../domain/rollout/rolloutState.ts';
import type { Sight } from '../../domain/rollout/sight.ts';
import type { WaveToCome } from '../../domain/scaling/capacityQuestion.ts';
import { desiredCapacity } from '../../domain/scaling/desiredCapacity.ts';
import { desiredStream } from '../../domain/scaling/evolveDesired.ts';
import { planScaling } from '../../domain/scaling/planScaling.ts';
import type { ScalingSight } from '../../domain/scaling/scalingSight.ts';
import { waveToCome } from '../../domain/scaling/waveToCome.ts';
import type { Instant } from '../../events/ids.ts';
import type { Views } from '../../infra/views/views.ts';
import { allOf, type ControlReport, type ControlTools, sendEach, sightOf } from './controlTools.ts';

/** The cluster as the planner of sizes looks at it. */
export const scalingSight = (
  views: Views,
  clusterName: string,
  tools: Pick<ControlTools, 'osReserveMiB'>,
  now: Instant,
  asked?: Pick<Sight, 'alarms' | 'amisAvailable'>,
): ScalingSight => ({
  fleet: {
    view: views.fleet(clusterName),
    amis: views.amis,
    channels: views.channels,
    images: views.images,
  },
  capacity: views.capacity(clusterName),
  desired: views.desired(clusterName),
  ledger: views.ledger(clusterName),
  maintenance: views.maintenance(clusterName),
  drains: views.drains.filter((each) => each.clusterName === clusterName),
  rollouts: [...views.rollouts.values()]
    .filter((each) => each.clusterName === clusterName && !hasEnded(each))
    .map(({ rolloutId, groups }) => ({ rolloutId, groups: surgedIn(groups) })),
  waves: wavesOf(views, sightOf(views, clusterName, tools, now, asked)),
  mode: views.clusters.get(clusterName)?.mode ?? 'observe',
  osReserveMiB: tools.osReserveMiB,
  now,
});

const wavesOf = (views: Views, sight: Sight): readonly WaveToCome[] => {
  const { clusterName } = sight.view;
  return [...views.rollouts.values()]
    .filter((each) => each.clusterName === clusterName)
    .flatMap((each) => waveToCome(each, sight, views.desired(clusterName)) ?? []);
};

/** Those that were asked for more: of others a rollout has changed the launch template alone. */
const surgedIn = (groups: Rollout['groups']): readonly string[] =>
  Object.keys(groups).filter((name) => (groups[name]?.surges ?? 0) > 0);

/**
 * Carries out what the plan of sizes says, where the operator has switched that on and the cluster
 * is driven. Everywhere else it is a plan, which `tuesday capacity` shows.
 */
export const scale = async (
  tools: ControlTools,
  views: Views,
  clusterName: string,
  asked: Pick<Sight, 'alarms' | 'amisAvailable'>,
): Promise<ControlReport> => {
  const { store } = tools;
  const now = tools.now();
  const { policy } = views.desired(clusterName);
  const isDriven = views.clusters.get(clusterName)?.mode === 'drive';
  if (!isDriven || !(policy.scaleOut || policy.scaleIn)) return { written: 0, refused: [] };
  const sight = scalingSight(views, clusterName, tools, now, asked);
  const { sizes, drains, held } = planScaling(sight);
  const commands = [...sizes, { type: 'HoldScaling', held, now } as const];
  const reports = [
    await sendEach(store, desiredCapacity, desiredStream(clusterName), commands, now),
  ];
  for (const command of drains) {
    reports.push(await sendEach(store, drain, drainHolder(command), [command], now));
  }
  return allOf(reports);
};
