import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../../domain/placement/query/parse.ts';
import { ecsRules } from '../../../../domain/placement/requirement.ts';
import { planDaemon } from '../../../../domain/placement/scheduling/planDaemon.ts';
import { anInstance, aTask, running } from './schedulingFacts.ts';

const inZone = (zone: string) => {
  const parsed = parseQuery(`attribute:ecs.availability-zone == ${zone}`);
  if ('refused' in parsed) throw new Error(parsed.refused.message);
  return { type: 'memberOf', query: parsed.ok } as const;
};

const full = { ...anInstance('a1').remaining, memoryMiB: 0 };
const plan = (
  ...[instances, tasks, task = aTask()]: [
    Parameters<typeof planDaemon>[0],
    Parameters<typeof planDaemon>[2],
    ReturnType<typeof aTask>?,
  ]
) => planDaemon(instances, task, tasks, ecsRules);

describe('a daemon', () => {
  it('starts where it matches and has none, and says what keeps it off the others', () => {
    const instances = [
      anInstance('a1'),
      anInstance('b1', { remaining: full }),
      anInstance('c1', { agentConnected: false }),
    ];
    expect(plan(instances, [])).toEqual({
      start: ['a1'],
      stop: [],
      kept: [
        { instanceId: 'b1', rules: ['Memory'] },
        { instanceId: 'c1', rules: ['AgentDisconnected'] },
      ],
      matchingCount: 3,
    });
  });

  it('is content with what it asked for', () => {
    const instances = [anInstance('a1'), anInstance('b1')];
    const started = plan(instances, []).start.map((instanceId) => ({ id: instanceId, instanceId }));
    expect(plan(instances, started)).toEqual({ start: [], stop: [], kept: [], matchingCount: 2 });
  });

  it('keeps its task where there is no room for another', () => {
    const instances = [
      anInstance('a1', { remaining: full, tasks: [running('d', 'service:orders')] }),
    ];
    expect(plan(instances, [{ id: 'd', instanceId: 'a1' }])).toMatchObject({ start: [], stop: [] });
  });

  it('leaves instances that its constraint does not name, and has one where there were two', () => {
    const task = aTask({ constraints: [inZone('a')] });
    const tasks = [
      { id: 'd1', instanceId: 'a1' },
      { id: 'd2', instanceId: 'a1' },
      { id: 'd3', instanceId: 'b1' },
      { id: 'd4', instanceId: 'gone' },
    ];
    expect(plan([anInstance('a1'), anInstance('b1')], tasks, task)).toEqual({
      start: [],
      stop: [
        { taskId: 'd2', because: 'Twice' },
        { taskId: 'd3', because: 'NoLongerMatches' },
        { taskId: 'd4', because: 'InstanceGone' },
      ],
      kept: [],
      matchingCount: 1,
    });
  });

  it('is the last to leave an instance that drains', () => {
    const own = running('d', 'service:orders');
    const draining = (...tasks: ReturnType<typeof running>[]) =>
      anInstance('a1', { status: 'DRAINING', tasks });
    const tasks = [{ id: 'd', instanceId: 'a1' }];
    expect(plan([draining(own, running('web'))], tasks).stop).toEqual([]);
    expect(plan([draining(own)], tasks).stop).toEqual([
      { taskId: 'd', because: 'InstanceDraining' },
    ]);
  });
});
