import { type FleetView, tasksOn } from '../../domain/fleet/fleetView.ts';
import type { Observation } from '../../domain/fleet/observation.ts';
import type { ObservedTask } from '../../events/fleet.ts';
import type { ClusterArn, Instant } from '../../events/ids.ts';
import { type Gateways, isGatewayError } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import type { FollowedViews } from '../../infra/views/views.ts';
import { observe } from '../observe.ts';

export type StopsTools = {
  readonly store: EventStore;
  readonly views: FollowedViews;
  readonly gateways: {
    readonly ecs: Pick<Gateways['ecs'], 'getTaskProtection'>;
    readonly loadBalancing: Pick<Gateways['loadBalancing'], 'readDeregistrationDelaySeconds'>;
  };
  readonly now: () => Instant;
};

export type StopsReport = {
  readonly news: number;
  /** What AWS did not answer for, each with the reason. */
  readonly unknown: readonly string[];
};

/** A target group takes a call of its own, and its delay hardly ever changes. */
const targetGroupsMax = 20;

/** A call takes a hundred tasks: twenty calls a sweep. */
const tasksMax = 2_000;

/** A turn is over after so long; the sweep comes as often. */
const turnMs = 5 * 60_000;

/**
 * Records what decides when and whether the tasks of one cluster stop: the deregistration delay of
 * the target groups of its services, and the protection of its tasks. Of more than it may ask for
 * it asks in turns, what was never read first. What AWS does not answer for stays as it was.
 */
export const observeStops = async (
  { store, views, gateways, now }: StopsTools,
  clusterName: string,
): Promise<StopsReport> => {
  const whole = await views.catchUp(clusterName);
  const cluster = whole.clusters.get(clusterName);
  if (cluster === undefined) return { news: 0, unknown: [] };
  const view = whole.fleet(clusterName);
  const unknown: string[] = [];
  const seen = [
    ...(await readDelays(gateways, view, now(), unknown)),
    ...(await readProtection(
      gateways,
      cluster.arn,
      inTurn(runningTasks(view), tasksMax, now()),
      unknown,
    )),
  ];
  if (seen.length === 0) return { news: 0, unknown };
  return { news: await observe(store, cluster, seen, now()), unknown };
};

/** Protection of the tasks on a few instances, asked for at once: their drain is at hand. */
export const observeProtectionOn = async (
  {
    store,
    views,
    gateways,
    now,
  }: Omit<StopsTools, 'gateways'> & {
    readonly gateways: Pick<StopsTools['gateways'], 'ecs'>;
  },
  clusterName: string,
  containerInstanceArns: readonly string[],
): Promise<StopsReport> => {
  const whole = await views.catchUp(clusterName);
  const cluster = whole.clusters.get(clusterName);
  const view = whole.fleet(clusterName);
  const tasks = containerInstanceArns.flatMap((arn) => tasksOn(view, arn)).filter(isOfService);
  if (cluster === undefined || tasks.length === 0) return { news: 0, unknown: [] };
  const unknown: string[] = [];
  const seen = await readProtection(gateways, cluster.arn, tasks.slice(0, tasksMax), unknown);
  return { news: await observe(store, cluster, seen, now()), unknown };
};

const isOfService = ({ group }: ObservedTask): boolean => group.startsWith('service:');

const runningTasks = ({ tasks }: FleetView): readonly ObservedTask[] =>
  [...tasks.values()].filter((task) => isOfService(task) && task.lastStatus === 'RUNNING');

/** The part of `all` whose turn it is: everything, where it is few enough. */
const inTurn = <Item>(all: readonly Item[], most: number, now: Instant): readonly Item[] => {
  const turns = Math.max(1, Math.ceil(all.length / most));
  const turn = Math.floor(now / turnMs) % turns;
  return all.slice(turn * most, (turn + 1) * most);
};

const readDelays = async (
  { loadBalancing }: StopsTools['gateways'],
  { services, deregistrationDelays }: FleetView,
  now: Instant,
  unknown: string[],
): Promise<readonly Observation[]> => {
  const named = [...services.values()].flatMap((each) => each.loadBalancing?.targetGroupArns ?? []);
  const all = [...new Set(named)].toSorted();
  const unread = all.filter((arn) => !deregistrationDelays.has(arn)).slice(0, targetGroupsMax);
  const others = all.filter((arn) => !unread.includes(arn));
  const asked = [...unread, ...inTurn(others, targetGroupsMax, now)].slice(0, targetGroupsMax);
  const seen: Observation[] = [];
  for (const targetGroupArn of asked) {
    const delay = await orUnknown(
      () => loadBalancing.readDeregistrationDelaySeconds(targetGroupArn),
      unknown,
    );
    if (delay === 'throttled') break;
    if (delay === undefined) continue;
    seen.push({ kind: 'targetGroup', targetGroupArn, deregistrationDelaySeconds: delay });
  }
  return seen;
};

const readProtection = async (
  { ecs }: Pick<StopsTools['gateways'], 'ecs'>,
  clusterArn: ClusterArn,
  tasks: readonly ObservedTask[],
  unknown: string[],
): Promise<readonly Observation[]> => {
  if (tasks.length === 0) return [];
  const byArn = new Map(tasks.map(({ taskArn }) => [taskArn as string, taskArn]));
  const found = await orUnknown(
    () => ecs.getTaskProtection(clusterArn, [...byArn.keys()]),
    unknown,
  );
  if (found === undefined || found === 'throttled') return [];
  return found.flatMap(({ taskArn: arn, protected: isProtected, expiresAt }) => {
    const taskArn = byArn.get(arn);
    if (taskArn === undefined) return [];
    const until = expiresAt === undefined ? {} : { expiresAt };
    return [{ kind: 'taskProtection', taskArn, protected: isProtected, ...until } as const];
  });
};

const orUnknown = async <Answer>(
  ask: () => Promise<Answer>,
  unknown: string[],
): Promise<Answer | 'throttled' | undefined> => {
  try {
    return await ask();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    unknown.push(`how tasks stop is not known: ${error.message}`);
    return error.kind === 'refused' ? undefined : 'throttled';
  }
};
