import * as Ecs from '@aws-sdk/client-ecs';
import { afterAll, describe, expect, test } from 'vitest';
import { servedOperations } from '../../../domain/simulation/callAws.ts';
import { cluster, openAws } from './awsClients.ts';

const { ecs, close } = await openAws();
afterAll(close);

const instanceArns = async () =>
  (await ecs.send(new Ecs.ListContainerInstancesCommand({ cluster }))).containerInstanceArns ?? [];
const taskArns = async () =>
  (await ecs.send(new Ecs.ListTasksCommand({ cluster, serviceName: 'orders' }))).taskArns ?? [];

/** One trip through each ECS operation, by the real client; what must hold of its answer. */
const ecsTrips: Readonly<Record<string, () => Promise<void>>> = {
  ListClusters: async () => {
    const { clusterArns } = await ecs.send(new Ecs.ListClustersCommand({}));
    expect(clusterArns).toEqual(['arn:aws:ecs:eu-west-1:111122223333:cluster/shop']);
  },
  DescribeClusters: async () => {
    const { clusters } = await ecs.send(new Ecs.DescribeClustersCommand({ clusters: [cluster] }));
    expect(clusters?.[0]).toMatchObject({ status: 'ACTIVE', runningTasksCount: 4 });
  },
  DescribeCapacityProviders: async () => {
    const answer = await ecs.send(
      new Ecs.DescribeCapacityProvidersCommand({ capacityProviders: ['none'] }),
    );
    expect(answer.capacityProviders).toEqual([]);
    expect(answer.failures).toEqual([{ arn: 'none', reason: 'MISSING' }]);
  },
  GetTaskProtection: async () => {
    const tasks = await taskArns();
    const answer = await ecs.send(new Ecs.GetTaskProtectionCommand({ cluster, tasks }));
    expect(answer.protectedTasks).toHaveLength(tasks.length);
    expect(answer.protectedTasks?.[0]?.protectionEnabled).toBe(false);
  },
  ListContainerInstances: async () => {
    expect(await instanceArns()).toHaveLength(3);
  },
  DescribeContainerInstances: async () => {
    const containerInstances = await instanceArns();
    const answer = await ecs.send(
      new Ecs.DescribeContainerInstancesCommand({ cluster, containerInstances }),
    );
    const [instance] = answer.containerInstances ?? [];
    expect(instance?.registeredAt).toBeInstanceOf(Date);
    expect(instance?.registeredResources?.[1]).toMatchObject({
      name: 'MEMORY',
      integerValue: 16384,
    });
    expect(instance?.agentConnected).toBe(true);
  },
  ListTasks: async () => {
    expect(await taskArns()).toHaveLength(4);
  },
  DescribeTasks: async () => {
    const answer = await ecs.send(
      new Ecs.DescribeTasksCommand({ cluster, tasks: await taskArns() }),
    );
    const [task] = answer.tasks ?? [];
    expect(task?.startedAt).toBeInstanceOf(Date);
    expect(task?.containers?.[0]?.imageDigest).toMatch(/^sha256:/);
    expect(task?.version).toBe(3);
  },
  ListServices: async () => {
    const { serviceArns } = await ecs.send(new Ecs.ListServicesCommand({ cluster }));
    expect(serviceArns).toEqual(['arn:aws:ecs:eu-west-1:111122223333:service/shop/orders']);
  },
  DescribeServices: async () => {
    const answer = await ecs.send(
      new Ecs.DescribeServicesCommand({ cluster, services: ['orders', 'none'] }),
    );
    const [deployment] = answer.services?.[0]?.deployments ?? [];
    expect(deployment).toMatchObject({ status: 'PRIMARY', rolloutState: 'COMPLETED' });
    expect(deployment?.createdAt).toBeInstanceOf(Date);
    expect(answer.failures?.[0]?.reason).toBe('MISSING');
  },
  DescribeTaskDefinition: async () => {
    const answer = await ecs.send(
      new Ecs.DescribeTaskDefinitionCommand({ taskDefinition: 'orders' }),
    );
    expect(answer.taskDefinition?.registeredAt).toBeInstanceOf(Date);
    expect(answer.taskDefinition?.runtimePlatform?.operatingSystemFamily).toBe(
      'WINDOWS_SERVER_2022_CORE',
    );
  },
  RegisterTaskDefinition: async () => {
    const answer = await ecs.send(
      new Ecs.RegisterTaskDefinitionCommand({
        family: 'tools',
        containerDefinitions: [
          { name: 'app', image: 'mcr.microsoft.com/windows/servercore:ltsc2022' },
        ],
      }),
    );
    expect(answer.taskDefinition).toMatchObject({ family: 'tools', revision: 1 });
  },
  ListTaskDefinitions: async () => {
    const answer = await ecs.send(new Ecs.ListTaskDefinitionsCommand({ familyPrefix: 'orders' }));
    expect(answer.taskDefinitionArns).toHaveLength(1);
  },
  PutAttributes: async () => {
    const [targetId] = await instanceArns();
    const attributes = [{ name: 'tuesday.os-build', value: '20348.1', targetId }];
    const answer = await ecs.send(new Ecs.PutAttributesCommand({ cluster, attributes }));
    expect(answer.attributes?.[0]?.name).toBe('tuesday.os-build');
  },
  ListAttributes: async () => {
    const answer = await ecs.send(
      new Ecs.ListAttributesCommand({
        cluster,
        targetType: 'container-instance',
        attributeName: 'tuesday.os-build',
      }),
    );
    expect(answer.attributes?.[0]?.value).toBe('20348.1');
  },
  RunTask: async () => {
    const request = { cluster, taskDefinition: 'tuesday-canary-2022', clientToken: 'effect-1' };
    const answer = await ecs.send(new Ecs.RunTaskCommand(request));
    expect(answer.tasks?.[0]?.createdAt).toBeInstanceOf(Date);
    const conflict = ecs.send(new Ecs.RunTaskCommand({ ...request, count: 2 }));
    await expect(conflict).rejects.toMatchObject({
      name: 'ConflictException',
      resourceIds: [answer.tasks?.[0]?.taskArn],
    });
  },
  StopTask: async () => {
    const [task] = await taskArns();
    const answer = await ecs.send(new Ecs.StopTaskCommand({ cluster, task, reason: 'why not' }));
    expect(answer.task).toMatchObject({ desiredStatus: 'STOPPED', stoppedReason: 'why not' });
    expect(answer.task?.stoppingAt).toBeInstanceOf(Date);
  },
  UpdateService: async () => {
    const answer = await ecs.send(
      new Ecs.UpdateServiceCommand({ cluster, service: 'orders', forceNewDeployment: true }),
    );
    expect(answer.service?.deployments).toHaveLength(2);
  },
  UpdateContainerInstancesState: async () => {
    const containerInstances = (await instanceArns()).slice(0, 1);
    const answer = await ecs.send(
      new Ecs.UpdateContainerInstancesStateCommand({
        cluster,
        containerInstances,
        status: 'DRAINING',
      }),
    );
    expect(answer.containerInstances?.[0]?.status).toBe('DRAINING');
  },
  DeregisterContainerInstance: async () => {
    const [containerInstance] = (await instanceArns()).slice(-1);
    const answer = await ecs.send(
      new Ecs.DeregisterContainerInstanceCommand({ cluster, containerInstance, force: true }),
    );
    expect(answer.containerInstance?.status).toBe('INACTIVE');
  },
};

describe('ECS by its own client', () => {
  test('every served operation has a trip here', () => {
    expect(Object.keys(ecsTrips).sort()).toEqual([...servedOperations('ecs')].sort());
  });

  for (const [name, trip] of Object.entries(ecsTrips)) test(name, trip);

  test('errors arrive under their own class', async () => {
    const elsewhere = ecs.send(new Ecs.ListTasksCommand({ cluster: 'elsewhere' }));
    await expect(elsewhere).rejects.toBeInstanceOf(Ecs.ClusterNotFoundException);
  });

  test('what is not served is an unknown operation', async () => {
    const call = ecs.send(new Ecs.ListAccountSettingsCommand({}));
    await expect(call).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});
