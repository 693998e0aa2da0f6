import {
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTasksCommand,
  PutAttributesCommand,
  RunTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Ec2InstanceId, WindowsBuild } from '../../../events/ids.ts';
import { createEcsGateway } from '../../../infra/aws/ecs.ts';
import {
  at,
  clusterArn,
  containerInstance,
  instanceArn,
  service,
  serviceArn,
  task,
  taskArn,
} from './ecsAnswers.ts';
import { sdkError } from './sdkError.ts';

const ecs = mockClient(ECSClient);
const gateway = createEcsGateway(new ECSClient({ region: 'eu-west-1' }));
const cluster = clusterArn;
const inputsOf = (command: Parameters<typeof ecs.commandCalls>[0]) =>
  ecs.commandCalls(command).map((call) => call.args[0].input);

beforeEach(() => ecs.reset());

describe('listing', () => {
  it('reads every page and describes a hundred instances at a time', async () => {
    const arns = Array.from({ length: 150 }, (_, index) => instanceArn(index));
    ecs
      .on(ListContainerInstancesCommand)
      .resolvesOnce({ containerInstanceArns: arns.slice(0, 100), nextToken: 'more' })
      .resolvesOnce({ containerInstanceArns: arns.slice(100) });
    ecs.on(DescribeContainerInstancesCommand).callsFake(({ containerInstances }) => ({
      containerInstances: containerInstances.map((arn: string) => ({
        ...containerInstance,
        containerInstanceArn: arn,
      })),
    }));
    const listed = await gateway.listInstances(cluster);
    expect(listed.map(({ containerInstanceArn }) => containerInstanceArn)).toEqual(arns);
    expect(inputsOf(ListContainerInstancesCommand)).toEqual([
      { cluster, maxResults: 100 },
      { cluster, maxResults: 100, nextToken: 'more' },
    ]);
    const described = ecs.commandCalls(DescribeContainerInstancesCommand);
    expect(described.map(({ args }) => args[0].input.containerInstances?.length)).toEqual([
      100, 50,
    ]);
  });

  it('asks for stopped tasks too, and tells a task once that is in both listings', async () => {
    ecs.on(ListTasksCommand, { desiredStatus: 'RUNNING' }).resolves({ taskArns: [taskArn(1)] });
    ecs
      .on(ListTasksCommand, { desiredStatus: 'STOPPED' })
      .resolves({ taskArns: [taskArn(1), taskArn(2)] });
    ecs.on(DescribeTasksCommand).resolves({ tasks: [task, { ...task, taskArn: taskArn(2) }] });
    expect(await gateway.listTasks(cluster)).toHaveLength(2);
    expect(inputsOf(DescribeTasksCommand)).toEqual([{ cluster, tasks: [taskArn(1), taskArn(2)] }]);
  });

  it('describes ten services at a time', async () => {
    const arns = Array.from({ length: 12 }, (_, index) => serviceArn(index));
    ecs.on(ListServicesCommand).resolves({ serviceArns: arns });
    ecs.on(DescribeServicesCommand).resolves({ services: [service] });
    await gateway.listServices(cluster, at);
    const described = ecs.commandCalls(DescribeServicesCommand);
    expect(described.map(({ args }) => args[0].input.services?.length)).toEqual([10, 2]);
  });

  it('describes nothing where nothing is listed', async () => {
    ecs.on(ListServicesCommand).resolves({});
    expect(await gateway.listServices(cluster, at)).toEqual([]);
    expect(ecs.commandCalls(DescribeServicesCommand)).toHaveLength(0);
  });

  it('fails as a whole where a page is lost: half a fleet is no fleet', async () => {
    ecs
      .on(ListContainerInstancesCommand)
      .resolvesOnce({ containerInstanceArns: [instanceArn(1)], nextToken: 'more' })
      .rejectsOnce(sdkError('ThrottlingException', 400));
    await expect(gateway.listInstances(cluster)).rejects.toMatchObject({ kind: 'throttled' });
  });
});

describe('describing one', () => {
  it('answers undefined where ECS says MISSING', async () => {
    const failures = [{ arn: instanceArn(1), reason: 'MISSING' }];
    ecs.on(DescribeContainerInstancesCommand).resolves({ containerInstances: [], failures });
    expect(await gateway.describeInstance(cluster, instanceArn(1))).toBeUndefined();
  });

  it('is an error where ECS fails for another reason', async () => {
    const failures = [{ arn: serviceArn(1), reason: 'ACCESS_DENIED' }];
    ecs.on(DescribeServicesCommand).resolves({ services: [], failures });
    const answer = gateway.describeService(cluster, serviceArn(1), at);
    await expect(answer).rejects.toMatchObject({ kind: 'refused', code: 'ACCESS_DENIED' });
  });
});

describe('setting the status of an instance', () => {
  it('names the cluster, the instance and the status', async () => {
    ecs.on(UpdateContainerInstancesStateCommand).resolves({});
    await gateway.setInstanceStatus(cluster, instanceArn(1), 'DRAINING');
    expect(inputsOf(UpdateContainerInstancesStateCommand)).toEqual([
      { cluster, containerInstances: [instanceArn(1)], status: 'DRAINING' },
    ]);
  });

  it('is refused where ECS lists a failure', async () => {
    const failures = [{ arn: instanceArn(1), reason: 'INACTIVE' }];
    ecs.on(UpdateContainerInstancesStateCommand).resolves({ failures });
    const answer = gateway.setInstanceStatus(cluster, instanceArn(1), 'ACTIVE');
    await expect(answer).rejects.toMatchObject({ kind: 'refused', code: 'INACTIVE' });
  });
});

describe('draining several instances', () => {
  const arns = [instanceArn(1), instanceArn(2), instanceArn(3)];
  const set = (...names: readonly string[]) =>
    names.map((containerInstanceArn) => ({ containerInstanceArn, status: 'DRAINING' }));

  it('is one call that names them all', async () => {
    ecs.on(UpdateContainerInstancesStateCommand).resolves({
      containerInstances: set(...arns),
      failures: [],
    });
    expect(await gateway.drainInstances(cluster, arns)).toEqual(new Map());
    expect(inputsOf(UpdateContainerInstancesStateCommand)).toEqual([
      { cluster, containerInstances: arns, status: 'DRAINING' },
    ]);
  });

  it('tells which of them ECS refused, and of which it says nothing', async () => {
    ecs.on(UpdateContainerInstancesStateCommand).resolves({
      containerInstances: set(instanceArn(1)),
      failures: [{ arn: instanceArn(2), reason: 'INACTIVE' }],
    });
    const errors = await gateway.drainInstances(cluster, arns);
    expect([...errors.keys()]).toEqual([instanceArn(2), instanceArn(3)]);
    expect(errors.get(instanceArn(2))).toMatchObject({ kind: 'refused', code: 'INACTIVE' });
    expect(errors.get(instanceArn(3))).toMatchObject({ kind: 'unclear', code: 'NotAnswered' });
  });

  it.each([
    ['ClusterNotFoundException', 400, 'refused'],
    ['ThrottlingException', 400, 'throttled'],
    ['ServerException', 500, 'unclear'],
  ] as const)('fails as a whole with %s', async (name, status, kind) => {
    ecs.on(UpdateContainerInstancesStateCommand).rejects(sdkError(name, status));
    await expect(gateway.drainInstances(cluster, arns)).rejects.toMatchObject({ kind });
  });
});

describe('forcing a new deployment', () => {
  it('leaves the task definition alone and names the deployment', async () => {
    const deployments = [
      { id: 'ecs-svc/2', status: 'PRIMARY' },
      { id: 'ecs-svc/1', status: 'ACTIVE' },
    ];
    ecs.on(UpdateServiceCommand).resolves({ service: { deployments } });
    expect(await gateway.forceNewDeployment(cluster, serviceArn(1))).toBe('ecs-svc/2');
    expect(inputsOf(UpdateServiceCommand)).toEqual([
      { cluster, service: serviceArn(1), forceNewDeployment: true },
    ]);
  });

  it('is unclear where the answer names no deployment', async () => {
    ecs.on(UpdateServiceCommand).resolves({});
    const answer = gateway.forceNewDeployment(cluster, serviceArn(1));
    await expect(answer).rejects.toMatchObject({ kind: 'unclear' });
  });
});

describe('keeping images off instances', () => {
  it('puts the build on the instance, by its ARN', async () => {
    ecs.on(PutAttributesCommand).resolves({});
    await gateway.labelInstance(cluster, instanceArn(1), WindowsBuild.parse('20348.4294'));
    const attribute = {
      name: 'tuesday.os-build',
      value: '20348.4294',
      targetType: 'container-instance',
      targetId: instanceArn(1),
    };
    expect(inputsOf(PutAttributesCommand)).toEqual([{ cluster, attributes: [attribute] }]);
  });

  it('is refused where the instance is gone', async () => {
    ecs.on(PutAttributesCommand).rejects(sdkError('TargetNotFoundException', 400));
    const answer = gateway.labelInstance(cluster, instanceArn(1), WindowsBuild.parse('20348.1'));
    await expect(answer).rejects.toMatchObject({ kind: 'refused' });
  });

  it('replaces the constraints of a service and names nothing else of it', async () => {
    ecs.on(UpdateServiceCommand).resolves({});
    const expression = 'attribute:tuesday.os-build in [20348.4294]';
    const placementConstraints = [{ type: 'memberOf', expression }];
    await gateway.setPlacementConstraints(cluster, serviceArn(1), placementConstraints);
    expect(inputsOf(UpdateServiceCommand)).toEqual([
      { cluster, service: serviceArn(1), placementConstraints },
    ]);
  });
});

describe('running a pinned task', () => {
  const request = {
    cluster,
    family: 'canary',
    ec2InstanceId: Ec2InstanceId.parse('i-0123456789abcdef0'),
    containerInstanceArn: 'arn:pinned',
    clientToken: 'proof-1',
    startedBy: 'rollout-1',
  };

  it('asks for one task, under its token, on that instance only', async () => {
    ecs.on(RunTaskCommand).resolves({ tasks: [{ taskArn: taskArn(1) }] });
    expect(await gateway.runPinnedTask(request)).toEqual({ taskArn: taskArn(1) });
    expect(inputsOf(RunTaskCommand)).toEqual([
      {
        cluster,
        taskDefinition: 'canary',
        count: 1,
        launchType: 'EC2',
        clientToken: 'proof-1',
        startedBy: 'rollout-1',
        placementConstraints: [
          { type: 'memberOf', expression: 'ec2InstanceId == i-0123456789abcdef0' },
        ],
      },
    ]);
  });

  it('recovers the task of an earlier call whose answer was lost', async () => {
    const conflict = sdkError('ConflictException', 400, { resourceIds: [taskArn(9)] });
    ecs.on(RunTaskCommand).rejects(conflict);
    expect(await gateway.runPinnedTask(request)).toEqual({ taskArn: taskArn(9) });
  });

  it('is refused on a conflict that names no task', async () => {
    ecs.on(RunTaskCommand).rejects(sdkError('ConflictException', 400));
    await expect(gateway.runPinnedTask(request)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('is refused with the reason where ECS could not place it', async () => {
    ecs.on(RunTaskCommand).resolves({ tasks: [], failures: [{ reason: 'ATTRIBUTE' }] });
    const answer = gateway.runPinnedTask(request);
    await expect(answer).rejects.toMatchObject({ kind: 'refused', code: 'ATTRIBUTE' });
  });

  it.each(['AGENT', 'RESOURCE:MEMORY'])('may be tried again after %s', async (reason) => {
    ecs.on(RunTaskCommand).resolves({ tasks: [], failures: [{ reason }] });
    const answer = gateway.runPinnedTask(request);
    await expect(answer).rejects.toMatchObject({ kind: 'throttled', code: reason });
  });

  it('goes by the failure of the instance that it is pinned to', async () => {
    const others = { arn: 'arn:another', reason: 'ATTRIBUTE' };
    const own = { arn: 'arn:pinned', reason: 'RESOURCE:MEMORY' };
    ecs.on(RunTaskCommand).resolves({ tasks: [], failures: [others, own] });
    const answer = gateway.runPinnedTask(request);
    await expect(answer).rejects.toMatchObject({ kind: 'throttled', code: 'RESOURCE:MEMORY' });
    ecs.on(RunTaskCommand).resolves({
      tasks: [],
      failures: [
        { arn: 'arn:another', reason: 'RESOURCE:CPU' },
        { arn: 'arn:pinned', reason: 'ATTRIBUTE' },
      ],
    });
    const again = gateway.runPinnedTask(request);
    await expect(again).rejects.toMatchObject({ kind: 'refused', code: 'ATTRIBUTE' });
  });

  it('never sends an expression that carries more than an id', async () => {
    const ec2InstanceId = 'i-0123456789abcdef0 or true' as Ec2InstanceId;
    const answer = gateway.runPinnedTask({ ...request, ec2InstanceId });
    await expect(answer).rejects.toMatchObject({ code: 'InstanceIdMalformed' });
    expect(ecs.calls()).toHaveLength(0);
  });
});
