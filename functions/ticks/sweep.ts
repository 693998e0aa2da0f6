import { fleetShard } from '../../domain/fleet/fleetShard.ts';
import type { FleetView } from '../../domain/fleet/fleetView.ts';
import type { Observation } from '../../domain/fleet/observation.ts';
import { fleetStream } from '../../domain/fleet/shards.ts';
import type { ObservedTask } from '../../events/fleet.ts';
import type { ClusterArn, Instant } from '../../events/ids.ts';
import type { EcsGateway } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import type { FollowedViews } from '../../infra/views/views.ts';
import { observe, serviceNews } from '../observe.ts';
import { send } from '../send.ts';
import { type AskTools, askEc2 } from './askEc2.ts';

export type SweepTools = {
  readonly store: EventStore;
  readonly views: FollowedViews;
  readonly ecs: EcsGateway;
  readonly ec2: AskTools['ec2'];
  readonly now: () => Instant;
};

/**
 * A listing that lost more than this share since the last look is distrusted: an empty list is
 * never "all gone".
 */
const shrinkMax = 0.5;

/** Instances, and tasks, that are asked for by name in one sweep; the others come next time. */
const askedMax = 100;

/** ECS may answer MISSING for a task that it has only just made, for some minutes. */
const settledMs = 10 * 60_000;

export type SweepReport = {
  /** Facts that no event had told. */
  readonly news: number;
  /** Listings that were not believed, with the reason. */
  readonly distrusted: readonly string[];
};

/**
 * Lists and describes everything in one cluster, always, and takes in what events missed. Absence
 * proves nothing by itself: what is not listed is asked for by its ARN. ECS forgets a task about an
 * hour after it stopped, and an instance some time after it was deregistered (ECS API Reference,
 * DescribeTasks, DeregisterContainerInstance), and the event that told of it may be lost: so
 * MISSING is the end of a task that is not new, and of an instance whose agent was disconnected
 * before.
 */
export const sweep = async (tools: SweepTools, clusterName: string): Promise<SweepReport> => {
  const { store, views, ecs, now } = tools;
  const before = await views.catchUp(clusterName);
  const cluster = before.clusters.get(clusterName);
  if (cluster === undefined) return { news: 0, distrusted: [] };
  const view = before.fleet(clusterName);
  const instances = await ecs.listInstances(cluster.arn);
  const tasks = await ecs.listTasks(cluster.arn);
  const services = await ecs.listServices(cluster.arn, now());
  const seen: Observation[] = [
    ...instances.map((instance) => ({ kind: 'instance', instance, ...described(now()) }) as const),
    ...tasks.map((task) => ({ kind: 'task', task, ...described(now()) }) as const),
    ...serviceNews(view, services),
  ];
  const named = [...tasks, ...services].map(({ taskDefinitionArn }) => taskDefinitionArn);
  for (const arn of [...new Set(named)].toSorted()) {
    if (view.taskDefinitions.has(arn)) continue;
    seen.push({ kind: 'taskDefinition', taskDefinition: await ecs.describeTaskDefinition(arn) });
  }
  const absent = await findAbsent(tools, cluster.arn, view, {
    instances: new Set(instances.map((each) => each.containerInstanceArn)),
    tasks: new Set(tasks.map((each) => each.taskArn)),
  });
  const news = await observe(store, cluster, [...seen, ...absent.observations], now());
  await forgetStopped(tools, clusterName, cluster.shards);
  const asked = await askEc2(tools, await views.catchUp(clusterName), clusterName);
  const distrusted = [...absent.distrusted, ...asked.distrusted];
  return { news: news + asked.news, distrusted };
};

const described = (at: Instant) => ({ from: 'describe', at }) as const;

const findAbsent = async (
  { ecs, now }: SweepTools,
  clusterArn: ClusterArn,
  view: FleetView,
  listed: { readonly instances: ReadonlySet<string>; readonly tasks: ReadonlySet<string> },
): Promise<{
  readonly observations: readonly Observation[];
  readonly distrusted: readonly string[];
}> => {
  const missing = [...view.instances.keys()].filter((arn) => !listed.instances.has(arn));
  const observations: Observation[] = [];
  const ended = new Set<string>();
  const unknown: string[] = [];
  for (const arn of missing.slice(0, askedMax)) {
    const instance = await ecs.describeInstance(clusterArn, arn);
    if (instance === undefined) unknown.push(arn);
    else observations.push({ kind: 'instance', instance, ...described(now()) });
    if (instance?.status === 'INACTIVE') ended.add(arn);
  }
  if (missing.length - ended.size > view.instances.size * shrinkMax) {
    const distrust = `${missing.length} of ${view.instances.size} instances were not listed`;
    return { observations, distrusted: [distrust] };
  }
  for (const arn of unknown) {
    const known = view.instances.get(arn);
    if (known === undefined || known.agentConnected) continue;
    observations.push({ kind: 'instanceGone', containerInstanceArn: known.containerInstanceArn });
    ended.add(arn);
  }
  const unlisted = [...view.tasks.values()].filter(
    ({ taskArn, lastStatus }) => lastStatus !== 'STOPPED' && !listed.tasks.has(taskArn),
  );
  for (const { taskArn } of unlisted.filter((each) => ended.has(hostOf(each)))) {
    observations.push({ kind: 'taskGone', taskArn });
  }
  const doubtful = unlisted.filter((task) => {
    const host = hostOf(task);
    const isInDoubt = view.instances.has(host) && !listed.instances.has(host);
    return host !== '' && !isInDoubt && isSettled(task, now());
  });
  observations.push(...(await askAfter(doubtful.slice(0, askedMax), ecs, clusterArn, now())));
  return { observations, distrusted: [] };
};

const hostOf = (task: ObservedTask): string => task.containerInstanceArn ?? '';

const isSettled = ({ createdAt }: ObservedTask, now: Instant): boolean =>
  createdAt !== undefined && now - createdAt > settledMs;

const askAfter = async (
  tasks: readonly ObservedTask[],
  ecs: EcsGateway,
  clusterArn: ClusterArn,
  at: Instant,
): Promise<readonly Observation[]> => {
  if (tasks.length === 0) return [];
  const arns = tasks.map(({ taskArn }) => taskArn);
  const found = await ecs.describeTasks(clusterArn, arns);
  const there = new Set(found.map(({ taskArn }) => taskArn));
  return [
    ...found.map((task) => ({ kind: 'task', task, ...described(at) }) as const),
    ...arns
      .filter((taskArn) => !there.has(taskArn))
      .map((taskArn) => ({ kind: 'taskGone', taskArn }) as const),
  ];
};

const forgetStopped = async (
  { store, now }: SweepTools,
  clusterName: string,
  shards: number,
): Promise<void> => {
  for (let shard = 0; shard < shards; shard += 1) {
    const command = { type: 'ForgetStoppedTasks', now: now() } as const;
    await send(store, fleetShard, fleetStream(clusterName, shard), command, now());
  }
};
