import { describe, expect, it } from 'vitest';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import type { AmiId } from '../../events/ids.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import type { AutoScalingGroup, GroupLaunch } from '../../infra/aws/autoScalingPort.ts';
import type { LaunchTemplateVersion } from '../../infra/aws/ec2Port.ts';
import { GatewayError } from '../../infra/aws/gateways.ts';
import { effectId, happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { groupName } from '../domain/rollout/surgeStory.ts';
import {
  versionIntended,
  versionReturnIntended,
  versionSet,
} from '../domain/rollout/templateStory.ts';
import { amiId, at, october, september } from '../support/fleetBuilder.ts';
import { attempted } from './carriedOut.ts';
import { anAutoScaling, anEc2, type Calls, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, writtenTo } from './record.ts';

type Told = {
  readonly version?: string;
  readonly now?: Partial<LaunchTemplateVersion>;
  readonly launch?: GroupLaunch;
  readonly refreshed?: boolean;
  readonly fails?: 'create' | 'set';
};

const begun = [
  planned({ instances: ['a'], policy: { launchTemplate: 'newVersion' } }),
  happened.started(),
  happened.learnt(),
];

/** Carries out one effect against a group and a template that are as told. */
const carriedOut = async (name: string, past: readonly RolloutEvent[], told: Told = {}) => {
  const calls: Calls = [];
  const { version = '7', launch = { kind: 'launchTemplate', id: 'lt-1', version } } = told;
  const group: AutoScalingGroup = {
    name: groupName,
    arn: 'arn',
    desiredCapacity: 1,
    minSize: 0,
    maxSize: 2,
    availabilityZones: [],
    launch,
    suspendedProcesses: [],
    newInstancesProtectedFromScaleIn: false,
    tags: {},
    lifecycleHooks: [],
    instances: [],
    ...(told.refreshed && {
      activeRefresh: { instanceRefreshId: 'r', status: 'InProgress', isActive: true },
    }),
  };
  const refuse = (kind: Told['fails']) => {
    if (told.fails !== kind) return;
    throw new GatewayError('refused', 'UnauthorizedOperation', 'you may not');
  };
  const store = await aRecord('drive', ...begun, ...past);
  const gateways = gatewaysWith({
    autoScaling: anAutoScaling({
      describeGroups: async () => [group],
      setLaunchTemplateVersion: async (_name, named) => {
        refuse('set');
        calls.push(`set ${named}`);
      },
    }),
    ec2: anEc2({
      describeLaunchTemplateVersions: async (launchTemplateId) => [
        {
          launchTemplateId,
          version: 7,
          isDefault: true,
          imageId: amiId(september),
          ...told.now,
        },
      ],
      createLaunchTemplateVersion: async ({ sourceVersion, imageId, clientToken }) => {
        refuse('create');
        calls.push(`create from ${sourceVersion}: ${imageId} (${clientToken})`);
        return 8;
      },
    }),
  });
  const message = { rolloutId, effectId: effectId(name) };
  const report = await carryOut({ store, gateways, now: () => at(70) }, message);
  const written = await writtenTo(store, rolloutStream(rolloutId));
  return { status: report.status, calls, written };
};

const meant = [versionIntended()];
const created = `create from 7: ${amiId(october)} (template-2)`;
const set = ['EffectAttempted', 'LaunchTemplateVersionSet'];
const refusal = ['EffectFailed', 'LaunchTemplateVersionRefused'];

describe('another version of a launch template', () => {
  it('is made of the one that the group launches from, which it then does', async () => {
    expect(await carriedOut('template-2', meant)).toEqual({
      status: 'settled',
      calls: [created, 'set 8'],
      written: set,
    });
  });

  it('takes the place of $Default for this group alone', async () => {
    const { calls } = await carriedOut('template-2', meant, { version: '$Default' });
    expect(calls).toEqual([created, 'set 8']);
  });

  it('is launched from at once where the group names $Latest', async () => {
    const { calls, written } = await carriedOut('template-2', meant, { version: '$Latest' });
    expect([calls, written]).toEqual([[created], set]);
  });

  it('whose answer was lost is asked for under the same token, and set', async () => {
    const again = await carriedOut('template-2', [...meant, attempted('template-2')]);
    expect(again.calls).toEqual([created, 'set 8']);
    const there = { now: { version: 8, imageId: amiId(october) as AmiId } };
    const found = await carriedOut('template-2', [...meant, attempted('template-2')], there);
    expect([found.calls, found.written]).toEqual([[], ['LaunchTemplateVersionSet']]);
  });

  it.each<[string, Told]>([
    ['the group has the AMI already', { now: { version: 8, imageId: amiId(october) } }],
    ['the group launches from another version', { now: { version: 9 } }],
    ['the version names a parameter', { now: { imageId: undefined, imageAlias: 'resolve:ssm:x' } }],
    ['an instance refresh is under way', { refreshed: true }],
    [
      'the group launches from another template',
      {
        launch: { kind: 'launchTemplate', id: 'lt-2', version: '7' },
      },
    ],
    [
      'the group launches from a configuration',
      {
        launch: { kind: 'launchConfiguration', name: 'old' },
      },
    ],
  ])('is not made where %s', async (_what, told) => {
    const { calls, written } = await carriedOut('template-2', meant, told);
    expect([calls, written]).toEqual([[], refusal]);
  });

  it('is not made once the rollout has halted', async () => {
    const { calls, written } = await carriedOut('template-2', [...meant, happened.halted(5)]);
    expect([calls, written]).toEqual([[], refusal]);
  });

  it('that AWS refuses is no reason to halt the rollout', async () => {
    for (const fails of ['create', 'set'] as const) {
      const { written } = await carriedOut('template-2', meant, { fails });
      expect(written).toEqual(['EffectAttempted', ...refusal]);
    }
  });
});

describe('the launch template of a rollout that was aborted', () => {
  const given = [...meant, versionSet(), happened.aborted(20), versionReturnIntended()];
  const ours = { version: 8, imageId: amiId(october) };
  const returned = ['EffectAttempted', 'LaunchTemplateReturned'];

  it('is what the group named before', async () => {
    const { calls, written } = await carriedOut('back-30', given, { version: '8', now: ours });
    expect([calls, written]).toEqual([['set 7'], returned]);
  });

  it('is another version on the AMI of before where the group names $Latest', async () => {
    const latest = { launchedFrom: '$Latest' };
    const past = [
      versionIntended(latest),
      versionSet(),
      happened.aborted(20),
      versionReturnIntended(latest),
    ];
    const { calls } = await carriedOut('back-30', past, { version: '$Latest', now: ours });
    expect(calls).toEqual([`create from 7: ${amiId(september)} (back-30)`]);
  });

  it('is left as somebody else has set it', async () => {
    for (const imageId of [amiId(september), amiId(october)]) {
      const theirs = { now: { version: 9, imageId } };
      const { calls, written } = await carriedOut('back-30', given, theirs);
      expect([calls, written]).toEqual([[], ['LaunchTemplateReturned']]);
    }
  });
});
