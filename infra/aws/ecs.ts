import {
  DeregisterContainerInstanceCommand,
  type ECSClient,
  type PlacementConstraint,
  PutAttributesCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { buildAttribute } from '../../domain/windows/instanceBuild.ts';
import { Ec2InstanceId } from '../../events/ids.ts';
import { calling, gatewayError } from './awsError.ts';
import { type Failure, failureError } from './ecsFailures.ts';
import { createEcsReads } from './ecsReads.ts';
import { type EcsGateway, GatewayError } from './gateways.ts';
import { prefetchDefinition } from './prefetchDefinition.ts';

type Sender = Pick<ECSClient, 'send'>;
/** An attribute is put on nothing else today (ECS API Reference, Attribute). */
const targetType = 'container-instance' as const;

type PinnedTask = Parameters<EcsGateway['runPinnedTask']>[0];

/**
 * ECS behind the port. `client` makes the calls that change something and must not retry by itself,
 * since only the caller knows what to look up first; `reader` may retry, and is the same client
 * where none is given.
 */
export const createEcsGateway = (client: Sender, reader: Sender = client): EcsGateway => ({
  ...createEcsReads(reader),
  setInstanceStatus: async (cluster, containerInstanceArn, status) => {
    const command = new UpdateContainerInstancesStateCommand({
      cluster,
      containerInstances: [containerInstanceArn],
      status,
    });
    const answer = await calling('mutate', 'UpdateContainerInstancesState', client.send(command));
    const failure = answer.failures?.[0];
    if (failure !== undefined) throw failureError(failure, 'UpdateContainerInstancesState');
  },
  drainInstances: (cluster, containerInstanceArns) =>
    drainInstances(client, cluster, containerInstanceArns),
  deregisterInstance: async (cluster, containerInstance, { force }) => {
    const command = new DeregisterContainerInstanceCommand({ cluster, containerInstance, force });
    await calling('mutate', 'DeregisterContainerInstance', client.send(command));
  },
  labelInstance: async (cluster, targetId, value) => {
    const attributes = [{ name: buildAttribute, value, targetId, targetType }];
    const command = new PutAttributesCommand({ cluster, attributes });
    await calling('mutate', 'PutAttributes', client.send(command));
  },
  setPlacementConstraints: async (cluster, service, constraints) => {
    const placementConstraints = constraints as PlacementConstraint[];
    const command = new UpdateServiceCommand({ cluster, service, placementConstraints });
    await calling('mutate', 'UpdateService', client.send(command));
  },
  forceNewDeployment: async (cluster, service) => {
    const command = new UpdateServiceCommand({ cluster, service, forceNewDeployment: true });
    const answer = await calling('mutate', 'UpdateService', client.send(command));
    const primary = answer.service?.deployments?.find(({ status }) => status === 'PRIMARY');
    if (primary?.id !== undefined) return primary.id;
    const message = `UpdateService: ${service} answered without a PRIMARY deployment`;
    throw new GatewayError('unclear', 'NoPrimaryDeployment', message);
  },
  stopTask: async (cluster, task, reason) => {
    const command = new StopTaskCommand({ cluster, task, reason });
    await calling('mutate', 'StopTask', client.send(command));
  },
  prefetchDefinition: (image) => prefetchDefinition(client, reader, image),
  runPinnedTask: (request) => runPinnedTask(client, request),
});

/**
 * A failure names one instance and leaves the others be (ECS API, UpdateContainerInstancesState).
 */
const drainInstances = async (client: Sender, cluster: string, arns: readonly string[]) => {
  const action = 'UpdateContainerInstancesState';
  const command = new UpdateContainerInstancesStateCommand({
    cluster,
    containerInstances: [...arns],
    status: 'DRAINING',
  });
  const { containerInstances = [], failures = [] } = await calling(
    'mutate',
    action,
    client.send(command),
  );
  const set = new Set(containerInstances.map(({ containerInstanceArn }) => containerInstanceArn));
  const errors = new Map<string, GatewayError>();
  for (const arn of arns) {
    const failure = failures.find((each) => each.arn === arn);
    if (failure !== undefined) errors.set(arn, failureError(failure, action));
    else if (!set.has(arn)) {
      const message = `${action}: the answer says nothing of ${arn}`;
      errors.set(arn, new GatewayError('unclear', 'NotAnswered', message));
    }
  }
  return errors;
};

/**
 * `launchType` EC2 answers at once with a failure where the instance has no room; under a capacity
 * provider strategy the task would wait in PROVISIONING and ask for another instance.
 */
const runPinnedTask = async (client: Sender, request: PinnedTask) => {
  const command = new RunTaskCommand({
    cluster: request.cluster,
    taskDefinition: request.family,
    count: 1,
    launchType: 'EC2',
    clientToken: request.clientToken,
    startedBy: request.startedBy,
    placementConstraints: [{ type: 'memberOf', expression: pinTo(request.ec2InstanceId) }],
  });
  const answer = await runTask(client, command);
  const taskArn = answer.tasks?.[0]?.taskArn;
  if (taskArn !== undefined) return { taskArn };
  const failure = tellingFailure(answer.failures ?? [], request.containerInstanceArn);
  if (failure !== undefined) {
    const { kind, code, message } = failureError(failure, 'RunTask');
    throw new GatewayError(mayPass(code) ? 'throttled' : kind, code, message);
  }
  throw new GatewayError('unclear', 'NoTask', 'RunTask: answered with neither task nor failure');
};

/**
 * ECS may name a failure for every instance, and all but one fail for not being the one that is
 * asked for: that one's failure counts.
 */
const tellingFailure = (failures: readonly Failure[], pinned: string): Failure | undefined =>
  failures.find(({ arn }) => arn === pinned) ??
  failures.find(({ reason = '' }) => mayPass(reason)) ??
  failures[0];

/**
 * The agent is not connected now, or tasks that ECS moved there first have taken the room (ECS
 * Developer Guide, api_failures_messages).
 */
const mayPass = (reason: string): boolean => reason === 'AGENT' || reason.startsWith('RESOURCE:');

/**
 * The id is parsed again here, because an expression is text and text can carry more than an id.
 */
const pinTo = (ec2InstanceId: string) => {
  const parsed = Ec2InstanceId.safeParse(ec2InstanceId);
  if (parsed.success) return `ec2InstanceId == ${parsed.data}`;
  const message = `RunTask: ${JSON.stringify(ec2InstanceId)} is no EC2 instance id`;
  throw new GatewayError('refused', 'InstanceIdMalformed', message);
};

/**
 * A token used before names its task in the ConflictException (ECS API, ConflictException
 * `resourceIds`): the earlier call had worked and its answer was lost, so that task is ours.
 */
const runTask = async (client: Sender, command: RunTaskCommand) => {
  try {
    return await client.send(command);
  } catch (error) {
    const taskArn = conflictingTask(error);
    if (taskArn !== undefined) return { tasks: [{ taskArn }], failures: [] };
    throw gatewayError(error, 'mutate', 'RunTask');
  }
};

const conflictingTask = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || error.name !== 'ConflictException') return undefined;
  const { resourceIds } = error as Error & { readonly resourceIds?: readonly string[] };
  return resourceIds?.[0];
};
