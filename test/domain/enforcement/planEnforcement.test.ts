import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { enforcement } from '../../../domain/enforcement/enforcement.ts';
import { planEnforcement } from '../../../domain/enforcement/planEnforcement.ts';
import type { EnforcementEvent } from '../../../events/enforcement.ts';
import type { ObservedInstance, ObservedService, ObservedTask } from '../../../events/fleet.ts';
import { EffectId, type Instant, WindowsBuild } from '../../../events/ids.ts';
import {
  aFleet,
  amiId,
  anAmiFamily,
  anImage,
  anInstance,
  aService,
  aTask,
  at,
  digest,
  enforced,
  imagesOf,
  instanceArn,
  october,
  october2019,
  september,
  september2019,
  serviceArn,
} from '../../support/fleetBuilder.ts';
import { aSight } from '../rollout/rolloutBuilder.ts';

/** Before the floor that images of 2019 from April 2025 on have. */
const march2025 = WindowsBuild.parse('17763.7009');
const free = (fields: Partial<ObservedService> = {}) =>
  aService('orders', { placementConstraints: [], ...fields });

type Given = {
  readonly instances?: readonly ObservedInstance[];
  readonly service?: ObservedService;
  readonly tasks?: readonly ObservedTask[];
  readonly toCome?: readonly WindowsBuild[];
  readonly past?: readonly EnforcementEvent[];
  readonly labelInferredBuilds?: boolean;
  readonly image?: WindowsBuild;
  readonly now?: Instant;
};

const plan = ({
  instances = [anInstance('a'), anInstance('b', { build: october })],
  service = free(),
  tasks = [aTask('t', { on: 'a' })],
  toCome = [],
  past = [],
  labelInferredBuilds = false,
  image = september,
  now = at(10),
}: Given = {}) => {
  const amis = [anAmiFamily(september), anAmiFamily(september2019)];
  const images = imagesOf(anImage('orders', image, { name: 'orders september' }));
  const commands = planEnforcement({
    state: fold(enforcement, past),
    sight: {
      ...aSight({ amis, images, now }),
      view: aFleet({ instances, tasks, services: [service] }),
    },
    toCome: new Map([[service.serviceArn, toCome]]),
    labelInferredBuilds,
  });
  const writes = commands.filter(({ type }) => type !== 'RecordHolds');
  const held = commands.flatMap((each) => (each.type === 'RecordHolds' ? each.held : []));
  return { writes, held };
};

const withAmi = (name: string, build: WindowsBuild) => ({
  ...anInstance(name),
  attributes: { 'ecs.os-family': 'WINDOWS_SERVER_2022_CORE', 'ecs.ami-id': amiId(build) },
});

describe('an instance', () => {
  it('is given the build that the table says of its AMI', () => {
    expect(plan({ instances: [anInstance('a'), withAmi('c', september)] }).writes).toMatchObject([
      { type: 'LabelInstance', containerInstanceArn: instanceArn('c'), build: september },
      { type: 'ConstrainService' },
    ]);
  });

  it('is left without where nothing says its build, and it is said why', () => {
    const { writes, held } = plan({ instances: [anInstance('a'), withAmi('c', october)] });
    expect(writes).toMatchObject([{ type: 'ConstrainService', builds: [september] }]);
    expect(held).toMatchObject([{ subject: instanceArn('c'), reason: 'BuildUnknown' }]);
  });

  it('that is no Windows is none of ours', () => {
    const linux = { ...anInstance('c'), attributes: { 'ecs.os-type': 'linux' } };
    expect(plan({ instances: [anInstance('a'), linux] }).held).toEqual([]);
  });

  it('is not given a build twice', () => {
    const effectId = EffectId.parse('label-c');
    const containerInstanceArn = instanceArn('c');
    const data = { containerInstanceArn, build: september, effectId, intendedAt: at(9) };
    const intended: EnforcementEvent = { type: 'InstanceLabelIntended', data };
    const done: EnforcementEvent = {
      type: 'EnforcementSucceeded',
      data: { effectId, succeededAt: at(9) },
    };
    for (const past of [[intended], [intended, done]]) {
      const { writes } = plan({ instances: [anInstance('a'), withAmi('c', september)], past });
      expect(writes).toMatchObject([{ type: 'ConstrainService' }]);
    }
  });
});

describe('a build that is only inferred', () => {
  const family = anAmiFamily(september);
  const [ami] = family.amis;
  const inferred = [{ ...family, amis: ami ? [{ ...ami, evidence: 'inferred' as const }] : [] }];
  const planned = (labelInferredBuilds: boolean) =>
    planEnforcement({
      state: enforcement.initialState,
      sight: aSight({ amis: inferred, view: aFleet({ instances: [withAmi('c', september)] }) }),
      toCome: new Map(),
      labelInferredBuilds,
    });

  it('is not written unless the policy says so', () => {
    expect(planned(false)).toMatchObject([
      { type: 'RecordHolds', held: [{ subject: instanceArn('c'), reason: 'BuildUnknown' }] },
    ]);
    expect(planned(true)).toMatchObject([
      { type: 'LabelInstance', build: september },
      { type: 'RecordHolds', held: [] },
    ]);
  });
});

describe('a service', () => {
  it('is constrained to the builds of the instances that its images may run on', () => {
    const { writes, held } = plan();
    expect(writes).toMatchObject([
      { type: 'ConstrainService', serviceArn: serviceArn('orders'), builds: [september, october] },
    ]);
    expect(held).toEqual([]);
  });

  it('is left alone while its constraint is in step', () => {
    expect(plan({ service: free({ placementConstraints: enforced }) }).writes).toEqual([]);
  });

  it('gets another when an instance comes on a build that it does not allow', () => {
    const later = WindowsBuild.parse('20348.4405');
    const instances = [anInstance('a'), anInstance('c', { build: later })];
    const service = free({ placementConstraints: enforced });
    expect(plan({ instances, service }).writes).toMatchObject([{ builds: [september, later] }]);
  });

  const old = anInstance('old', { build: march2025 });
  const patched = anInstance('new', { build: september2019 });
  const of2019 = { image: march2025, tasks: [aTask('t', { on: 'old' })] };

  it('is kept off an instance below a floor before the image that needs it is deployed', () => {
    const given = { ...of2019, instances: [old, patched] };
    expect(plan(given).writes).toMatchObject([{ builds: [march2025, september2019] }]);
    expect(plan({ ...given, toCome: [october2019] }).writes).toMatchObject([
      { builds: [september2019] },
    ]);
  });

  it('is held where no instance would match', () => {
    const { writes, held } = plan({ ...of2019, instances: [old], toCome: [october2019] });
    expect(writes).toEqual([]);
    expect(held).toMatchObject([
      { reason: 'PlacementNotEnforceable', detail: expect.stringContaining('no instance') },
    ]);
  });

  it('is held where those that match have no room for it', () => {
    const { remaining } = patched;
    const full = { ...patched, remaining: { ...remaining, memoryMiB: 4_096 } };
    const given = { ...of2019, instances: [old, full], toCome: [october2019] };
    expect(plan(given).held).toMatchObject([
      { reason: 'PlacementNotEnforceable', detail: expect.stringContaining('room for 1 of 2') },
    ]);
  });

  it('is held as a daemon where it would be stopped', () => {
    const service = free({ schedulingStrategy: 'DAEMON' });
    const given = { ...of2019, service, instances: [old, patched], toCome: [october2019] };
    expect(plan(given).held).toMatchObject([
      { reason: 'PlacementNotEnforceable', detail: expect.stringContaining('daemon') },
    ]);
  });

  it.each<readonly [string, Partial<ObservedService>, string]>([
    ['its deployments belong to another', { deploymentController: 'CODE_DEPLOY' }, 'CODE_DEPLOY'],
    [
      'its owner has ten constraints',
      { placementConstraints: Array(10).fill({ type: 'distinctInstance' }) },
      "owner's 10",
    ],
  ])('is held where %s', (_what, fields, word) => {
    const { writes, held } = plan({ service: free(fields) });
    expect(writes).toEqual([]);
    expect(held).toMatchObject([
      { reason: 'PlacementNotEnforceable', detail: expect.stringContaining(word) },
    ]);
  });

  it('of which no image is known is none of ours', () => {
    const unknown = aTask('t', { on: 'a', imageDigest: digest('nobody has read it') });
    const { writes, held } = plan({ tasks: [unknown] });
    expect([...writes, ...held]).toEqual([]);
  });

  it('is constrained anew when somebody has taken the constraint off', () => {
    const effectId = EffectId.parse('constrain-orders');
    const past: readonly EnforcementEvent[] = [
      {
        type: 'ServiceConstraintIntended',
        data: {
          serviceArn: serviceArn('orders'),
          builds: [september, october],
          effectId,
          intendedAt: at(5),
        },
      },
      { type: 'EnforcementSucceeded', data: { effectId, succeededAt: at(6) } },
    ];
    expect(plan({ past, service: free({ describedAt: at(3) }) }).writes).toEqual([]);
    expect(plan({ past, service: free({ describedAt: at(7) }) }).writes).toHaveLength(1);
  });
});
