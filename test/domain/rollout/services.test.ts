import { describe, expect, it } from 'vitest';
import { planSteps, type StepPlan } from '../../../domain/rollout/planSteps.ts';
import type { Sight } from '../../../domain/rollout/sight.ts';
import type { ObservedService, ObservedTask } from '../../../events/fleet.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import {
  aDeployment,
  aFleet,
  anImage,
  anInstance,
  aService,
  aTask,
  at,
  digest,
  imageName,
  imagesOf,
  instanceArn,
  october,
  september,
} from '../../support/fleetBuilder.ts';
import { aSight, happened, type Planned, rolloutAfter } from './rolloutBuilder.ts';

const { started, learnt, rebuilt, halted, paused } = happened;
const day = 24 * 60;
const images = imagesOf(
  anImage('orders', september),
  anImage('orders', october, { pushedAt: at(60) }),
);
const stale = [aTask('t', { on: 'a' }), aTask('u', { on: 'b' })];
const fresh = ['t2', 'u2'].map((name) =>
  aTask(name, { on: 'b', imageDigest: digest('orders october') }),
);

const planAt = (
  minute: number,
  past: readonly RolloutEvent[],
  {
    service = aService('orders'),
    tasks = stale,
    plan = {},
    ...fields
  }: Partial<Sight> & {
    readonly service?: ObservedService;
    readonly tasks?: readonly ObservedTask[];
    readonly plan?: Planned;
  } = {},
) => {
  const instances = ['a', 'b', 'c'].map((name) => anInstance(name));
  const view = aFleet({ instances, tasks, services: [service] });
  const state = rolloutAfter({ instances: [], services: ['orders'], ...plan }, started(), ...past);
  return planSteps(state, aSight({ view, images, now: at(minute), ...fields }));
};
const holdOf = ({ holds }: StepPlan, subject: string) =>
  holds.find((each) => each.subject.endsWith(subject))?.reason;
/** But for what is only learnt or noted. */
const stepsOf = ({ proposals }: StepPlan) =>
  proposals
    .map(({ step }) => step)
    .filter(({ type }) => type !== 'RecordHolds' && type !== 'LearnInstanceTarget');

describe('a service whose image is rebuilt', () => {
  it('is deployed, with a lease and the deployment that stood before', () => {
    const plan = planAt(61, [rebuilt()]);
    expect(plan.proposals.find(({ lease }) => lease !== undefined)).toMatchObject({
      lease: { subject: { kind: 'service' }, total: 1, unavailable: 0 },
      step: { type: 'DeployService', deploymentBefore: 'ecs-svc/1' },
    });
  });

  it('waits for its rebuild, and says so when that is overdue', () => {
    expect(holdOf(planAt(5, [happened.rebuildRequested()]), 'service/shop/orders')).toBe(
      'RebuildPending',
    );
    const overdue: RolloutEvent = {
      type: 'RebuildOverdue',
      data: { image: imageName('orders'), overdueAt: at(9) },
    };
    const late = planAt(10, [happened.rebuildRequested(), overdue], {
      images: imagesOf(anImage('orders', september)),
    });
    expect(holdOf(late, 'service/shop/orders')).toBe('RebuildOverdue');
  });

  it.each<readonly [string, Partial<ObservedService>, string]>([
    [
      'minimum and maximum 100%',
      { minimumHealthyPercent: 100, maximumPercent: 100 },
      'DeploymentDeadlock',
    ],
    [
      'another deployment controller',
      { deploymentController: 'CODE_DEPLOY' },
      'ExternalDeployment',
    ],
    [
      'a deployment of its owner',
      { deployments: [aDeployment('ecs-svc/9', { rolloutState: 'IN_PROGRESS' })] },
      'DeploymentInProgress',
    ],
    ['no deployment described', { deployments: [] }, 'DeploymentInProgress'],
    ['too few tasks running', { desiredCount: 6 }, 'ServiceBelowMinimum'],
  ])('is held by %s', (_what, fields, reason) => {
    const plan = planAt(61, [rebuilt()], { service: aService('orders', fields) });
    expect(plan.holds).toMatchObject([{ reason }]);
    expect(plan.holds[0]?.detail).not.toBe('');
  });

  it('is not deployed when its owner has done so', () => {
    expect(stepsOf(planAt(61, [rebuilt()], { tasks: fresh }))).toMatchObject([
      { type: 'RecordDeployed' },
    ]);
  });

  it('is not taken for deployed because its tasks name other images, or none', () => {
    const renamed = fresh.map((task) => ({
      ...task,
      containers: [{ name: 'app', image: 'elsewhere/orders:v2', hostPorts: [] }],
    }));
    for (const tasks of [renamed, fresh.map((task) => ({ ...task, containers: [] }))]) {
      expect(stepsOf(planAt(61, [rebuilt()], { tasks }))).toMatchObject([
        { type: 'DeployService' },
      ]);
    }
  });

  it('is left out when it was deleted', () => {
    const deleted = planAt(61, [rebuilt()], {
      service: aService('orders', { status: 'DRAINING' }),
    });
    expect(stepsOf(deleted)).toMatchObject([{ type: 'SkipService', reason: 'ServiceNotActive' }]);
  });
});

describe('instances before services', () => {
  const plan = { instances: ['a'] };
  const done: readonly RolloutEvent[] = [
    {
      type: 'InstanceSkipped',
      data: {
        containerInstanceArn: instanceArn('a'),
        reason: 'InstanceNotActive',
        detail: 'it went',
        skippedAt: at(5),
      },
    },
  ];

  it('the image waits until its instances are done', () => {
    const past = [learnt(), rebuilt()];
    expect(holdOf(planAt(61, past, { plan }), 'orders')).toBe('WaitsForInstances');
    expect(stepsOf(planAt(61, [...past, ...done], { plan }))).toMatchObject([
      { type: 'DeployService' },
    ]);
  });

  it('but no longer than the policy says', () => {
    const past = [learnt(), rebuilt()];
    expect(holdOf(planAt(60 + 7 * day - 1, past, { plan }), 'orders')).toBe('WaitsForInstances');
    const steps = stepsOf(planAt(60 + 7 * day, past, { plan }));
    expect(steps).toContainEqual(expect.objectContaining({ type: 'DeployService' }));
  });

  it('and in an emergency not at all', () => {
    const steps = stepsOf(
      planAt(61, [learnt(), rebuilt()], { plan: { ...plan, emergency: true } }),
    );
    expect(steps).toContainEqual(expect.objectContaining({ type: 'DeployService' }));
  });

  it('it waits for an AMI to come, but not for an instance that nothing will free', () => {
    const waits = planAt(61, [rebuilt()], { plan, amis: [] });
    expect(holdOf(waits, 'orders')).toBe('WaitsForInstances');
    const standalone = [...stale, aTask('n', { on: 'a', group: 'family:nightly' })];
    const steps = stepsOf(planAt(61, [learnt(), rebuilt()], { plan, tasks: standalone }));
    expect(steps).toMatchObject([{ type: 'DeployService' }]);
  });
});

describe('a deployment under way', () => {
  const deploying = [rebuilt(), happened.deploymentIntended('orders', 61)];
  const ours = [...deploying, happened.deploymentStarted('orders', 62)];
  const described = (minute: number, ...deployments: ReturnType<typeof aDeployment>[]) =>
    aService('orders', { deployments, describedAt: at(minute) });
  const before = aDeployment('ecs-svc/1');
  const second = (rolloutState: string) => aDeployment('ecs-svc/2', { rolloutState });

  it('is done when it is completed, alone, and runs nothing that is stale', () => {
    const service = described(70, second('COMPLETED'));
    expect(stepsOf(planAt(71, ours, { service, tasks: fresh }))).toMatchObject([
      { type: 'RecordDeployed' },
    ]);
    expect(stepsOf(planAt(71, ours, { service, tasks: [...fresh, ...stale] }))).toEqual([]);
    const both = described(70, second('COMPLETED'), aDeployment('ecs-svc/1', { status: 'ACTIVE' }));
    expect(stepsOf(planAt(71, ours, { service: both, tasks: fresh }))).toEqual([]);
  });

  it('is done when the service was scaled to nothing meanwhile', () => {
    const service = { ...described(70, second('COMPLETED')), desiredCount: 0, runningCount: 0 };
    expect(stepsOf(planAt(71, ours, { service, tasks: [] }))).toMatchObject([
      { type: 'RecordDeployed' },
    ]);
  });

  it('that failed leaves the service out and halts', () => {
    const service = described(70, second('FAILED'));
    expect(stepsOf(planAt(71, ours, { service }))).toMatchObject([
      { type: 'SkipService', reason: 'DeploymentFailed' },
      { type: 'HaltRollout', reason: 'DeploymentFailed' },
    ]);
  });

  it('is not taken for overtaken by a description from before it began', () => {
    // Described after the intent and before the call: what is missing there had no time to appear.
    expect(stepsOf(planAt(63, ours, { service: described(61.5, before) }))).toEqual([]);
    // A deployment of the owner that was not known at the intent, described before ours took its
    // place.
    const theirs = aDeployment('ecs-svc/9');
    expect(stepsOf(planAt(63, ours, { service: described(61.5, theirs) }))).toEqual([]);
    // ECS answers with an older state for a while.
    expect(stepsOf(planAt(64, ours, { service: described(63, before) }))).toEqual([]);
  });

  it('that was rolled back leaves the service out and halts', () => {
    expect(stepsOf(planAt(70, ours, { service: described(69, before) }))).toMatchObject([
      { type: 'SkipService', reason: 'DeploymentFailed' },
      { type: 'HaltRollout', reason: 'DeploymentFailed' },
    ]);
  });

  it('that its owner has overtaken is theirs now', () => {
    const service = described(64, aDeployment('ecs-svc/3', { rolloutState: 'IN_PROGRESS' }));
    expect(stepsOf(planAt(65, ours, { service }))).toMatchObject([
      { type: 'SkipService', reason: 'DeploymentInProgress' },
    ]);
  });

  it('is given up at its deadline', () => {
    const service = described(200, second('IN_PROGRESS'));
    expect(stepsOf(planAt(61 + 4 * 60, ours, { service }))).toEqual([]);
    expect(stepsOf(planAt(62 + 4 * 60, ours, { service }))).toMatchObject([
      { type: 'SkipService', reason: 'DeploymentFailed' },
    ]);
  });

  it('is followed after a pause and a halt', () => {
    const service = described(70, second('COMPLETED'));
    for (const stop of [paused(65), halted(65)]) {
      expect(stepsOf(planAt(71, [...ours, stop], { service, tasks: fresh }))).toMatchObject([
        { type: 'RecordDeployed' },
      ]);
    }
  });
});
