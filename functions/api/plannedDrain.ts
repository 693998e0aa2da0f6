import { createHash } from 'node:crypto';
import type { DrainPlan } from '../../domain/draining/drainPlan.ts';
import type { DrainQuestion } from '../../domain/draining/drainQuestion.ts';
import { type Drain, isUnderWay, isUntried } from '../../domain/draining/drainState.ts';
import { planDrain } from '../../domain/draining/planDrain.ts';
import { osReserveDefaultMiB } from '../../domain/fleet/capacity.ts';
import { inHand, isUntriedDrain, type Rollout } from '../../domain/rollout/rolloutState.ts';
import type { ContainerInstanceArn, Instant } from '../../events/ids.ts';
import type { ClusterSight } from './sight.ts';

type Asked = Pick<DrainQuestion, 'instances' | 'standalone' | 'lastHealthyTask'>;

/** What happens if these instances are drained now, and the token of that answer. */
export const plannedDrain = (
  { view, views, cluster }: ClusterSight,
  asked: Asked,
  now: Instant,
): { readonly plan: DrainPlan; readonly planToken: string } => {
  const { amis, channels, images } = views;
  const plan = planDrain({
    fleet: { view, amis, channels, images },
    osReserveMiB: osReserveDefaultMiB,
    now,
    ...asked,
    drainedByUs: drainedByUs(
      [...views.rollouts.values()].filter(({ clusterName }) => clusterName === cluster.name),
      views.drains.filter(({ clusterName }) => clusterName === cluster.name),
    ),
  });
  return { plan, planToken: tokenOf(plan, asked) };
};

/**
 * Another token: another task is on the instances, or something else becomes of one, or stands
 * against it. Where ECS may put a replacement, and how long that takes, changes from minute to
 * minute in a busy fleet, and is no part of it.
 */
const tokenOf = ({ verdict, tasks, blockers }: DrainPlan, asked: Asked): string => {
  const fates = tasks.map((fate) => [fate.taskArn, fate.outcome]);
  const against = blockers.map(({ containerInstanceArn, taskArn, serviceName, reason }) =>
    [containerInstanceArn, taskArn, serviceName, reason].join(),
  );
  const { instances, standalone, lastHealthyTask } = asked;
  const names = [instances.toSorted(), standalone, lastHealthyTask];
  const content = JSON.stringify([names, verdict, fates, against.toSorted()]);
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
};

/** A drain that no executor has begun is not ours: if it is DRAINING, someone else did that. */
const drainedByUs = (
  rollouts: readonly Rollout[],
  drains: readonly Drain[],
): ReadonlySet<string> => {
  const ofRollouts = rollouts.flatMap((rollout) =>
    inHand(rollout).instances.filter(
      ({ containerInstanceArn }) => !isUntriedDrain(rollout, containerInstanceArn),
    ),
  );
  const ofOthers = drains.filter(
    (each) => isUnderWay(each) && each.status !== 'waiting' && !isUntried(each),
  );
  return new Set([...ofRollouts, ...ofOthers].map((each) => each.containerInstanceArn));
};

/** The rollout that disturbs the instance now. */
export const rolloutOn = (
  { views, cluster }: ClusterSight,
  containerInstanceArn: ContainerInstanceArn,
): Rollout | undefined =>
  [...views.rollouts.values()].find(
    (each) =>
      each.clusterName === cluster.name &&
      inHand(each).instances.some((item) => item.containerInstanceArn === containerInstanceArn),
  );
