import {
  CreateLaunchTemplateVersionCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { AmiId, Ec2InstanceId } from '../../../events/ids.ts';
import { createEc2Gateway } from '../../../infra/aws/ec2.ts';
import { sdkError, socketError } from './sdkError.ts';

const ec2 = mockClient(EC2Client);
const gateway = createEc2Gateway(new EC2Client({ region: 'eu-west-1' }));
const launchTemplateId = 'lt-0123456789abcdef0';
const imageId = AmiId.parse('ami-0123456789abcdef0');
const instanceId = (index: number) => Ec2InstanceId.parse(`i-${String(index).padStart(17, '0')}`);
const inputsOf = (command: Parameters<typeof ec2.commandCalls>[0]) =>
  ec2.commandCalls(command).map((call) => call.args[0].input);

const instance = {
  InstanceId: instanceId(1),
  State: { Code: 16, Name: 'running' },
  InstanceType: 'm6i.xlarge',
  ImageId: imageId,
  Placement: { AvailabilityZone: 'eu-west-1a' },
  LaunchTime: new Date(1_760_000_000_000),
  Tags: [
    { Key: 'aws:ec2launchtemplate:id', Value: launchTemplateId },
    { Key: 'aws:ec2launchtemplate:version', Value: '7' },
  ],
} as const;

beforeEach(() => ec2.reset());

describe('describing EC2 instances', () => {
  const answered = (Instances: readonly object[]) => ({ Reservations: [{ Instances }] }) as never;

  it('tells what runs where, from what, since when', async () => {
    ec2.on(DescribeInstancesCommand).resolves(answered([instance]));
    expect(await gateway.describeInstances([instanceId(1)])).toEqual([
      {
        ec2InstanceId: instanceId(1),
        state: 'running',
        instanceType: 'm6i.xlarge',
        imageId,
        availabilityZone: 'eu-west-1a',
        launchedAt: 1_760_000_000_000,
        launchTemplate: { id: launchTemplateId, version: '7' },
      },
    ]);
  });

  it('leaves out the launch template of what was launched without one', async () => {
    ec2.on(DescribeInstancesCommand).resolves(answered([{ ...instance, Tags: [] }]));
    const [found] = await gateway.describeInstances([instanceId(1)]);
    expect(found).not.toHaveProperty('launchTemplate');
  });

  it('asks by filter, two hundred at a time, and reads every page', async () => {
    ec2
      .on(DescribeInstancesCommand)
      .resolvesOnce({ ...(answered([instance]) as object), NextToken: 'more' })
      .resolves(answered([]));
    const ids = Array.from({ length: 250 }, (_, index) => instanceId(index));
    expect(await gateway.describeInstances(ids)).toHaveLength(1);
    const asked = ec2.commandCalls(DescribeInstancesCommand).map(({ args }) => args[0].input);
    expect(
      asked.map(({ Filters, NextToken }) => [Filters?.[0]?.Values?.length, NextToken]),
    ).toEqual([
      [200, undefined],
      [200, 'more'],
      [50, undefined],
    ]);
    expect(asked[0]?.Filters?.[0]?.Name).toBe('instance-id');
    expect(asked[0]).not.toHaveProperty('InstanceIds');
  });

  it('asks for nothing where there is nothing to ask for', async () => {
    expect(await gateway.describeInstances([])).toEqual([]);
    expect(ec2.calls()).toHaveLength(0);
  });

  it('fails as a whole where a page is lost', async () => {
    ec2
      .on(DescribeInstancesCommand)
      .resolvesOnce({ NextToken: 'more' })
      .rejectsOnce(sdkError('RequestLimitExceeded', 503));
    const answer = gateway.describeInstances([instanceId(1)]);
    await expect(answer).rejects.toMatchObject({ kind: 'throttled' });
  });

  it('names the field that is not as documented', async () => {
    ec2.on(DescribeInstancesCommand).resolves(answered([{ ...instance, ImageId: 'windows' }]));
    const answer = gateway.describeInstances([instanceId(1)]);
    await expect(answer).rejects.toMatchObject({
      code: 'UnexpectedShape',
      message: expect.stringContaining('ImageId'),
    });
  });
});

describe('describing AMIs', () => {
  const image = {
    ImageId: imageId,
    Name: 'Windows_Server-2022-English-Full-ECS_Optimized-2025.10.15',
    State: 'available',
    Public: true,
    OwnerId: '801119661308',
    CreationDate: '2025-10-15T08:00:00.000Z',
    DeprecationTime: '2027-10-15T08:00:00.000Z',
  } as const;

  it('finds what is deprecated too, and says since when', async () => {
    ec2.on(DescribeImagesCommand).resolves({ Images: [image] });
    expect(await gateway.describeImages([imageId])).toEqual([
      {
        imageId,
        name: image.Name,
        state: 'available',
        isPublic: true,
        ownerId: '801119661308',
        createdAt: Date.parse(image.CreationDate),
        deprecatedAt: Date.parse(image.DeprecationTime),
      },
    ]);
    expect(inputsOf(DescribeImagesCommand)).toEqual([
      { Filters: [{ Name: 'image-id', Values: [imageId] }], IncludeDeprecated: true },
    ]);
  });

  it('leaves out one that is gone or has been made private', async () => {
    ec2.on(DescribeImagesCommand).resolves({ Images: [] });
    expect(await gateway.describeImages([imageId])).toEqual([]);
  });

  it('tells an error from an absence', async () => {
    ec2.on(DescribeImagesCommand).rejects(sdkError('UnauthorizedOperation', 403));
    const answer = gateway.describeImages([imageId]);
    await expect(answer).rejects.toMatchObject({ kind: 'refused', code: 'UnauthorizedOperation' });
  });
});

describe('describing the versions of a launch template', () => {
  const version = (VersionNumber: number, ImageId: string) => ({
    LaunchTemplateId: launchTemplateId,
    VersionNumber,
    DefaultVersion: VersionNumber === 1,
    LaunchTemplateData: { ImageId, InstanceType: 'm6i.xlarge' as const },
  });

  it('tells an image from a parameter that holds one', async () => {
    const alias = 'resolve:ssm:/windows/ami';
    const LaunchTemplateVersions = [version(1, imageId), version(2, alias)];
    ec2.on(DescribeLaunchTemplateVersionsCommand).resolves({ LaunchTemplateVersions });
    const found = await gateway.describeLaunchTemplateVersions(launchTemplateId, ['1', '$Latest']);
    const same = { launchTemplateId, instanceType: 'm6i.xlarge' };
    expect(found).toEqual([
      { ...same, version: 1, isDefault: true, imageId },
      { ...same, version: 2, isDefault: false, imageAlias: alias },
    ]);
    expect(inputsOf(DescribeLaunchTemplateVersionsCommand)).toEqual([
      { LaunchTemplateId: launchTemplateId, Versions: ['1', '$Latest'] },
    ]);
  });

  it('is refused where a version does not exist', async () => {
    const error = sdkError('InvalidLaunchTemplateId.VersionNotFound', 400);
    ec2.on(DescribeLaunchTemplateVersionsCommand).rejects(error);
    const answer = gateway.describeLaunchTemplateVersions(launchTemplateId, ['9']);
    await expect(answer).rejects.toMatchObject({ kind: 'refused' });
  });
});

describe('making a version of a launch template', () => {
  const create = () =>
    gateway.createLaunchTemplateVersion({
      launchTemplateId,
      sourceVersion: 7,
      imageId,
      clientToken: 'effect-1',
    });

  it('takes over all of the source but the image, under the name of the effect', async () => {
    const LaunchTemplateVersion = { LaunchTemplateId: launchTemplateId, VersionNumber: 8 };
    ec2.on(CreateLaunchTemplateVersionCommand).resolves({ LaunchTemplateVersion });
    expect(await create()).toBe(8);
    expect(inputsOf(CreateLaunchTemplateVersionCommand)).toEqual([
      {
        LaunchTemplateId: launchTemplateId,
        SourceVersion: '7',
        LaunchTemplateData: { ImageId: imageId },
        ClientToken: 'effect-1',
      },
    ]);
  });

  it('is refused where EC2 warns that the image does not fit', async () => {
    const Errors = [{ Code: 'InvalidAMIID.NotFound', Message: 'The image id does not exist' }];
    const LaunchTemplateVersion = { VersionNumber: 8 };
    ec2
      .on(CreateLaunchTemplateVersionCommand)
      .resolves({ LaunchTemplateVersion, Warning: { Errors } });
    await expect(create()).rejects.toMatchObject({
      kind: 'refused',
      code: 'InvalidAMIID.NotFound',
      message: expect.stringContaining(launchTemplateId),
    });
  });

  it.each([
    ['a lost answer', socketError('ECONNRESET'), 'unclear'],
    ['an error of EC2', sdkError('InternalError', 500), 'unclear'],
    ['a limit on requests', sdkError('RequestLimitExceeded', 503), 'throttled'],
    ['a token of another request', sdkError('IdempotentParameterMismatch', 400), 'refused'],
  ])('after %s it is known what is known', async (_, error, kind) => {
    ec2.on(CreateLaunchTemplateVersionCommand).rejects(error);
    await expect(create()).rejects.toMatchObject({ kind });
    expect(inputsOf(CreateLaunchTemplateVersionCommand)).toHaveLength(1);
  });

  it('is unclear where the answer names no version', async () => {
    ec2.on(CreateLaunchTemplateVersionCommand).resolves({});
    await expect(create()).rejects.toMatchObject({ kind: 'unclear', code: 'NoVersion' });
  });
});
