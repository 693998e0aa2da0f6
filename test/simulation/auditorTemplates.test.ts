import { describe, expect, it } from 'vitest';
import type { TemplateVersion } from '../../domain/simulation/launchTemplates.ts';
import type { AuditedCall } from './audit.ts';
import { ec2, instance, instanceArn, truth } from './auditScenes.ts';
import { inRollout, judge, type Step, type Told } from './auditStory.ts';

// One group whose template names an old AMI: renewed, and given back once the rollout is aborted.

const first: TemplateVersion = { number: 1, image: 'ami-old', createdAt: 0 };
const second: TemplateVersion = { ...first, number: 2, image: 'ami-new', clientToken: 'effect-lt' };
const third: TemplateVersion = { number: 3, image: 'ami-other', createdAt: 0 };

const scene = (version: string, ...versions: readonly TemplateVersion[]) => ({
  ...truth([instance('a')], []),
  groups: [
    {
      name: 'fleet-2022',
      desired: 1,
      declared: 1,
      maxSize: 2,
      living: 1,
      template: { id: 'lt-1', version, default: 1, versions: [first, ...versions] },
    },
  ],
});
const old = scene('1');
const made = scene('1', second);
const renewed = scene('2', second);
const theirs = scene('3', second, third);

const change = {
  groupName: 'fleet-2022',
  launchTemplateId: 'lt-1',
  launchedFrom: '1',
  sourceVersion: 1,
  fromAmiId: 'ami-old',
  amiId: 'ami-new',
};
const plan = (policy = {}): readonly Told[] => [
  ['cluster#shop', 'ModeSet', { mode: 'drive' }],
  inRollout('RolloutPlanned', {
    clusterName: 'shop',
    policy: { start: 'automatic', launchTemplate: 'newVersion', ...policy },
    targets: [{ channel: 'ltsc2022', build: '20348.4294' }],
    images: [],
    instances: [
      {
        containerInstanceArn: instanceArn('a'),
        ec2InstanceId: ec2('a'),
        channel: 'ltsc2022',
        fromBuild: '20348.4171',
      },
    ],
    services: [],
    held: [],
  }),
  inRollout('RolloutStarted'),
];
const intended = (effectId = 'effect-lt') =>
  inRollout('LaunchTemplateVersionIntended', { ...change, channel: 'ltsc2022', effectId });
const set = inRollout('LaunchTemplateVersionSet', { groupName: 'fleet-2022', version: 2 });
const back = inRollout('LaunchTemplateReturnIntended', {
  ...change,
  version: 2,
  effectId: 'effect-back',
});
const returned = inRollout('LaunchTemplateReturned', { groupName: 'fleet-2022' });

const create = (fields: object = {}): Partial<AuditedCall> => ({
  service: 'ec2',
  operation: 'CreateLaunchTemplateVersion',
  input: {
    LaunchTemplateId: 'lt-1',
    SourceVersion: '1',
    LaunchTemplateData: { ImageId: 'ami-new' },
    ClientToken: 'effect-lt',
    ...fields,
  },
  before: old,
});
const update = (version: string, before = made, fields: object = {}): Partial<AuditedCall> => ({
  service: 'auto-scaling',
  operation: 'UpdateAutoScalingGroup',
  input: {
    AutoScalingGroupName: 'fleet-2022',
    LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: version },
    ...fields,
  },
  before,
});
const step = (
  events: readonly Told[],
  calls: readonly Partial<AuditedCall>[] = [],
  at = renewed,
): Step => ({ events: [...events], calls: [...calls], truth: at });

const begun = step([...plan(), intended()], [], old);
const done = step([set], [], renewed);
const aborted = step([inRollout('RolloutAborted'), back], [], renewed);
const found = (...texts: readonly string[]) =>
  texts.map((text) => expect.stringMatching(new RegExp(`^${text}`)));
const said = (...steps: readonly Step[]) => judge(steps).violations;

describe('a launch template', () => {
  it('is renewed, and given back, without a word', () => {
    const forward = step([], [create(), update('2')]);
    const ended = step([], [update('1', renewed)], scene('1', second));
    const after = step([returned], [], scene('1', second));
    const { violations, atRest } = judge([begun, forward, done, aborted, ended, after]);
    expect(violations).toEqual([]);
    expect(atRest.filter((text) => /launch|outcome/.test(text))).toEqual([]);
  });

  it('I7: has no version made, and none set, without an intent', () => {
    const calls = [create(), update('2')];
    expect(said(step(plan(), calls))).toEqual(
      found('I7: CreateLaunchTemplateVersion', 'I7: UpdateAutoScalingGroup'),
    );
    const other = step([], [create({ ClientToken: 'another' })]);
    expect(said(begun, other)).toEqual(found('I7: CreateLaunchTemplateVersion'));
  });

  it('I7: is left to its owner where the policy does not say otherwise', () => {
    const leaving = step([...plan({ launchTemplate: undefined }), intended()], [], old);
    expect(said(leaving)).toEqual(found('I7: .* its policy does not allow'));
  });

  it.each([
    ['another type', { LaunchTemplateData: { ImageId: 'ami-new', InstanceType: 'm5.large' } }],
    ['another AMI', { LaunchTemplateData: { ImageId: 'ami-else' } }],
    ['another source', { SourceVersion: '9' }],
    ['another template', { LaunchTemplateId: 'lt-2' }],
  ])('I22: has no version made with %s', (_what, fields) => {
    expect(said(begun, step([], [create(fields)]))).toEqual(found('I22: CreateLaunch'));
  });

  it.each([
    ['with another maximum', update('2', made, { MaxSize: 9 })],
    ['to a version of somebody else’s', update('3', scene('1', second, third))],
    ['to whatever is latest', update('$Latest')],
  ])('I22: is not set %s', (_what, call) => {
    expect(said(begun, step([], [call]))).toEqual(found('I22: UpdateAutoScalingGroup'));
  });

  it('I13: that somebody else has set is theirs', () => {
    const late = step([], [{ ...create(), before: theirs }], theirs);
    expect(said(begun, late)).toEqual(found('I13: CreateLaunchTemplateVersion'));
    const again = step([intended('effect-2')], [], theirs);
    expect(said(begun, done, again)).toEqual(found('I13: .* intends a version'));
    const resumed = step([inRollout('RolloutResumed'), intended('effect-2')], [], theirs);
    expect(said(begun, done, resumed)).toEqual([]);
    const undone = step([], [update('1', theirs)], theirs);
    expect(said(begun, done, aborted, undone)).toEqual(found('I13: UpdateAutoScalingGroup'));
  });

  it('I19: is not renewed once the rollout has ended, nor given back before', () => {
    const halted = step([inRollout('RolloutHalted')], [], old);
    const late = step([], [{ ...create(), afterSequence: 99 }], old);
    expect(said(begun, halted, late)).toEqual(found('I19: CreateLaunchTemplateVersion'));
    expect(said(begun, done, step([back]))).toEqual(found('I19: .* and goes on'));
    expect(said(step([...plan(), inRollout('RolloutHalted'), intended()], [], old))).toEqual(
      found('I19: .* does not run'),
    );
  });

  it('I22: stays where an instance was proved on it', () => {
    const proof = inRollout('InstanceProved', {
      containerInstanceArn: instanceArn('a'),
      taskArn: 'task',
    });
    expect(said(begun, done, step([proof]), aborted)).toContainEqual(
      expect.stringMatching(/^I22: .* was proved on it/),
    );
  });

  it('I18: is what the record says', () => {
    expect(said(begun, step([set], [], old))).toEqual(found('I18: fleet-2022 is said to launch'));
    expect(said(begun, done, aborted, step([returned]))).toEqual(
      found('I18: fleet-2022 is said to launch as before'),
    );
  });

  it('I5, I20: is not left half done', () => {
    expect(judge([begun]).atRest).toContainEqual(expect.stringMatching(/^I5: .* effect-lt/));
    const left = step([inRollout('RolloutAborted')]);
    expect(judge([begun, done, left]).atRest).toContainEqual(
      expect.stringMatching(/^I20: fleet-2022 still launches/),
    );
  });
});
