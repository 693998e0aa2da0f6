import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as AutoScaling from '@aws-sdk/client-auto-scaling';
import * as Ecr from '@aws-sdk/client-ecr';
import * as Ecs from '@aws-sdk/client-ecs';
import * as Events from '@aws-sdk/client-eventbridge';
import * as Ssm from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { servedOperations } from '../../../domain/simulation/callAws.ts';
import { type Cloud, openCloud } from '../../../infra/local/cloud.ts';
import { serveCloud, type Wire } from '../../../infra/local/wire.ts';
import { smallScenario } from '../../domain/simulation/smallWorld.ts';

const directory = mkdtempSync(join(tmpdir(), 'tuesday-wire-'));
const cluster = 'shop';
let cloud: Cloud;
let wire: Wire;
let ecs: Ecs.ECSClient;
let ecr: Ecr.ECRClient;
let ssm: Ssm.SSMClient;
let autoScaling: AutoScaling.AutoScalingClient;
let events: Events.EventBridgeClient;

beforeAll(async () => {
  const scenario = smallScenario({ group: { terminationHook: { name: 'drain', timeoutMs: 9e6 } } });
  cloud = openCloud({ file: join(directory, 'cloud.sqlite'), scenario, seed: 1 });
  wire = await serveCloud(cloud);
  const options = {
    endpoint: wire.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  };
  ecs = new Ecs.ECSClient(options);
  ecr = new Ecr.ECRClient(options);
  ssm = new Ssm.SSMClient(options);
  autoScaling = new AutoScaling.AutoScalingClient(options);
  events = new Events.EventBridgeClient(options);
});

afterAll(async () => {
  for (const client of [ecs, ecr, ssm, autoScaling, events]) client.destroy();
  await wire.close();
  cloud.close();
  rmSync(directory, { recursive: true });
});

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

describe('ECR by its own client', () => {
  const repositoryName = 'orders';

  test('tag to manifest to config, as a reader of lineage goes', async () => {
    const imageIds = [{ imageTag: 'live' }];
    const { images } = await ecr.send(new Ecr.BatchGetImageCommand({ repositoryName, imageIds }));
    const manifest = JSON.parse(images?.[0]?.imageManifest ?? '');
    const { downloadUrl } = await ecr.send(
      new Ecr.GetDownloadUrlForLayerCommand({
        repositoryName,
        layerDigest: manifest.config.digest,
      }),
    );
    const config = await (await fetch(downloadUrl ?? '')).json();
    expect(config).toMatchObject({ os: 'windows', 'os.version': '10.0.20348.4171' });
  });

  test('descriptions, lists and the token', async () => {
    const described = await ecr.send(new Ecr.DescribeImagesCommand({ repositoryName }));
    expect(described.imageDetails?.[0]?.imagePushedAt).toBeInstanceOf(Date);
    const listed = await ecr.send(new Ecr.ListImagesCommand({ repositoryName }));
    expect(listed.imageIds?.[0]?.imageTag).toBe('live');
    const { repositories } = await ecr.send(new Ecr.DescribeRepositoriesCommand({}));
    expect(repositories?.[0]?.repositoryUri).toBe(
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders',
    );
    const token = await ecr.send(new Ecr.GetAuthorizationTokenCommand({}));
    expect(token.authorizationData?.[0]?.expiresAt).toBeInstanceOf(Date);
  });

  test('a repository or an image that is not there', async () => {
    const imageIds = [{ imageTag: 'none' }];
    const elsewhere = ecr.send(new Ecr.BatchGetImageCommand({ repositoryName: 'none', imageIds }));
    await expect(elsewhere).rejects.toBeInstanceOf(Ecr.RepositoryNotFoundException);
    const { failures } = await ecr.send(new Ecr.BatchGetImageCommand({ repositoryName, imageIds }));
    expect(failures?.[0]?.failureCode).toBe('ImageNotFound');
  });
});

describe('SSM, Auto Scaling and EventBridge by their own clients', () => {
  const Name = '/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized';

  test('the parameter of an AMI family, whole and in part', async () => {
    const { Parameter } = await ssm.send(new Ssm.GetParameterCommand({ Name }));
    expect(JSON.parse(Parameter?.Value ?? '')).toMatchObject({ image_id: 'ami-0aaaaaaaa' });
    expect(Parameter?.LastModifiedDate).toBeInstanceOf(Date);
    const part = await ssm.send(new Ssm.GetParameterCommand({ Name: `${Name}/image_id` }));
    expect(part.Parameter?.Value).toBe('ami-0aaaaaaaa');
    const none = ssm.send(new Ssm.GetParameterCommand({ Name: '/none' }));
    await expect(none).rejects.toBeInstanceOf(Ssm.ParameterNotFound);
  });

  test('groups, instances, a termination with its hook', async () => {
    const { AutoScalingGroups } = await autoScaling.send(
      new AutoScaling.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['web'] }),
    );
    expect(AutoScalingGroups?.[0]?.CreatedTime).toBeInstanceOf(Date);
    expect(AutoScalingGroups?.[0]?.Instances).toHaveLength(3);
    const InstanceId = AutoScalingGroups?.[0]?.Instances?.[0]?.InstanceId ?? '';
    const { Activity } = await autoScaling.send(
      new AutoScaling.TerminateInstanceInAutoScalingGroupCommand({
        InstanceId,
        ShouldDecrementDesiredCapacity: false,
      }),
    );
    expect(Activity?.StartTime).toBeInstanceOf(Date);
    const described = () =>
      autoScaling.send(
        new AutoScaling.DescribeAutoScalingInstancesCommand({ InstanceIds: [InstanceId] }),
      );
    const waiting = await described();
    expect(waiting.AutoScalingInstances?.[0]?.LifecycleState).toBe('Terminating:Wait');
    await autoScaling.send(
      new AutoScaling.CompleteLifecycleActionCommand({
        AutoScalingGroupName: 'web',
        LifecycleHookName: 'drain',
        LifecycleActionResult: 'CONTINUE',
        InstanceId,
      }),
    );
    const going = await described();
    expect(going.AutoScalingInstances?.[0]?.LifecycleState).toBe('Terminating');
    await autoScaling.send(
      new AutoScaling.SetDesiredCapacityCommand({
        AutoScalingGroupName: 'web',
        DesiredCapacity: 4,
      }),
    );
    expect(cloud.world.groups.web?.desiredCapacity).toBe(4);
  });

  test('an instance that no group has, and an action that is not served', async () => {
    const none = autoScaling.send(
      new AutoScaling.TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: 'i-00000000',
        ShouldDecrementDesiredCapacity: false,
      }),
    );
    await expect(none).rejects.toMatchObject({ name: 'ValidationError' });
    const unknown = autoScaling.send(new AutoScaling.DescribePoliciesCommand({}));
    await expect(unknown).rejects.toMatchObject({ name: 'InvalidAction' });
  });

  test('events put on the bus get an id each', async () => {
    const { Entries, FailedEntryCount } = await events.send(
      new Events.PutEventsCommand({
        Entries: [{ Source: 'tuesday', DetailType: 'Anything', Detail: '{}' }],
      }),
    );
    expect(FailedEntryCount).toBe(0);
    expect(Entries?.[0]?.EventId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("Microsoft's registry over HTTP", () => {
  const path = () => `${wire.url}/v2/windows/servercore`;

  test('a HEAD gives the digest that a GET gives too', async () => {
    const head = await fetch(`${path()}/manifests/ltsc2022`, { method: 'HEAD' });
    const get = await fetch(`${path()}/manifests/ltsc2022`);
    const digest = head.headers.get('docker-content-digest');
    expect(digest).toMatch(/^sha256:/);
    expect(get.headers.get('docker-content-digest')).toBe(digest);
    expect(get.headers.get('content-type')).toContain('manifest.list');
    expect(await head.text()).toBe('');
  });

  test('tags are listed and the unknown is 404', async () => {
    const { tags } = (await (await fetch(`${path()}/tags/list`)).json()) as { tags: string[] };
    expect(tags).toContain('10.0.20348.4171');
    expect((await fetch(`${path()}/manifests/none`)).status).toBe(404);
    expect((await fetch(`${wire.url}/v2/none/tags/list`)).status).toBe(404);
  });

  test('an outage is a status and a body that is not JSON', async () => {
    wire.setRegistryOutage(429);
    const answer = await fetch(`${path()}/manifests/ltsc2022`);
    wire.setRegistryOutage(undefined);
    expect(answer.status).toBe(429);
    expect(await answer.text()).toMatch(/^Ref A/);
    expect((await fetch(`${path()}/manifests/ltsc2022`)).status).toBe(200);
  });
});
