import { describe, expect, it } from 'vitest';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import { type PrefetchState, prefetch } from '../../../domain/rollout/prefetch.ts';
import type { Sight } from '../../../domain/rollout/sight.ts';
import type { Budget } from '../../../events/disruption.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  at,
  digest,
  imageName,
  instanceArn,
  serviceArn,
} from '../../support/fleetBuilder.ts';
import {
  aSight,
  happened,
  ledgerHolding,
  type Planned,
  rolloutAfter,
  rolloutId,
} from './rolloutBuilder.ts';

const { started, learnt, rebuilt, halted } = happened;
const budget: Budget = {
  instances: { count: 2 },
  services: { count: 1 },
  reasons: [{ reason: 'patch' }, { reason: 'prefetch' }],
};
const rebuiltDigest = digest('orders october');
const policy = { prefetch: { memoryMiB: 512, deadlineMs: 30 * 60_000 } };

/** Five instances that stay; the service runs on the first three of them. */
const instances = ['a', 'b', 'c', 'd', 'e'].map((name) => anInstance(name));
const tasks = ['a', 'b', 'c'].map((name) =>
  aTask(`orders-${name}`, {
    group: 'service:orders',
    containerInstanceArn: instanceArn(name),
  }),
);
const services = [aService('orders', { desiredCount: 3 })];
const view = aFleet({ instances, tasks, services });

const rolling = (plan: Planned = {}) =>
  rolloutAfter(
    { instances: [], services: ['orders'], policy, ...plan },
    started(),
    learnt(),
    rebuilt(),
  );
const sight = (fields: Partial<Sight> = {}) =>
  aSight({ view, ledger: { ...ledgerHolding(), budget }, now: at(61), ...fields });

type Plan = ReturnType<typeof planSteps>;
const pulledTo = ({ prefetches }: Plan) =>
  prefetches.flatMap(({ step }) =>
    step.type === 'PrefetchImage' ? [step.containerInstanceArn.split('/').at(-1)] : [],
  );
const endsOf = ({ prefetches }: Plan) =>
  prefetches.flatMap(({ step }) => (step.type === 'EndPrefetch' ? [step] : []));
const deploys = ({ proposals }: Plan) =>
  proposals.some(({ step }) => step.type === 'DeployService');
const holdOf = ({ holds }: Plan) => holds.find(({ subject }) => subject === serviceArn('orders'));

/** What the stream of prefetches holds once these proposals were decided. */
const decided = ({ prefetches }: Plan, before: PrefetchState = prefetch.initialState) =>
  prefetches.reduce(
    (state, { step }) => prefetch.decide(step, state).reduce(prefetch.evolve, state),
    before,
  );
const on = (state: PrefetchState) => new Map([[rolloutId as string, state]]);

describe('a rebuilt image', () => {
  it('is pulled where its service runs, as many at once as the budget allows', () => {
    const plan = planSteps(rolling(), sight());
    expect(pulledTo(plan)).toEqual(['a', 'b']);
    expect(plan.prefetches[0]).toMatchObject({
      lease: { reason: 'prefetch', subject: { kind: 'instance', id: instanceArn('a') } },
      step: { digest: rebuiltDigest, repository: imageName('orders').replace(/:.*$/, '') },
    });
  });

  it('keeps its service waiting while it is pulled, and says so', () => {
    const plan = planSteps(rolling(), sight());
    expect(deploys(plan)).toBe(false);
    expect(holdOf(plan)).toMatchObject({
      reason: 'ImagePrefetching',
      detail: expect.stringContaining('2 of 3'),
    });
    expect(deploys(planSteps(rolling({ policy: {} }), sight()))).toBe(true);
  });

  it('keeps nothing waiting where the budget does not list the reason', () => {
    const patchAlone = { ...budget, reasons: [{ reason: 'patch' as const }] };
    const plan = planSteps(
      rolling(),
      sight({ ledger: { ...ledgerHolding(), budget: patchAlone } }),
    );
    expect([pulledTo(plan), deploys(plan)]).toEqual([[], true]);
  });

  it('is not pulled onto what leaves, is not ACTIVE, has no room, or has it', () => {
    const leaving = rolling({ instances: ['a'], emergency: true });
    expect(pulledTo(planSteps(leaving, sight()))).not.toContain('a');

    const known = { containers: [{ ...tasks[1]?.containers[0], imageDigest: rebuiltDigest }] };
    const others = aFleet({
      instances: [
        anInstance('a', { status: 'DRAINING' }),
        anInstance('b'),
        anInstance('c', { remaining: { ...anInstance('c').remaining, memoryMiB: 2_300 } }),
        anInstance('d'),
      ],
      tasks: [
        ...tasks,
        aTask('has-it', { ...known, containerInstanceArn: instanceArn('b') } as never),
      ],
      services,
    });
    expect(pulledTo(planSteps(rolling(), sight({ view: others })))).toEqual([]);
  });
});

describe('a pull that is under way', () => {
  const begun = decided(planSteps(rolling(), sight()));
  const [first] = Object.values(begun.prefetches);
  if (first === undefined) throw new Error('two were begun');
  const canary = (fields: object) =>
    aTask('pull', { startedBy: first.effectId, group: 'family:tuesday-prefetch', ...fields });
  const later = (state: PrefetchState, fields: Partial<Sight> = {}) =>
    planSteps(rolling(), sight({ prefetches: on(state), now: at(65), ...fields }));
  const stopped = (exitCode?: number) =>
    aFleet({
      instances,
      services,
      tasks: [
        ...tasks,
        canary({
          lastStatus: 'STOPPED',
          stoppedReason: 'Essential container in task exited',
          containers: [{ name: 'prefetch', ...(exitCode !== undefined && { exitCode }) }],
        }),
      ],
    });

  it('is not asked for again', () => {
    expect(pulledTo(later(begun, { ledger: leased() }))).toEqual([]);
  });

  it('has pulled the image when its task has ended well', () => {
    expect(endsOf(later(begun, { view: stopped(0) }))).toMatchObject([{ outcome: 'pulled' }]);
    expect(endsOf(later(begun, { view: stopped(1) }))).toMatchObject([{ outcome: 'failed' }]);
    expect(endsOf(later(begun, { view: stopped() }))).toMatchObject([{ outcome: 'failed' }]);
  });

  it('gives its lease back, and the next one begins', () => {
    const after = decided(later(begun, { view: stopped(0), ledger: leased() }), begun);
    const plan = later(after, { ledger: leased() });
    expect(plan.ledger).toContainEqual(
      expect.objectContaining({ type: 'ReturnLease', leaseId: first.leaseId }),
    );
    const { [first.leaseId]: _returned, ...leases } = leased().leases;
    expect(pulledTo(later(after, { ledger: { ...leased(), leases } }))).toEqual(['c']);
  });

  it('is given up when it takes too long, its instance is gone or the rollout is halted', () => {
    const lateEnds = endsOf(later(begun, { now: at(92) }));
    expect(lateEnds.map(({ outcome }) => outcome)).toEqual(['givenUp', 'givenUp']);
    const withoutA = aFleet({ instances: instances.slice(1), services, tasks });
    expect(endsOf(later(begun, { view: withoutA }))).toMatchObject([{ detail: /gone/ }]);
    const stoppedRollout = rolloutAfter(
      { instances: [], services: ['orders'], policy },
      started(),
      rebuilt(),
      halted(62),
    );
    const plan = planSteps(stoppedRollout, sight({ prefetches: on(begun), now: at(65) }));
    expect(endsOf(plan)).toHaveLength(2);
  });

  it('is over for good: the service is deployed, whatever came of it', () => {
    const failed = decided(later(begun, { now: at(92) }), begun);
    const alone = aFleet({ instances, services, tasks: tasks.slice(0, 2) });
    const plan = later(failed, { view: alone, now: at(93) });
    expect([pulledTo(plan), deploys(plan)]).toEqual([[], true]);
  });

  const leased = () => {
    const granted = Object.values(begun.prefetches).map((each) => ({
      leaseId: each.leaseId,
      kind: 'instance' as const,
      id: each.containerInstanceArn,
      holder: `prefetch#${rolloutId}`,
    }));
    return { ...ledgerHolding(...granted), budget };
  };
});
