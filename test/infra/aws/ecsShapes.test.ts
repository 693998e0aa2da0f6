import { describe, expect, it } from 'vitest';
import { serviceFromEcs, taskDefinitionFromEcs } from '../../../infra/aws/ecsServiceShapes.ts';
import { instanceFromEcs, taskFromEcs } from '../../../infra/aws/ecsShapes.ts';
import { at, clusterArn, containerInstance, service, task, taskDefinition } from './ecsAnswers.ts';

describe('a container instance as ECS describes it', () => {
  it('carries CPU, memory and the ports taken', () => {
    expect(instanceFromEcs(containerInstance).registered).toEqual({
      cpu: 4096,
      memoryMiB: 16_383,
      tcpPorts: [135, 3389],
      udpPorts: [137],
    });
  });

  it('carries how many tasks ECS counts, and no zero where ECS says nothing', () => {
    expect(instanceFromEcs({ ...containerInstance, runningTasksCount: 0 })).toMatchObject({
      runningTasksCount: 0,
    });
    expect(instanceFromEcs(containerInstance)).not.toHaveProperty('pendingTasksCount');
  });

  it('keeps an attribute without a value as null', () => {
    expect(instanceFromEcs(containerInstance).attributes).toEqual({
      'ecs.ami-id': 'ami-0123456789abcdef0',
      'ecs.capability.task-eni': null,
    });
  });

  it.each([
    ['a Date, as the SDK gives it', new Date('2025-10-14T17:00:00.250Z')],
    ['ISO 8601, as AWS CLI v2 prints it', '2025-10-14T19:00:00.250+02:00'],
    ['seconds, as AWS CLI v1 prints it', 1_760_461_200.25],
  ])('reads its moment from %s', (_, registeredAt) => {
    const { registeredAt: read } = instanceFromEcs({ ...containerInstance, registeredAt });
    expect(read).toBe(Date.parse('2025-10-14T17:00:00.250Z'));
  });

  it('has no EC2 id where it is an external instance', () => {
    const observed = instanceFromEcs({
      ...containerInstance,
      ec2InstanceId: 'mi-0123456789abcdef0',
    });
    expect(observed).not.toHaveProperty('ec2InstanceId');
  });

  it('is refused, with the field named, where it cannot be read', () => {
    const { status: _, ...without } = containerInstance;
    expect(() => instanceFromEcs(without)).toThrow(/container instance: status/);
    expect(() => instanceFromEcs({ ...containerInstance, registeredAt: 'soon' })).toThrow(
      /registeredAt/,
    );
  });
});

describe('a task as ECS describes it', () => {
  it('carries its containers with digest and host ports', () => {
    expect(taskFromEcs(task).containers).toEqual([
      {
        name: 'web',
        image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1',
        imageDigest: `sha256:${'a'.repeat(64)}`,
        lastStatus: 'RUNNING',
        hostPorts: [{ port: 49_153, protocol: 'tcp' }],
      },
    ]);
  });

  it('leaves out a digest that is none, so that the image counts as unknown', () => {
    const observed = taskFromEcs({ ...task, containers: [{ name: 'web', imageDigest: 'latest' }] });
    expect(observed.containers[0]).not.toHaveProperty('imageDigest');
  });

  it('belongs to its family where ECS names no group', () => {
    expect(taskFromEcs({ ...task, group: undefined }).group).toBe('family:shop');
  });

  it('says the health of a task where its checks do', () => {
    expect(taskFromEcs({ ...task, healthStatus: 'UNHEALTHY' }).healthStatus).toBe('UNHEALTHY');
    expect(taskFromEcs({ ...task, healthStatus: 'UNKNOWN' })).not.toHaveProperty('healthStatus');
  });
});

describe('a service as ECS describes it', () => {
  it('carries its bounds, its counts and its deployments', () => {
    expect(serviceFromEcs(service, at)).toMatchObject({
      serviceName: 'shop',
      desiredCount: 4,
      minimumHealthyPercent: 50,
      maximumPercent: 150,
      deployments: [{ id: 'ecs-svc/1', failedTasks: 0, runningCount: 4 }],
      describedAt: at,
    });
  });

  it('has the bounds of its strategy where it names none', () => {
    const plain = { ...service, deploymentConfiguration: undefined };
    expect(serviceFromEcs(plain, at)).toMatchObject({
      minimumHealthyPercent: 100,
      maximumPercent: 200,
    });
    expect(serviceFromEcs({ ...plain, schedulingStrategy: 'DAEMON' }, at)).toMatchObject({
      minimumHealthyPercent: 0,
      maximumPercent: 100,
    });
  });

  it('takes its task definition from the primary task set under another controller', () => {
    const [old, primary] = ['shop:1', 'shop:2'].map(
      (revision) => `arn:aws:ecs:eu-west-1:123456789012:task-definition/${revision}`,
    );
    const external = {
      ...service,
      taskDefinition: undefined,
      taskSets: [
        { status: 'ACTIVE', taskDefinition: old },
        { status: 'PRIMARY', taskDefinition: primary },
      ],
    };
    expect(serviceFromEcs(external, at)?.taskDefinitionArn).toBe(primary);
    expect(serviceFromEcs({ ...external, taskSets: [] }, at)).toBeUndefined();
  });
});

describe('a task definition as ECS describes it', () => {
  it('carries hard limits, fixed host ports and mounted host directories', () => {
    expect(taskDefinitionFromEcs(taskDefinition)).toMatchObject({
      family: 'shop',
      revision: 1,
      operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
      containers: [
        { name: 'web', cpu: 512, memoryMiB: 1024, hostPorts: [{ port: 8080, protocol: 'tcp' }] },
        { name: 'log', cpu: 0, hostPorts: [] },
      ],
      hostPaths: ['C:\\data'],
    });
    expect(taskDefinitionFromEcs(taskDefinition).containers[1]).not.toHaveProperty('memoryMiB');
  });

  it('says which container has a health check', () => {
    const [first, ...others] = taskDefinition.containerDefinitions;
    const checked = { ...first, healthCheck: { command: ['CMD-SHELL', 'exit 0'] } };
    const containerDefinitions = [checked, ...others];
    const { containers } = taskDefinitionFromEcs({ ...taskDefinition, containerDefinitions });
    expect(containers.map(({ hasHealthCheck }) => hasHealthCheck)).toEqual([true, undefined]);
  });

  it('leaves out the check of a container that is not essential: it decides nothing', () => {
    const containerDefinitions = taskDefinition.containerDefinitions.map((container) => ({
      ...container,
      essential: false,
      healthCheck: { command: ['CMD-SHELL', 'exit 0'] },
    }));
    const { containers } = taskDefinitionFromEcs({ ...taskDefinition, containerDefinitions });
    expect(containers.map(({ hasHealthCheck }) => hasHealthCheck)).toEqual([undefined, undefined]);
  });

  it('takes no port of the instance under awsvpc', () => {
    const observed = taskDefinitionFromEcs({ ...taskDefinition, networkMode: 'awsvpc' });
    expect(observed.containers.flatMap(({ hostPorts }) => hostPorts)).toEqual([]);
  });

  it('is refused where the answer is of something else', () => {
    expect(() => taskDefinitionFromEcs({ clusterArn })).toThrow(/taskDefinitionArn/);
    expect(() => taskDefinitionFromEcs(undefined)).toThrow(/task definition/);
  });
});
