import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../../domain/placement/query/parse.ts';
import { ecsRules } from '../../../../domain/placement/requirement.ts';
import type { StoppableTask } from '../../../../domain/placement/scheduling/chooseTaskToStop.ts';
import {
  planRebalancing,
  type RebalancedService,
} from '../../../../domain/placement/scheduling/planRebalancing.ts';
import { anInstance, aTask, on, running, zoneSpread } from './schedulingFacts.ts';

const service: RebalancedService = {
  isEnabled: true,
  schedulingStrategy: 'REPLICA',
  deploymentController: 'ECS',
  maximumPercent: 200,
  usesClassicLoadBalancer: false,
  isDeploying: false,
  isSteady: true,
  desiredCount: 6,
};

const names = ['a1', 'b1', 'c1'];
const fleet = (tasks: readonly StoppableTask[]) =>
  names.map((id) =>
    anInstance(id, {
      tasks: tasks
        .filter(({ instanceId }) => instanceId === id)
        .map((task) => running(task.id, 'service:orders')),
    }),
  );
const crowded = ['1', '2', '3', '4'].map((id) => on(id, 'a1')).concat(on('5', 'b1'), on('6', 'b1'));

const plan = (fields: Partial<RebalancedService> = {}, task = aTask(), tasks = crowded) =>
  planRebalancing({ ...service, ...fields }, task, tasks, fleet(tasks), ecsRules);

const zoneConstraint = () => {
  const parsed = parseQuery('attribute:ecs.availability-zone != c');
  if ('refused' in parsed) throw new Error(parsed.refused.message);
  return { type: 'memberOf', query: parsed.ok } as const;
};

describe('availability-zone rebalancing (ECS Developer Guide, service-rebalancing)', () => {
  it('starts one in the emptiest zone, and names one of the fullest to stop', () => {
    expect(plan()).toEqual({ fromZone: 'a', toZone: 'c', startOn: 'c1', taskToStop: '1' });
    expect(plan({}, aTask({ strategies: [zoneSpread] }))).toMatchObject({ toZone: 'c' });
  });

  it.each<[string, Partial<RebalancedService>]>([
    ['NotEnabled', { isEnabled: false }],
    ['NotReplica', { schedulingStrategy: 'DAEMON' }],
    ['ExternalDeployment', { deploymentController: 'EXTERNAL' }],
    ['MaximumPercent100', { maximumPercent: 100 }],
    ['ClassicLoadBalancer', { usesClassicLoadBalancer: true }],
    ['DeploymentInProgress', { isDeploying: true }],
    ['NotSteady', { isSteady: false }],
  ])('does not begin: %s', (whyNot, fields) => {
    expect(plan(fields)).toMatchObject({ whyNot });
  });

  it.each([
    ['FirstStrategyNotZoneSpread', aTask({ strategies: [{ type: 'random' }, zoneSpread] })],
    ['ZoneConstraint', aTask({ constraints: [zoneConstraint()] })],
  ])('does not begin for what the service asks of placement: %s', (whyNot, task) => {
    expect(plan({}, task)).toMatchObject({ whyNot });
  });

  it('says that the zones are balanced, that there is but one, that there is no room', () => {
    const even = [on('1', 'a1'), on('2', 'b1')];
    expect(plan({}, aTask(), even)).toEqual({ whyNot: 'Balanced', detail: 'c 0, a 1, b 1' });
    const one = planRebalancing(service, aTask(), crowded, [anInstance('a1')], ecsRules);
    expect(one).toMatchObject({ whyNot: 'OneZone' });
    const huge = aTask({
      containers: aTask().containers.map((each) => ({ ...each, memoryMiB: 9_000 })),
    });
    expect(plan({}, huge)).toMatchObject({ whyNot: 'NoRoomInZone' });
    const kept = crowded.map((task) => ({ ...task, isProtected: true }));
    expect(plan({}, aTask(), kept)).toMatchObject({ whyNot: 'AllProtected' });
  });

  it('comes to an end, balanced, and never runs fewer than before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 15 }), (where) => {
        let tasks = where.map((id, index) => on(`${index}`, id));
        for (let move = 0; ; move += 1) {
          const next = plan({}, aTask({ id: `move-${move}` }), tasks);
          if ('whyNot' in next) {
            expect(next.whyNot).toBe('Balanced');
            break;
          }
          expect(move).toBeLessThan(where.length);
          const started = [...tasks, on(`move-${move}`, next.startOn)];
          tasks = started.filter(({ id }) => id !== next.taskToStop);
          expect(tasks.length).toBe(where.length);
        }
      }),
    );
  });
});
