import { describe, expect, it } from 'vitest';
import { imagesToCome } from '../../../domain/rollout/imagesToCome.ts';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import type { Sight } from '../../../domain/rollout/sight.ts';
import type { ObservedInstance } from '../../../events/fleet.ts';
import { WindowsBuild } from '../../../events/ids.ts';
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
  october2019,
  september2019,
  serviceArn,
} from '../../support/fleetBuilder.ts';
import { aSight, happened, planned, rolloutAfter } from './rolloutBuilder.ts';

// Images of 2019 from April 2025 on do not run on an instance of March.
const march = WindowsBuild.parse('17763.7009');
const channel = 'ltsc2019' as const;
const { data } = planned({ instances: [], services: ['orders'] });
const plan = {
  ...data,
  targets: [{ channel, build: october2019 }] as const,
  images: data.images.map((each) => ({ ...each, channel, fromBuild: march, toBuild: october2019 })),
  services: data.services.map((each) => ({ ...each, channel })),
} as const;
const rebuilt: RolloutEvent = {
  type: 'RebuildArrived',
  data: {
    image: imageName('orders'),
    digest: digest('orders october'),
    build: october2019,
    arrivedAt: at(60),
  },
};
const images = imagesOf(
  anImage('orders', march, { name: 'orders september' }),
  anImage('orders', october2019, { pushedAt: at(60) }),
);
const stuck = anInstance('stuck', { build: march });
const patched = anInstance('patched', { build: september2019 });
const allow = (...builds: readonly WindowsBuild[]) => [
  { type: 'memberOf', expression: `attribute:tuesday.os-build in [${builds.join(', ')}]` },
];

const look = (
  placementConstraints: ReturnType<typeof allow>,
  {
    instances = [stuck, patched],
    past = [],
    createdAt = at(-1000),
    ...fields
  }: Partial<Sight> & {
    readonly instances?: readonly ObservedInstance[];
    readonly past?: readonly RolloutEvent[];
    readonly createdAt?: ReturnType<typeof at>;
  } = {},
) => {
  const deployments = [aDeployment('ecs-svc/1', { createdAt })];
  const service = aService('orders', { placementConstraints, deployments });
  const tasks = ['t', 'u'].map((name) => aTask(name, { on: 'stuck' }));
  const view = aFleet({ instances, tasks, services: [service] });
  const sight = aSight({ view, images, amis: [], now: at(61), ...fields });
  const state = rolloutAfter(plan, happened.started(), rebuilt, ...past);
  const steps = planSteps(state, sight);
  const deploys = steps.proposals.some(({ step }) => step.type === 'DeployService');
  const hold = steps.holds.find(({ subject }) => subject === service.serviceArn)?.reason;
  const coming = imagesToCome([{ rollout: state, plan: steps }], view, sight);
  return { deploys, hold, coming: coming.get(service.serviceArn) ?? [] };
};

describe('one instance below a floor that cannot be drained', () => {
  it('holds back no image that ECS is seen to keep off it', () => {
    expect(look(allow(september2019))).toMatchObject({ deploys: true, hold: undefined });
  });

  it.each([
    ['nothing', []],
    ['builds on which the image may not run', allow(march, september2019)],
  ])('holds it back while the service is constrained to %s', (_what, constraints) => {
    const { deploys, hold, coming } = look(constraints);
    expect([deploys, hold]).toEqual([false, 'ConstraintPending']);
    // So that the constraint is narrowed to what both images run on.
    expect(coming).toEqual([october2019]);
  });

  it('holds it back while an older constraint may still land', () => {
    const constraintsInDoubt = new Set([serviceArn('orders')]);
    expect(look(allow(september2019), { constraintsInDoubt }).hold).toBe('ConstraintPending');
  });

  it('holds it back where there is no other instance', () => {
    expect(look(allow(september2019), { instances: [stuck] }).hold).toBe('IncompatibleBuild');
  });

  it('is named where the others have no room', () => {
    const { remaining } = patched;
    const full = { ...patched, remaining: { ...remaining, cpu: 512 } };
    expect(look([], { instances: [stuck, full] }).hold).toBe('IncompatibleBuild');
  });
});

describe('the image that is to come', () => {
  it('is not counted while the rollout stands still: tasks that move need all instances', () => {
    expect(look([], { past: [happened.paused(60)] }).coming).toEqual([]);
  });

  it('is counted once someone has deployed after it came, whoever that was', () => {
    const past = [happened.paused(60)];
    expect(look([], { past, createdAt: at(61) }).coming).toEqual([october2019]);
  });
});
