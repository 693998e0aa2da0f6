import type { FleetEvent } from '../../events/fleet.ts';
import type { Instant, TaskArn } from '../../events/ids.ts';
import { type Buckets, type Own, valueIn, withoutValues, withValue } from './buckets.ts';
import type { FleetShardState, InstanceRecord, Protection } from './fleetShardState.ts';
import { type Told, withTold } from './recent.ts';
import { bury } from './tombstones.ts';

/**
 * Only remembers. What counts as news was judged when the fact was decided. `own` is of the batch
 * that the event belongs to, where it does.
 */
export const evolveFleetShard = (
  state: FleetShardState,
  event: FleetEvent,
  own?: Own,
): FleetShardState => {
  switch (event.type) {
    case 'InstanceObserved':
      return { ...state, instances: withInstance(state.instances, event.data, own) };
    case 'InstanceWasDraining':
      return { ...state, instances: withDraining(state.instances, event.data, own) };
    case 'InstanceDeregistered':
      return withoutInstance(state, event.data);
    case 'TaskObserved':
      return {
        ...state,
        tasks: withValue(state.tasks, event.data.task.taskArn, event.data.task, own),
      };
    case 'StoppedTasksForgotten':
      return withoutTasks(state, event.data.taskArns, event.data.forgottenAt);
    case 'ServiceObserved': {
      const { service } = event.data;
      return { ...state, services: withValue(state.services, service.serviceArn, service, own) };
    }
    case 'TaskDefinitionObserved': {
      const { taskDefinition } = event.data;
      const arn = taskDefinition.taskDefinitionArn;
      return {
        ...state,
        taskDefinitions: withValue(state.taskDefinitions, arn, taskDefinition, own),
      };
    }
    case 'TargetGroupObserved': {
      const { targetGroupArn: arn, deregistrationDelaySeconds } = event.data;
      const group = { targetGroupArn: arn, deregistrationDelaySeconds };
      return { ...state, targetGroups: withValue(state.targetGroups, arn, group, own) };
    }
    case 'TaskProtectionObserved':
      return { ...state, protections: withProtection(state.protections, event.data, own) };
    case 'ServiceActionObserved': {
      const action = { ...event.data, at: event.data.createdAt };
      return { ...state, serviceActions: withEntry(state.serviceActions, action, own) };
    }
    case 'DeploymentStateObserved': {
      const told = { ...event.data, at: event.data.updatedAt };
      return { ...state, deploymentStates: withEntry(state.deploymentStates, told, own) };
    }
    default:
      return event satisfies never;
  }
};

const withInstance = (
  instances: Buckets<InstanceRecord>,
  data: Extract<FleetEvent, { type: 'InstanceObserved' }>['data'],
  own: Own | undefined,
): Buckets<InstanceRecord> => {
  const { instance, from, observedAt } = data;
  const known = valueIn(instances, instance.containerInstanceArn);
  const sameVersion = known?.instance.version === instance.version;
  const describedAt =
    from === 'describe' ? observedAt : sameVersion ? known?.describedAt : undefined;
  const entry = { instance, ...(describedAt === undefined ? {} : { describedAt }) };
  return withValue(instances, instance.containerInstanceArn, entry, own);
};

const withProtection = (
  protections: Buckets<Protection>,
  data: Extract<FleetEvent, { type: 'TaskProtectionObserved' }>['data'],
  own: Own | undefined,
): Buckets<Protection> => {
  const { taskArn, expiresAt } = data;
  if (!data.protected) return withoutValues(protections, [taskArn]);
  const entry = expiresAt === undefined ? { taskArn } : { taskArn, expiresAt };
  return withValue(protections, taskArn, entry, own);
};

const withDraining = (
  instances: Buckets<InstanceRecord>,
  { containerInstanceArn, version }: DrainingData,
  own: Own | undefined,
): Buckets<InstanceRecord> => {
  const known = valueIn(instances, containerInstanceArn);
  if (known === undefined) return instances;
  const drainingVersion = Math.max(version, known.instance.drainingVersion ?? -1);
  const entry = { ...known, instance: { ...known.instance, drainingVersion } };
  return withValue(instances, containerInstanceArn, entry, own);
};

type DrainingData = Extract<FleetEvent, { type: 'InstanceWasDraining' }>['data'];

const withoutInstance = (
  state: FleetShardState,
  data: Extract<FleetEvent, { type: 'InstanceDeregistered' }>['data'],
): FleetShardState => {
  const { containerInstanceArn: key, version, observedAt } = data;
  return {
    ...state,
    instances: withoutValues(state.instances, [key]),
    deregistered: bury(state.deregistered, [{ key, version }], observedAt),
  };
};

const withoutTasks = (
  state: FleetShardState,
  taskArns: readonly TaskArn[],
  forgottenAt: Instant,
): FleetShardState => {
  const dead = taskArns.flatMap((key) => {
    const version = valueIn(state.tasks, key)?.version;
    return version === undefined ? [] : [{ key, version }];
  });
  return {
    ...state,
    tasks: withoutValues(state.tasks, taskArns),
    protections: withoutValues(state.protections, taskArns),
    forgotten: bury(state.forgotten, dead, forgottenAt),
  };
};

const withEntry = <Entry extends Told & { readonly serviceArn: string }>(
  byService: Buckets<readonly Entry[]>,
  entry: Entry,
  own: Own | undefined,
): Buckets<readonly Entry[]> =>
  withValue(
    byService,
    entry.serviceArn,
    withTold(valueIn(byService, entry.serviceArn) ?? [], entry),
    own,
  );
