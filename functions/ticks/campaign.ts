import { defaultPolicy } from '../../domain/rollout/defaultPolicy.ts';
import { hasArrivedLate } from '../../domain/rollout/lateArrivals.ts';
import { isOvertaken, type Newest, newestTargets } from '../../domain/rollout/planCampaign.ts';
import { planRollout } from '../../domain/rollout/planRollout.ts';
import { whatIsLeft } from '../../domain/rollout/planSteps.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import { hasEnded, leasesOf, type Rollout } from '../../domain/rollout/rolloutState.ts';
import { type Instant, RolloutId } from '../../events/ids.ts';
import type { RolloutPolicy } from '../../events/rolloutPolicy.ts';
import type { Views } from '../../infra/views/views.ts';
import { send } from '../send.ts';
import { attempt, type ControlReport, type ControlTools, sightOf } from './controlTools.ts';

const actor = 'tuesday';

/**
 * Plans a rollout when releases have come to rest and something runs behind them, and starts it
 * where the policy says so and the cluster is driven. A campaign that newer releases have overtaken
 * is ended first, once nothing of it is under way; what one had given up on and can be had now gets
 * another. A channel that cannot be read is no reason to
 * plan and no reason to stop.
 */
export const advanceCampaign = async (
  tools: ControlTools,
  views: Views,
  clusterName: string,
): Promise<ControlReport> => {
  const cluster = views.clusters.get(clusterName);
  const newest = newestTargets(views.channels);
  const nothing = { written: 0, refused: [] };
  if (cluster === undefined || cluster.mode === 'observe' || newest === undefined) return nothing;
  const now = tools.now();
  const policy = cluster.policy ?? defaultPolicy;
  if (now - newest.publishedAt < policy.settleMs) return nothing;
  const last = lastOf(views, clusterName);
  const isAgain = last !== undefined && hasArrivedLate(last, views);
  if (last !== undefined && !isOvertaken(last.targets, newest) && !isAgain) {
    return start(tools, last, cluster.mode, policy, now);
  }
  if (last !== undefined && !hasEnded(last)) return supersede(tools, last, now);
  return plan(tools, views, { clusterName, newest, policy, now });
};

const lastOf = (views: Views, clusterName: string): Rollout | undefined =>
  [...views.rollouts.values()]
    .filter((each) => each.clusterName === clusterName)
    .toSorted((a, b) => a.plannedAt - b.plannedAt)
    .at(-1);

const start = async (
  { store }: ControlTools,
  last: Rollout,
  mode: string,
  policy: RolloutPolicy,
  now: Instant,
): Promise<ControlReport> => {
  const refused: string[] = [];
  if (last.status !== 'planned' || mode !== 'drive' || policy.start !== 'automatic') {
    return { written: 0, refused };
  }
  const command = { type: 'StartRollout', actor, now } as const;
  const stream = rolloutStream(last.rolloutId);
  const written = await attempt(() => send(store, rollout, stream, command, now), refused);
  return { written, refused };
};

const supersede = async (
  { store }: ControlTools,
  last: Rollout,
  now: Instant,
): Promise<ControlReport> => {
  const refused: string[] = [];
  if (leasesOf(last).length > 0) return { written: 0, refused };
  const stream = rolloutStream(last.rolloutId);
  const reason = 'newer releases have overtaken it';
  const left = whatIsLeft(last, last.heldNow);
  const command =
    last.status === 'running'
      ? ({ type: 'CompleteRollout', left, now } as const)
      : ({ type: 'AbortRollout', actor, reason, now } as const);
  const written = await attempt(() => send(store, rollout, stream, command, now), refused);
  return { written, refused };
};

const plan = async (
  tools: ControlTools,
  views: Views,
  {
    clusterName,
    newest,
    policy,
    now,
  }: {
    readonly clusterName: string;
    readonly newest: Newest;
    readonly policy: RolloutPolicy;
    readonly now: Instant;
  },
): Promise<ControlReport> => {
  const refused: string[] = [];
  const command = planRollout(sightOf(views, clusterName, tools, now), {
    rolloutId: rolloutIdFor(clusterName, newest.publishedAt, [...views.rollouts.keys()]),
    targets: newest.targets,
    emergency: newest.outOfBand && policy.outOfBandIsEmergency,
    policy,
    actor,
  });
  if (command.images.length + command.instances.length + command.services.length === 0) {
    return { written: 0, refused };
  }
  const stream = rolloutStream(command.rolloutId);
  const written = await attempt(() => send(tools.store, rollout, stream, command, now), refused);
  return { written, refused };
};

/** `rollout-<cluster>-2025-10-14`, and `-2`, `-3` when that day's name is taken. */
export const rolloutIdFor = (
  clusterName: string,
  publishedAt: Instant,
  taken: readonly string[],
): RolloutId => {
  const day = new Date(publishedAt).toISOString().slice(0, 10);
  const safe = clusterName
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 60);
  const name = `rollout-${safe}-${day}`;
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? name : `${name}-${count}`;
    if (!taken.includes(id)) return RolloutId.parse(id);
  }
};
