import type { FleetEvent, ObservedTask } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import type { Decider } from '../decider.ts';
import { type Own, valueIn, valuesOf } from './buckets.ts';
import { evolveFleetShard } from './evolveFleetShard.ts';
import { emptyShard, type FleetShardState } from './fleetShardState.ts';
import { inOrder, type Observation } from './observation.ts';
import { observeInstance } from './observeInstance.ts';
import { observeProtection, observeTargetGroup } from './observeStops.ts';
import { isNews } from './recent.ts';
import { buriedVersion, mayBeDropped } from './tombstones.ts';

export type { FleetShardState, InstanceRecord } from './fleetShardState.ts';

/** Everything one batch says about this shard: one commit with many facts. */
export type ObserveCommand = {
  readonly type: 'Observe';
  readonly observations: readonly Observation[];
  readonly now: Instant;
};

/**
 * Lets go of tasks that stopped an hour ago, as ECS itself does; their facts stay in the record.
 */
export type ForgetStoppedTasks = { readonly type: 'ForgetStoppedTasks'; readonly now: Instant };

export type FleetShardCommand = ObserveCommand | ForgetStoppedTasks;

/** ECS shows stopped tasks for about an hour (ECS API Reference, DescribeTasks). */
const stoppedTasksKeptMs = 3_600_000;

const decide = (command: FleetShardCommand, state: FleetShardState): readonly FleetEvent[] => {
  switch (command.type) {
    case 'Observe':
      return observe(command, state);
    case 'ForgetStoppedTasks':
      return forgetStoppedTasks(command, state);
    default:
      return command satisfies never;
  }
};

/** What is news becomes a fact, judged against everything before it in the batch too. */
const observe = ({ observations, now }: ObserveCommand, before: FleetShardState) => {
  const facts: FleetEvent[] = [];
  const own: Own = new Set();
  let state = before;
  for (const observation of inOrder(observations)) {
    for (const fact of factsOf(observation, state, now)) {
      facts.push(fact);
      state = evolveFleetShard(state, fact, own);
    }
  }
  lastBatch = { before, facts, after: state };
  return facts;
};

type Batch = {
  readonly before: FleetShardState;
  readonly facts: readonly FleetEvent[];
  readonly after: FleetShardState;
};

/** To decide on a batch is to fold it, and whoever decided on it asks next for what it folds to. */
let lastBatch: Batch | undefined;

const evolveAll = (state: FleetShardState, facts: readonly FleetEvent[]): FleetShardState => {
  if (lastBatch?.before === state && lastBatch.facts === facts) return lastBatch.after;
  const own: Own = new Set();
  return facts.reduce((known, fact) => evolveFleetShard(known, fact, own), state);
};

const factsOf = (
  observation: Observation,
  state: FleetShardState,
  now: Instant,
): readonly FleetEvent[] => {
  switch (observation.kind) {
    case 'instance':
      return observeInstance(observation, state, now);
    case 'task':
      return observeTask(observation, state, now);
    case 'service':
      return observeService(observation, state);
    case 'taskDefinition':
      return observeTaskDefinition(observation, state, now);
    case 'targetGroup':
      return observeTargetGroup(observation, state, now);
    case 'taskProtection':
      return observeProtection(observation, state, now);
    case 'serviceAction':
      return observeServiceAction(observation, state);
    case 'deploymentState':
      return observeDeploymentState(observation, state);
    case 'instanceGone':
      return deregister(observation, state, now);
    case 'taskGone':
      return forget(observation, state, now);
    default:
      return observation satisfies never;
  }
};

type Seen<Kind extends Observation['kind']> = Extract<Observation, { kind: Kind }>;

/**
 * A task's newer `version` replaces what was known; any forward jump of its status is taken, gaps
 * are normal.
 */
const observeTask = (
  { task, from, at }: Seen<'task'>,
  state: FleetShardState,
  now: Instant,
): readonly FleetEvent[] => {
  const before = valueIn(state.tasks, task.taskArn);
  const known = before?.version;
  const buried = buriedVersion(state.forgotten, task.taskArn);
  const unknown = known === undefined && buried === undefined;
  if (unknown && from === 'event' && mayBeDropped(state.forgotten, at)) return [];
  // A container health check changes its mind without another version, and no event tells.
  const isHealthNews = from === 'describe' && task.healthStatus !== before?.healthStatus;
  const isSame = task.version === known && isHealthNews;
  if (task.version <= Math.max(known ?? -1, buried ?? -1) && !isSame) return [];
  const seen = from === 'event' ? withHealthOf(before, task) : task;
  return [{ type: 'TaskObserved', data: { task: seen, from, observedAt: now } }];
};

/** No event tells health (ECS Developer Guide, ecs_task_events): what was described last stands. */
const withHealthOf = (before: ObservedTask | undefined, task: ObservedTask): ObservedTask => {
  const healthStatus = task.healthStatus ?? before?.healthStatus;
  if (healthStatus === undefined || task.lastStatus !== 'RUNNING') return task;
  return { ...task, healthStatus };
};

/** Services carry no version: the later description wins. */
const observeService = (
  { service }: Seen<'service'>,
  state: FleetShardState,
): readonly FleetEvent[] => {
  const known = valueIn(state.services, service.serviceArn);
  if (known !== undefined && service.describedAt <= known.describedAt) return [];
  return [{ type: 'ServiceObserved', data: { service } }];
};

/** A revision never changes, so it is taken once. */
const observeTaskDefinition = (
  { taskDefinition }: Seen<'taskDefinition'>,
  state: FleetShardState,
  now: Instant,
): readonly FleetEvent[] => {
  if (valueIn(state.taskDefinitions, taskDefinition.taskDefinitionArn) !== undefined) return [];
  return [{ type: 'TaskDefinitionObserved', data: { taskDefinition, observedAt: now } }];
};

const observeServiceAction = (
  { action }: Seen<'serviceAction'>,
  state: FleetShardState,
): readonly FleetEvent[] => {
  const known = valueIn(state.serviceActions, action.serviceArn) ?? [];
  const told = { ...action, at: action.createdAt };
  return isNews(known, told) ? [{ type: 'ServiceActionObserved', data: action }] : [];
};

const observeDeploymentState = (
  { deploymentState }: Seen<'deploymentState'>,
  state: FleetShardState,
): readonly FleetEvent[] => {
  const known = valueIn(state.deploymentStates, deploymentState.serviceArn) ?? [];
  const told = { ...deploymentState, at: deploymentState.updatedAt };
  return isNews(known, told) ? [{ type: 'DeploymentStateObserved', data: deploymentState }] : [];
};

const deregister = (
  { containerInstanceArn }: Seen<'instanceGone'>,
  state: FleetShardState,
  now: Instant,
): readonly FleetEvent[] => {
  const known = valueIn(state.instances, containerInstanceArn);
  if (known === undefined) return [];
  const { version } = known.instance;
  return [
    { type: 'InstanceDeregistered', data: { containerInstanceArn, version, observedAt: now } },
  ];
};

const forget = (
  { taskArn }: Seen<'taskGone'>,
  state: FleetShardState,
  now: Instant,
): readonly FleetEvent[] => {
  if (valueIn(state.tasks, taskArn) === undefined) return [];
  return [{ type: 'StoppedTasksForgotten', data: { taskArns: [taskArn], forgottenAt: now } }];
};

const forgetStoppedTasks = (
  { now }: ForgetStoppedTasks,
  state: FleetShardState,
): readonly FleetEvent[] => {
  const taskArns = valuesOf(state.tasks)
    .filter((task) => isStopped(task) && (task.stoppedAt ?? 0) + stoppedTasksKeptMs <= now)
    .map(({ taskArn }) => taskArn)
    .toSorted();
  if (taskArns.length === 0) return [];
  return [{ type: 'StoppedTasksForgotten', data: { taskArns, forgottenAt: now } }];
};

/**
 * `DELETED` follows `STOPPED` and is only ever described (ECS Developer Guide,
 * task-lifecycle-explanation).
 */
export const isStopped = ({ lastStatus }: ObservedTask): boolean =>
  lastStatus === 'STOPPED' || lastStatus === 'DELETED';

export const fleetShard: Decider<FleetShardState, FleetShardCommand, FleetEvent> = {
  stateShape: 'fleetShard/2',
  initialState: emptyShard,
  decide,
  evolve: (state, fact) => evolveFleetShard(state, fact),
  evolveAll,
};
