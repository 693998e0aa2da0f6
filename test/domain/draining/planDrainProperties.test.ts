import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DrainQuestion } from '../../../domain/draining/drainQuestion.ts';
import { planDrain } from '../../../domain/draining/planDrain.ts';
import { deploymentBounds } from '../../../domain/service/deploymentBounds.ts';
import { runningTasks } from '../../../domain/service/runningTasks.ts';
import { aFleet, aService, aTask, at, imagesOf, instanceArn } from '../../support/fleetBuilder.ts';
import { anyFleet } from '../rollout/anyFleet.ts';
import { planFor, roomFor } from './drainBuilder.ts';
import { orderExists, type TinyService } from './orderExists.ts';

/** Any fleet, any of its instances to be drained, any policy. */
const anyQuestion = fc
  .record({
    fleet: anyFleet,
    chosen: fc.subarray(['a', 'b', 'c', 'd', 'e', 'f'], { minLength: 1 }),
    standalone: fc.constantFrom(
      { type: 'wait' as const },
      { type: 'protect' as const },
      { type: 'stopAfter' as const, afterMs: 60_000 },
    ),
    lastHealthyTask: fc.constantFrom('hold' as const, 'stop' as const),
    cpu: fc.constantFrom(1024, 2048, 4096, 8192),
    isProtected: fc.nat(6),
  })
  .map(({ fleet: { sight }, chosen, standalone, lastHealthyTask, cpu, isProtected }) => {
    const { amis, channels, images, view } = sight;
    const all = { cpu, memoryMiB: 32_767, tcpPorts: [], udpPorts: [] };
    const instances = [...view.instances].map(
      ([arn, each]) => [arn, { ...each, registered: all, remaining: all }] as const,
    );
    const small = { ...view, instances: new Map(instances) };
    const arns = [...small.tasks.keys()];
    return {
      fleet: { view: small, amis, channels, images },
      instances: chosen.map(instanceArn).filter((arn) => small.instances.has(arn)),
      osReserveMiB: 2_048,
      now: at(10),
      standalone,
      lastHealthyTask,
      protectedUntil: new Map(arns.slice(0, isProtected).map((arn) => [arn, at(20)])),
    };
  });

const othersDrain = ({ fleet, instances }: Pick<DrainQuestion, 'fleet' | 'instances'>): boolean =>
  [...fleet.view.instances.values()].some(
    ({ containerInstanceArn, status }) =>
      status === 'DRAINING' && !instances.includes(containerInstanceArn),
  );

const live = ['RUNNING', 'PENDING'];

describe('a drain plan, whatever the fleet', () => {
  it('tells of every task on the instances exactly once', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { view } = question.fleet;
        const there = [...view.tasks.values()].filter(
          ({ lastStatus, containerInstanceArn: on }) =>
            live.includes(lastStatus) && on !== undefined && question.instances.includes(on),
        );
        const plan = planDrain(question);
        expect(plan.tasks.map(({ taskArn }) => taskArn)).toEqual(
          there.map(({ taskArn }) => taskArn).toSorted(),
        );
        const told = plan.instances.flatMap(({ moved, ends, stays }) => [moved, ends, stays]);
        expect(told.reduce((sum, each) => sum + each, 0)).toBe(there.length);
      }),
    );
  });

  it('moves nothing onto what is drained, nor more than there is room for', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { view } = question.fleet;
        const plan = planDrain(question);
        const arrivals = Map.groupBy(
          plan.tasks.flatMap((fate) => (fate.outcome === 'moved' ? [fate] : [])),
          ({ to }) => to,
        );
        for (const [to, fates] of arrivals) {
          const instance = view.instances.get(to);
          expect(instance).toMatchObject({ status: 'ACTIVE', agentConnected: true });
          expect(question.instances).not.toContain(to);
          const there = [...view.tasks.values()].filter(
            ({ containerInstanceArn, lastStatus }) =>
              containerInstanceArn === to && lastStatus !== 'STOPPED',
          );
          const cpu = (there.length + fates.length) * 1024;
          expect(cpu).toBeLessThanOrEqual(instance?.registered.cpu ?? 0);
        }
      }),
    );
  });

  it('takes no service below its lower bound, nor to nothing unless a person allows it', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { view } = question.fleet;
        for (const outcome of planDrain(question).services) {
          const service = view.services.get(outcome.serviceArn);
          if (service === undefined) throw new Error(`${outcome.serviceArn} is not in the fleet`);
          const before = runningTasks(view, service);
          const { lower } = deploymentBounds(service);
          const isHeld = question.lastHealthyTask === 'hold' && service.desiredCount > 0;
          const atLeast = isHeld && !othersDrain(question) ? Math.max(1, lower) : lower;
          expect(outcome.lowest).toBeGreaterThanOrEqual(Math.min(before, atLeast));
        }
      }),
    );
  });

  it('names something that stands against it exactly where it is not clear', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { verdict, blockers, tasks, emptyAfter } = planDrain(question);
        expect(verdict === 'empties').toBe(blockers.length === 0);
        const stays = tasks.filter(({ outcome }) => outcome === 'stays');
        expect(emptyAfter === null).toBe(stays.length > 0);
        for (const { taskArn } of stays) {
          expect(blockers.filter((each) => each.taskArn === taskArn)).toHaveLength(1);
        }
      }),
    );
  });

  it('does not depend on the order in which the instances are named, task by task', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const reversed = { ...question, instances: question.instances.toReversed() };
        expect(planDrain(reversed).tasks).toEqual(planDrain(question).tasks);
      }),
    );
  });
});

const anyTiny = fc
  .record({
    desired: fc.integer({ min: 1, max: 4 }),
    surplus: fc.constantFrom(0, 0, 0, 1),
    minimumPercent: fc.constantFrom(0, 50, 75, 100),
    maximumPercent: fc.constantFrom(100, 125, 150, 200),
    leaving: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ surplus, ...given }): TinyService => {
    const running = given.desired + surplus;
    const leaving = Math.min(given.leaving, running);
    return { ...given, leaving, staying: running - leaving };
  });

/** `a` is drained; `b` has all that stays, and room for so many more. */
const fleetOf = (services: readonly TinyService[], slots: number) => {
  const names = services.map((_, place) => `s${place}`);
  const tasks = services.flatMap(({ leaving, staying }, place) =>
    Array.from({ length: leaving + staying }, (_, index) =>
      aTask(`s${place}-${index}`, { service: `s${place}`, on: index < leaving ? 'a' : 'b' }),
    ),
  );
  const staying = services.reduce((sum, each) => sum + each.staying, 0);
  const described = services.map(({ desired, minimumPercent, maximumPercent }, place) =>
    aService(names[place] ?? '', {
      desiredCount: desired,
      minimumHealthyPercent: minimumPercent,
      maximumPercent,
      placementConstraints: [],
    }),
  );
  const instances = [roomFor('a', 12), roomFor('b', staying + slots, {})];
  return aFleet({ instances, services: described, tasks });
};

describe('a deadlock', () => {
  it('is found if and only if no order of stops and starts gets everything away', () => {
    fc.assert(
      fc.property(fc.array(anyTiny, { minLength: 1, maxLength: 3 }), fc.nat(5), (tiny, slots) => {
        const plan = planFor(fleetOf(tiny, slots), ['a'], {
          lastHealthyTask: 'stop',
          images: imagesOf(),
        });
        expect(plan.emptyAfter !== null).toBe(orderExists(tiny, slots));
      }),
      { numRuns: 500 },
    );
  });
});
