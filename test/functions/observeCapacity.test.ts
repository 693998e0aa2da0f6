import { describe, expect, it } from 'vitest';
import { capacityReport } from '../../domain/scaling/capacityReport.ts';
import { AmiId } from '../../events/ids.ts';
import { observeCapacity } from '../../functions/ticks/observeCapacity.ts';
import { sweep } from '../../functions/ticks/sweep.ts';
import type { AutoScalingGroup } from '../../infra/aws/autoScalingPort.ts';
import { directLine, simulatedGateways } from '../../infra/local/inProcessAws.ts';
import { followViews } from '../../infra/views/views.ts';
import { smallWorld } from '../domain/simulation/smallWorld.ts';
import { at, ec2Id } from '../support/fleetBuilder.ts';
import { aGroup, aProvider, arnOf, member, watched } from './capacityWorld.ts';
import { gatewaysWith } from './gatewayDoubles.ts';
import { aRecord } from './record.ts';

const web = (fields: Partial<AutoScalingGroup> = {}) =>
  aGroup('web', { instances: [member('b'), member('a')], ...fields });
const both = { providers: [aProvider('web', true)], groups: [web()] };

describe('capacity is observed', () => {
  it('by way of the capacity providers of the cluster, and of nobody else', async () => {
    const { look, asked } = await watched(both);
    const { report, state } = await look(10);
    expect(report).toEqual({ news: 2, unknown: [] });
    expect(asked).toEqual([
      'describeCluster',
      'describeCapacityProviders web',
      'describeGroups web',
    ]);
    expect(state.providers.web?.provider.group).toEqual({
      autoScalingGroupArn: arnOf('web'),
      managedScaling: true,
      managedTerminationProtection: false,
    });
    expect(state.groups.web?.group).toMatchObject({
      desiredCapacity: 2,
      minSize: 1,
      maxSize: 4,
      inService: [ec2Id('a'), ec2Id('b')].toSorted(),
    });
  });

  it('of the groups of its instances, where no capacity provider names them', async () => {
    const { look, asked } = await watched({ groups: [web()] });
    const { state } = await look(10);
    const ids = [ec2Id('a'), ec2Id('b')].toSorted().join(' ');
    expect(asked).toEqual(['describeCluster', `findGroupNames ${ids}`, 'describeGroups web']);
    expect(Object.keys(state.groups)).toEqual(['web']);
    await look(30);
    expect(asked).toEqual(['describeCluster', 'describeGroups web']);
  });

  it('and asks of Fargate nothing, which has no group', async () => {
    const { look, asked } = await watched({ associated: ['FARGATE'], groups: [web()] });
    const { state } = await look(10);
    expect(asked).not.toContain('describeCapacityProviders FARGATE');
    expect(state.providers.FARGATE?.provider).toEqual({ name: 'FARGATE', status: 'ACTIVE' });
  });

  it('with all that keeps Tuesday from scaling it', async () => {
    const { look } = await watched({
      groups: [
        web({
          status: 'Delete in progress',
          suspendedProcesses: ['Terminate', 'Launch'],
          activeRefresh: { instanceRefreshId: 'r', status: 'InProgress', isActive: true },
          launch: {
            kind: 'mixedInstancesPolicy',
            id: 'lt-1',
            version: '$Latest',
            overrides: [
              { instanceType: 'm5.xlarge', weightedCapacity: 2 },
              { instanceType: 'm5.large' },
            ],
          },
          instances: [
            member('a', { protectedFromScaleIn: true }),
            member('b', { lifecycleState: 'Terminating:Wait' }),
          ],
        }),
      ],
    });
    const { state } = await look(10);
    expect(state.groups.web?.group).toEqual({
      name: 'web',
      arn: arnOf('web'),
      desiredCapacity: 2,
      minSize: 1,
      maxSize: 4,
      status: 'Delete in progress',
      suspendedProcesses: ['Launch', 'Terminate'],
      instanceRefreshUnderway: true,
      weighted: true,
      instanceTypes: ['m5.large', 'm5.xlarge'],
      launchTemplate: { id: 'lt-1', version: '$Latest', number: 7 },
      inService: [ec2Id('a')],
      notInService: [{ ec2InstanceId: ec2Id('b'), lifecycleState: 'Terminating:Wait' }],
      protectedFromScaleIn: [ec2Id('a')],
    });
  });

  it('with the type of its launch template, which is kept while EC2 does not answer', async () => {
    const launch = { kind: 'launchTemplate', id: 'lt-1', version: '7' } as const;
    const groups = [web({ launch })];
    const { look, asked } = await watched({ groups });
    const typesNow = async (...about: Parameters<typeof look>) =>
      (await look(...about)).state.groups.web?.group.instanceTypes;
    expect(await typesNow(10)).toEqual(['m5.2xlarge']);
    expect(asked).toContain('describeLaunchTemplateVersions lt-1 7');
    const fails = ['describeLaunchTemplateVersions'];
    expect(await typesNow(40, { groups, fails })).toEqual(['m5.2xlarge']);
  });
});

describe('what a group launches', () => {
  const launch = { kind: 'launchTemplate', id: 'lt-1', version: '7' } as const;
  const image = AmiId.parse('ami-0aaaaaaaaaaaaaaaa');
  const amiName = 'Windows_Server-2022-English-Core-ECS_Optimized-2025.09.20';
  const amazons = { imageId: image, name: amiName, state: 'available', isPublic: true };
  const pinned = {
    groups: [web({ launch })],
    template: { imageId: image },
    images: [{ ...amazons, ownerAlias: 'amazon' }],
  };
  const seen = { id: 'lt-1', version: '7', number: 7, image, amiName };

  it('is the AMI of its template, by name where it is Amazon’s; asked for once', async () => {
    const { look, asked } = await watched(pinned);
    const { state } = await look(10);
    expect(state.groups.web?.group.launchTemplate).toEqual(seen);
    expect(asked).toContain(`describeImages ${image}`);
    await look(40);
    expect(asked).not.toContain(`describeImages ${image}`);
  });

  it('says no name of an AMI that somebody else has baked, nor of a parameter', async () => {
    const { look } = await watched({ ...pinned, images: [amazons] });
    const templateAt = async (...about: Parameters<typeof look>) =>
      (await look(...about)).state.groups.web?.group.launchTemplate;
    const { amiName: _theirs, ...without } = seen;
    expect(await templateAt(10)).toEqual(without);
    const imageAlias = 'resolve:ssm:/aws/service/ami-windows-latest/x/image_id';
    const other = { ...pinned, template: { imageAlias } };
    expect(await templateAt(40, other)).toEqual({ ...without, image: imageAlias });
  });

  it('is what was known while EC2 does not answer, unless the group names another', async () => {
    const { look } = await watched(pinned);
    await look(10);
    const fails = ['describeLaunchTemplateVersions', 'describeImages'];
    const { state } = await look(40, { ...pinned, fails });
    expect(state.groups.web?.group.launchTemplate).toEqual(seen);
    const moved = [web({ launch: { ...launch, version: '8' } })];
    const other = await look(70, { ...pinned, groups: moved, fails });
    expect(other.state.groups.web?.group.launchTemplate).toEqual({ id: 'lt-1', version: '8' });
  });

  it('is not known where an override names an image of its own', async () => {
    const overrides = [{ instanceType: 'm5.large', imageId: image }];
    const mixed = { ...launch, kind: 'mixedInstancesPolicy', overrides } as const;
    const { look } = await watched({ ...pinned, groups: [web({ launch: mixed })] });
    const { state } = await look(10);
    expect(state.groups.web?.group.launchesOtherwise).toBe(true);
  });
});

describe('what is observed again', () => {
  it('is written where it has changed, and in whatever order AWS answers', async () => {
    const { look, written } = await watched(both);
    await look(10);
    expect((await look(11)).report.news).toBe(0);
    const turned = web({ instances: [member('a'), member('b')] });
    expect((await look(12, { ...both, groups: [turned] })).report.news).toBe(0);
    const grown = { ...both, groups: [web({ desiredCapacity: 3 })] };
    const { report, state } = await look(13, grown);
    expect(report.news).toBe(1);
    expect(state.groups.web?.desiredChanges).toEqual([{ at: at(13), from: 2, to: 3 }]);
    expect(await written()).toEqual([
      'CapacityProviderObserved',
      'AutoScalingGroupObserved',
      'AutoScalingGroupObserved',
    ]);
  });

  it('by two sweeps of one moment is written once', async () => {
    const { look } = await watched(both);
    const [one, two] = await Promise.all([look(10), look(10)]);
    expect(one.report.news + two.report.news).toBeGreaterThanOrEqual(2);
    expect((await look(10)).report.news).toBe(0);
  });
});

describe('an answer that fails is unknown, never gone', () => {
  it.each(['describeCluster', 'describeCapacityProviders', 'describeGroups'])(
    '%s',
    async (call) => {
      const { look } = await watched(both);
      const before = (await look(10)).state;
      const { report, state } = await look(11, { ...both, fails: [call] });
      expect(report.unknown).toEqual([`capacity not described: ${call}`]);
      expect(Object.keys(state.providers)).toEqual(Object.keys(before.providers));
      expect(Object.keys(state.groups)).toEqual(['web']);
    },
  );

  it('and what does answer is taken all the same', async () => {
    const { look } = await watched(both);
    await look(10);
    const groups = [web({ desiredCapacity: 3 })];
    const { state } = await look(11, { ...both, groups, fails: ['describeCapacityProviders'] });
    expect(state.groups.web?.group.desiredCapacity).toBe(3);
    const later = { providers: [aProvider('web', false)], groups, fails: ['describeGroups'] };
    expect((await look(12, later)).state.providers.web?.provider.group?.managedScaling).toBe(false);
  });

  it.each(['MISSING', 'DEPROVISIONING'])('a cluster that is %s says nothing', async (cluster) => {
    const { look } = await watched(both);
    await look(10);
    const { state } = await look(11, { cluster, groups: both.groups });
    expect(Object.keys(state.providers)).toEqual(['web']);
  });
});

describe('what is gone', () => {
  it('is a provider that is no longer associated with the cluster', async () => {
    const { look } = await watched(both);
    await look(10);
    const { state } = await look(11, { ...both, associated: [] });
    expect([Object.keys(state.providers), Object.keys(state.groups)]).toEqual([[], ['web']]);
  });

  it('is a provider that is associated and not found by its name', async () => {
    const { look } = await watched(both);
    await look(10);
    const { state } = await look(11, { associated: ['web'], groups: both.groups });
    expect(Object.keys(state.providers)).toEqual([]);
  });

  it('is a group that is not found by its name, once its instances have gone too', async () => {
    const { look, tell } = await watched({ groups: [web()] });
    await look(10);
    const { report, state } = await look(11, {});
    expect(report.unknown).toEqual(['group web was not found, though 2 of its instances are']);
    expect(Object.keys(state.groups)).toEqual(['web']);
    await tell('a', { status: 'INACTIVE' });
    await tell('b', { agentConnected: false });
    const after = await look(30, {});
    expect(after.report.unknown).toEqual([]);
    expect(Object.keys(after.state.groups)).toEqual([]);
  });
});

describe('over the simulated AWS', () => {
  it('the sizes are there for `tuesday capacity` to show', async () => {
    const capacityProviders = [{ name: 'windows', group: 'web', targetCapacityPercent: 90 }];
    const world = smallWorld({ group: { minSize: 2 }, scenario: { capacityProviders } });
    const store = await aRecord('observe');
    const views = followViews(store);
    const gateways = simulatedGateways(world, directLine);
    const now = () => at(10);
    const name = world.clusterName;
    await sweep({ store, views, ...gateways, now }, name);
    expect(await observeCapacity({ store, views, gateways, now }, name)).toEqual({
      news: 2,
      unknown: [],
    });
    const seen = await views.catchUp();
    const { rows } = capacityReport(seen.fleet(name), seen.capacity(name), now());
    expect(rows).toMatchObject([
      {
        capacityProviderName: 'windows',
        autoScalingGroupName: 'web',
        managedScaling: 'on',
        targetPercent: 90,
        size: { desired: 3, minimum: 2, maximum: 6, inService: 3 },
        instances: { registered: 3 },
      },
    ]);
  });

  it('a cluster that nobody adopted is left alone', async () => {
    const store = await aRecord('observe');
    const tools = { store, views: followViews(store), gateways: gatewaysWith(), now: () => at(1) };
    expect(await observeCapacity(tools, 'elsewhere')).toEqual({ news: 0, unknown: [] });
  });
});
