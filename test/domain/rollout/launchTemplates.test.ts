import { describe, expect, it } from 'vitest';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import { rollout } from '../../../domain/rollout/rollout.ts';
import type { Rollout } from '../../../domain/rollout/rolloutState.ts';
import type { Sight } from '../../../domain/rollout/sight.ts';
import type { ObservedAutoScalingGroup } from '../../../events/scaling.ts';
import {
  aFleet,
  amiId,
  anAmiFamily,
  anInstance,
  at,
  october,
  september,
} from '../../support/fleetBuilder.ts';
import { aSight, effectId, happened, rolloutAfter } from './rolloutBuilder.ts';
import { aGroup, capacityOf, groupName, proved, surgeIntended } from './surgeStory.ts';
import {
  aTemplate,
  change,
  versionIntended,
  versionRefused,
  versionReturned,
  versionReturnIntended,
  versionSet,
  withTemplates,
} from './templateStory.ts';

type Seen = Partial<ObservedAutoScalingGroup> & { readonly observed?: number };

const planFor = (
  { observed = 9, ...group }: Seen,
  state: Rollout = withTemplates(),
  fields: Partial<Sight> = {},
) =>
  planSteps(
    state,
    aSight({
      view: aFleet({ instances: [anInstance('a')] }),
      now: at(60),
      ...capacityOf(aGroup(['a'], group), at(observed)),
      ...fields,
    }),
  );
const stepsFor = (...about: Parameters<typeof planFor>) =>
  planFor(...about)
    .proposals.map(({ step }) => step)
    .filter(({ type }) => type !== 'RecordHolds');
const heldFor = (...about: Parameters<typeof planFor>) =>
  planFor(...about).holds.map(({ reason }) => reason);

const begun = [{ type: 'DrainInstance' }];
const behind = aTemplate();

describe('an instance whose group launches from an older AMI', () => {
  it('is held for the owner of the template, unless the policy says otherwise', () => {
    const state = rolloutAfter({ instances: ['a'] }, happened.started(), happened.learnt());
    const { holds, proposals } = planFor(behind, state);
    expect(holds).toMatchObject([{ reason: 'LaunchTemplateBehind', lasting: false }]);
    expect(holds[0]?.detail).toBe(
      `${groupName} launches from ${amiId(september)} on ${september}: ` +
        'renew its launch template, or allow it by policy (launchTemplate)',
    );
    expect(proposals.filter(({ step }) => step.type !== 'RecordHolds')).toEqual([]);
  });

  it('has its group given a version on the newest AMI of the same family, by the policy', () => {
    expect(stepsFor(behind)).toMatchObject([
      { type: 'RenewLaunchTemplate', ...change, channel: 'ltsc2022' },
    ]);
    expect(heldFor(behind)).toEqual(['LaunchTemplateChanging']);
  });

  it('has it given once, however many instances the group has', () => {
    const names = ['a', 'b', 'c'];
    const policy = { launchTemplate: 'newVersion' } as const;
    const state = rolloutAfter({ instances: names, policy }, happened.started(), happened.learnt());
    const sight = aSight({
      view: aFleet({ instances: names.map((name) => anInstance(name)) }),
      ...capacityOf(aGroup(names, behind)),
    });
    const renewals = planSteps(state, sight).proposals.filter(
      ({ step }) => step.type === 'RenewLaunchTemplate',
    );
    expect(renewals).toHaveLength(1);
  });

  it('is known by the name of the AMI, where that is Amazon’s and was never watched', () => {
    const name = 'Windows_Server-2022-English-Core-ECS_Optimized-2025.09.20';
    const image = 'ami-0aaaaaaaaaaaaaaaa';
    const seen = aTemplate({ image, amiName: name });
    expect(stepsFor(seen)).toMatchObject([
      { type: 'RenewLaunchTemplate', fromAmiId: image, amiId: amiId(october) },
    ]);
  });

  it('waits for AWS to publish another of the family', () => {
    const amis = [anAmiFamily(september)];
    expect(heldFor(behind, withTemplates(), { amis })).toEqual(['AmiNotPublished']);
  });

  it('waits until it was read which version that is', () => {
    const { number: _unread, ...launchTemplate } = behind.launchTemplate;
    expect(heldFor({ launchTemplate })).toEqual(['CapacityUnknown']);
  });
});

describe('an instance is begun', () => {
  it.each<[string, Seen]>([
    ['reaches the target', aTemplate({ image: amiId(october) })],
    ['is its owner’s own', aTemplate({ image: 'ami-0bbbbbbbbbbbbbbbb' })],
    ['is in a parameter', aTemplate({ image: 'resolve:ssm:/aws/service/ami-windows-latest/x' })],
    ['was not read', { launchTemplate: { id: 'lt-1', version: '7' } }],
    ['is overridden', { ...behind, launchesOtherwise: true }],
    ['is in no template', {}],
  ])('where the AMI %s', (_what, seen) => {
    expect(stepsFor(seen)).toMatchObject(begun);
  });

  it('once the version is set, though the group was described before', () => {
    const state = withTemplates(versionIntended(), versionSet(10));
    expect(stepsFor({ ...behind, observed: 9 }, state)).toMatchObject(begun);
    const renewed = aTemplate({ version: '8', number: 8, image: amiId(october) });
    expect(stepsFor({ ...renewed, observed: 15 }, state)).toMatchObject(begun);
  });
});

describe('a version that is meant', () => {
  const meant = withTemplates(versionIntended());

  it('is waited for, and not meant twice', () => {
    expect(heldFor(behind, meant)).toEqual(['LaunchTemplateChanging']);
    expect(stepsFor(behind, meant)).toEqual([]);
  });

  it('and refused is a hold until the group was described anew', () => {
    const state = withTemplates(versionIntended(), versionRefused(10));
    expect(heldFor({ ...behind, observed: 9 }, state)).toEqual(['LaunchTemplateRefused']);
    expect(stepsFor({ ...behind, observed: 11 }, state)).toMatchObject([
      { type: 'RenewLaunchTemplate' },
    ]);
  });

  it('and set back by somebody else is left alone until a person resumes', () => {
    const past = [versionIntended(), versionSet(10)];
    const seen = { ...behind, observed: 20 };
    expect(heldFor(seen, withTemplates(...past))).toEqual(['LaunchTemplateConflict']);
    expect(stepsFor(seen, withTemplates(...past))).toEqual([]);
    const resumed = withTemplates(...past, happened.paused(21), happened.resumed(22));
    const [again] = stepsFor(seen, resumed);
    expect(again).toMatchObject({ type: 'RenewLaunchTemplate' });
    const [first] = stepsFor(behind);
    expect(again).not.toMatchObject({ effectId: (first as { effectId: string }).effectId });
  });
});

describe('of a rollout that is aborted', () => {
  const past = [versionIntended(), versionSet(10)];
  const aborted = withTemplates(...past, happened.aborted(20));

  it('the group launches from the AMI of before again', () => {
    expect(stepsFor(behind, aborted)).toMatchObject([
      { type: 'ReturnLaunchTemplate', ...change, version: 8 },
    ]);
  });

  it('that is done once', () => {
    const meant = [happened.aborted(20), versionReturnIntended()];
    expect(stepsFor(behind, withTemplates(...past, ...meant))).toEqual([]);
    const done = withTemplates(...past, ...meant, versionReturned());
    expect(stepsFor(behind, done)).toEqual([]);
  });

  // By surge the proof comes before anything of the old instance is touched (simulation, seed 67).
  it('not where an instance was proved on the new one: it is good', () => {
    const proof = [surgeIntended(['a']), happened.replaced('a', 'a2', 12), proved('a', 15)];
    const state = withTemplates(
      ...past,
      ...proof,
      happened.drainIntended('a', 16),
      happened.aborted(20),
    );
    const types = stepsFor(behind, state).map(({ type }) => type);
    expect(types).not.toContain('ReturnLaunchTemplate');
  });

  it('nor again where that was refused', () => {
    const refused = [happened.aborted(20), versionReturnIntended(), versionRefused(32)];
    expect(stepsFor(behind, withTemplates(...past, ...refused))).toEqual([]);
  });
});

describe('the rollout decides', () => {
  const renew = {
    type: 'RenewLaunchTemplate',
    ...change,
    channel: 'ltsc2022',
    effectId: effectId('template-2'),
    now: at(40),
  } as const;
  const typesOf = (command: Parameters<typeof rollout.decide>[0], state: Rollout) =>
    rollout.decide(command, state).map(({ type }) => type);

  it('one version at a time, while it runs, and none against somebody else', () => {
    expect(typesOf(renew, withTemplates())).toEqual(['LaunchTemplateVersionIntended']);
    expect(typesOf(renew, withTemplates(versionIntended()))).toEqual([]);
    expect(typesOf(renew, withTemplates(happened.halted()))).toEqual([]);
    expect(typesOf(renew, withTemplates(versionIntended(), versionSet()))).toEqual([]);
    expect(typesOf({ ...renew, amiId: change.fromAmiId }, withTemplates())).toEqual([]);
  });

  it('what became of it once', () => {
    const set = { type: 'RecordLaunchTemplate', groupName, version: 8, now: at(41) } as const;
    const meant = withTemplates(versionIntended());
    expect(typesOf(set, meant)).toEqual(['LaunchTemplateVersionSet']);
    expect(typesOf(set, withTemplates(versionIntended(), versionSet()))).toEqual([]);
    const failed = { status: 'failed', reason: 'UnauthorizedOperation' } as const;
    const id = effectId('template-2');
    const outcome = { type: 'RecordOutcome', effectId: id, outcome: failed, now: at(41) } as const;
    expect(typesOf(outcome, meant)).toEqual(['EffectFailed', 'LaunchTemplateVersionRefused']);
  });

  it('to go back only once it was aborted, and only from its own version', () => {
    const back = {
      type: 'ReturnLaunchTemplate',
      ...change,
      version: 8,
      effectId: effectId('back'),
      now: at(50),
    } as const;
    const set = [versionIntended(), versionSet()];
    expect(typesOf(back, withTemplates(...set))).toEqual([]);
    const aborted = withTemplates(...set, happened.aborted(20));
    expect(typesOf(back, aborted)).toEqual(['LaunchTemplateReturnIntended']);
    expect(typesOf({ ...back, version: 9 }, aborted)).toEqual([]);
  });
});
