import { drainHolder } from '../../domain/draining/drain.ts';
import { type Drain, isUnderWay } from '../../domain/draining/drainState.ts';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import { hasEnded, leasesOf, type Rollout } from '../../domain/rollout/rolloutState.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { Views } from '../../infra/views/views.ts';

/** What is not as it ought to be once everything has come to rest; a sentence each. */
export const whatIsUnsettled = (world: World, views: Views): readonly string[] => [
  ...[...views.rollouts.values()].flatMap(unsettled),
  ...views.drains.flatMap(unended),
  ...Object.values(views.ledger(world.clusterName).leases).map(
    ({ leaseId, subject, holder }) => `rest: lease ${leaseId} on ${subject.id} by ${holder}`,
  ),
  ...differences(world, views),
];

const unended = (drain: Drain): readonly string[] => {
  if (!isUnderWay(drain)) return [];
  const held = drain.held.map(({ reason }) => reason).join(', ');
  return [`rest: ${drainHolder(drain)} is ${drain.status}${held && ` (${held})`}`];
};

const unsettled = (rollout: Rollout): readonly string[] => {
  const named = rolloutStream(rollout.rolloutId);
  const found: string[] = [];
  for (const effect of Object.values(rollout.effects)) {
    found.push(`rest: ${named}: open effect ${effect.kind} ${effect.effectId}`);
  }
  for (const leaseId of leasesOf(rollout)) found.push(`rest: ${named}: in hand ${leaseId}`);
  const waits = rollout.status === 'running' && rollout.heldNow.length > 0;
  if (!hasEnded(rollout) && !waits) found.push(`rest: ${named} is ${rollout.status}`);
  return found;
};

/** Where the view and the truth disagree, about what is there. */
const differences = (world: World, views: Views): readonly string[] => {
  const { clusterName } = world;
  const view = views.fleet(clusterName);
  const seenInstances = [...view.instances.values()].map(
    (each) => `${each.containerInstanceArn} ${each.status} ${each.agentConnected}`,
  );
  const trueInstances = Object.values(world.instances)
    .filter(({ status }) => status === 'ACTIVE' || status === 'DRAINING')
    .map((each) => `${each.arn} ${each.status} ${each.agentConnected}`);
  const seenTasks = [...view.tasks.values()]
    .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
    .map((task) => `${task.taskArn} ${task.lastStatus} ${task.containers[0]?.imageDigest}`);
  const trueTasks = Object.values(world.tasks)
    .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
    .map((task) => `${task.arn} ${task.lastStatus} ${task.containers[0]?.digest ?? undefined}`);
  return [
    ...apart('instance', seenInstances, trueInstances),
    ...apart('task', seenTasks, trueTasks),
  ];
};

const apart = (what: string, seen: readonly string[], real: readonly string[]) => {
  const [inView, inTruth] = [new Set(seen), new Set(real)];
  return [
    ...real.filter((each) => !inView.has(each)).map((each) => `rest: ${what} not seen: ${each}`),
    ...seen.filter((each) => !inTruth.has(each)).map((each) => `rest: ${what} not so: ${each}`),
  ];
};
