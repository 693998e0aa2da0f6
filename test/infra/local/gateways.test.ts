import { afterAll, expect, test } from 'vitest';
import type { AmiId, Digest, Ec2InstanceId, Instant } from '../../../events/ids.ts';
import { createAutoScalingGateway } from '../../../infra/aws/autoScaling.ts';
import { createBusGateway } from '../../../infra/aws/bus.ts';
import { createEc2Gateway } from '../../../infra/aws/ec2.ts';
import { createEcrGateway } from '../../../infra/aws/ecr.ts';
import { createEcsGateway } from '../../../infra/aws/ecs.ts';
import { createSsmGateway } from '../../../infra/aws/ssm.ts';
import { createRegistryClient } from '../../../infra/registry/dockerRegistryClient.ts';
import { cluster, openAws } from './awsClients.ts';

// The gateways that go to production, against the simulated AWS: what one writes the other reads.

const aws = await openAws();
afterAll(aws.close);
const ecs = createEcsGateway(aws.ecs);
const minutes = (count: number) => aws.cloud.advance(aws.cloud.now() + count * 60_000);

test('the ECS gateway lists and describes the whole cluster', async () => {
  const [instances, tasks, services] = await Promise.all([
    ecs.listInstances(cluster),
    ecs.listTasks(cluster),
    ecs.listServices(cluster, aws.cloud.now() as Instant),
  ]);
  expect([instances.length, tasks.length, services.length]).toEqual([3, 4, 1]);
  expect(instances[0]).toMatchObject({ status: 'ACTIVE', registered: { memoryMiB: 16_384 } });
  const definition = await ecs.describeTaskDefinition(tasks[0]?.taskDefinitionArn ?? '');
  expect(definition.operatingSystemFamily).toBe('WINDOWS_SERVER_2022_CORE');
});

test('EC2 describes the instances that it knows, and leaves out others', async () => {
  const ec2 = createEc2Gateway(aws.ec2);
  const [instance] = await ecs.listInstances(cluster);
  const known = instance?.ec2InstanceId as Ec2InstanceId;
  const unknown = 'i-0123456789abcdef0' as Ec2InstanceId;
  expect(await ec2.describeInstances([known, unknown])).toEqual([
    expect.objectContaining({
      ec2InstanceId: known,
      state: 'running',
      instanceType: 'm5.xlarge',
      imageId: instance?.attributes['ecs.ami-id'],
      launchedAt: expect.any(Number),
    }),
  ]);
});

test('the EC2 gateway finds the images that are there, and no private one', async () => {
  const ec2 = createEc2Gateway(aws.ec2);
  const [instance] = await ecs.listInstances(cluster);
  const imageId = instance?.attributes['ecs.ami-id'] as AmiId;
  const unknown = 'ami-0123456789abcdef0' as AmiId;
  const there = { imageId, state: 'available', isPublic: true };
  expect(await ec2.describeImages([imageId, unknown])).toEqual([expect.objectContaining(there)]);
});

test('a pinned task runs where it was pinned, once for its token', async () => {
  const [instance] = await ecs.listInstances(cluster);
  const request = {
    cluster,
    family: 'tuesday-canary-2022',
    ec2InstanceId: instance?.ec2InstanceId as Ec2InstanceId,
    containerInstanceArn: '',
    clientToken: 'effect-1',
    startedBy: 'rollout-1',
  };
  const one = await ecs.runPinnedTask(request);
  const two = await ecs.runPinnedTask(request);
  expect(two).toEqual(one);
  minutes(10);
  expect(aws.cloud.world.tasks[one.taskArn]).toMatchObject({
    containerInstanceArn: instance?.containerInstanceArn,
    stopCode: 'EssentialContainerExited',
  });
});

test('an image is pulled by a task that ends at once, of one definition for all', async () => {
  const [instance] = await ecs.listInstances(cluster);
  const orders = (await ecs.listTasks(cluster)).find(({ group }) => group === 'service:orders');
  const image = {
    repository: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders',
    digest: orders?.containers[0]?.imageDigest ?? '',
    operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
    memoryMiB: 512,
  };
  const family = await ecs.prefetchDefinition(image);
  expect(await ecs.prefetchDefinition(image)).toBe(family);
  expect(aws.cloud.world.revisions[family]).toBe(1);
  const { taskArn } = await ecs.runPinnedTask({
    cluster,
    family,
    ec2InstanceId: instance?.ec2InstanceId as Ec2InstanceId,
    containerInstanceArn: '',
    clientToken: 'prefetch-1',
    startedBy: 'prefetch-1',
  });
  minutes(10);
  expect(aws.cloud.world.tasks[taskArn]).toMatchObject({
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 0, digest: image.digest }],
  });
});

test('lineage of an app image is read from ECR, that of its base from the registry', async () => {
  const tasks = await ecs.listTasks(cluster);
  const digest = tasks.find(({ group }) => group === 'service:orders')?.containers[0]?.imageDigest;
  const place = { registryId: '111122223333', path: 'orders' };
  const image = await createEcrGateway(aws.ecr).readImageConfig(place, digest as Digest);
  const base = await createRegistryClient(aws.wire.url).readTag('windows/servercore', 'ltsc2022');
  if (base.status !== 'read') throw new Error(JSON.stringify(base));
  expect(image.osVersion).toBe(base.osVersion);
  expect(image.diffIds.slice(0, 2)).toEqual(base.diffIds);
  expect(base.kb).toBe('KB5065432');
});

test('a rebuild is asked for, an instance drained, replaced and deployed on', async () => {
  const ami = await createSsmGateway(aws.ssm).readAmi(
    'Windows_Server-2022-English-Core-ECS_Optimized',
  );
  expect(ami?.amiId).toBe('ami-0aaaaaaaa');
  await createBusGateway(aws.events, 'default').put({
    id: 'effect-2',
    detailType: 'Image Rebuild Requested',
    detail: { effectId: 'effect-2', repository: 'orders', tag: 'live', toBuild: '20348.4171' },
    at: aws.cloud.now() as Instant,
  });
  minutes(10 * 60);
  expect(Object.values(aws.cloud.world.ecr)).toHaveLength(2);
  const [instance] = await ecs.listInstances(cluster);
  await ecs.setInstanceStatus(cluster, instance?.containerInstanceArn ?? '', 'DRAINING');
  const gateway = createAutoScalingGateway(aws.autoScaling);
  await gateway.terminateForReplacement(instance?.ec2InstanceId as Ec2InstanceId);
  await gateway.terminateForReplacement(instance?.ec2InstanceId as Ec2InstanceId);
  const [service] = await ecs.listServices(cluster, aws.cloud.now() as Instant);
  const deployment = await ecs.forceNewDeployment(cluster, service?.serviceArn ?? '');
  expect(deployment).toMatch(/^ecs-svc\/\d+$/);
  minutes(5 * 60);
  const after = await ecs.describeService(
    cluster,
    service?.serviceArn ?? '',
    aws.cloud.now() as Instant,
  );
  expect(after?.deployments).toMatchObject([{ id: deployment, rolloutState: 'COMPLETED' }]);
});

test('the groups of the instances are described with their sizes and hooks', async () => {
  const gateway = createAutoScalingGateway(aws.autoScaling);
  const [group] = await gateway.describeGroups(['web', 'none']);
  expect(group).toMatchObject({ name: 'web', minSize: 0, maxSize: 6, desiredCapacity: 3 });
  expect(group?.lifecycleHooks).toMatchObject([{ name: 'drain' }]);
  expect(await gateway.describeInstanceRefreshes('web')).toEqual([]);
});

test('a version of a launch template is made once for its token', async () => {
  const autoScaling = createAutoScalingGateway(aws.autoScaling);
  const ec2 = createEc2Gateway(aws.ec2);
  const template = async () => {
    const [group] = await autoScaling.describeGroups(['web']);
    return group?.launch;
  };
  expect(await template()).toEqual({
    kind: 'launchTemplate',
    id: 'lt-0aaaaaaaaaaaaaaaa',
    version: '1',
  });
  const launchTemplateId = 'lt-0aaaaaaaaaaaaaaaa';
  const [first] = await ec2.describeLaunchTemplateVersions(launchTemplateId, ['1']);
  expect(first).toMatchObject({ version: 1, isDefault: true, instanceType: 'm5.xlarge' });
  const imageId = 'ami-0bbbbbbbb' as AmiId;
  const request = { launchTemplateId, sourceVersion: 1, imageId, clientToken: 'effect' };
  expect(await ec2.createLaunchTemplateVersion(request)).toBe(2);
  expect(await ec2.createLaunchTemplateVersion(request)).toBe(2);
  const versions = await ec2.describeLaunchTemplateVersions(launchTemplateId, ['$Latest', '2']);
  expect(versions.map((each) => [each.version, each.imageId])).toEqual([
    [2, imageId],
    [2, imageId],
  ]);
  await autoScaling.setLaunchTemplateVersion('web', '2');
  expect(await template()).toMatchObject({ version: '2' });
  await expect(autoScaling.setLaunchTemplateVersion('web', '9')).rejects.toThrow('version 9');
});
