import * as AutoScaling from '@aws-sdk/client-auto-scaling';
import * as Ecr from '@aws-sdk/client-ecr';
import * as Events from '@aws-sdk/client-eventbridge';
import * as Ssm from '@aws-sdk/client-ssm';
import { afterAll, describe, expect, test } from 'vitest';
import { openAws } from './awsClients.ts';

const { cloud, wire, ecr, ssm, autoScaling, events, close } = await openAws();
afterAll(close);

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
