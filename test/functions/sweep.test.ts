import { describe, expect, it } from 'vitest';
import type { Observation } from '../../domain/fleet/observation.ts';
import type { ObservedInstance, ObservedService, ObservedTask } from '../../events/fleet.ts';
import { observe } from '../../functions/observe.ts';
import { sweep } from '../../functions/ticks/sweep.ts';
import { followViews } from '../../infra/views/views.ts';
import {
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  at,
  clusterName,
  instanceArn,
  taskArn,
} from '../support/fleetBuilder.ts';
import { anEc2, anEcs } from './gatewayDoubles.ts';
import { aRecord } from './record.ts';

type World = {
  readonly instances?: readonly ObservedInstance[];
  readonly tasks?: readonly ObservedTask[];
  readonly services?: readonly ObservedService[];
  /** What ECS says of one instance that it did not list; absent: MISSING. */
  readonly unlisted?: readonly ObservedInstance[];
  /** What ECS says of tasks that it did not list; absent: MISSING. */
  readonly unlistedTasks?: readonly ObservedTask[];
};

const told = ({ instances = [], tasks = [] }: World): readonly Observation[] => [
  ...instances.map((instance) => ({ kind: 'instance', instance, from: 'event' }) as const),
  ...tasks.map((task) => ({ kind: 'task', task, from: 'event' }) as const),
];

/** Sweeps a cluster of which `known` was told before, while ECS says `now`. */
const swept = async (known: World, now: World) => {
  const store = await aRecord('observe');
  const views = followViews(store);
  await observe(store, { name: clusterName, shards: 1 }, told(known), at(1));
  const asked: string[] = [];
  const ecs = anEcs({
    listInstances: async () => now.instances ?? [],
    listTasks: async () => now.tasks ?? [],
    listServices: async () => now.services ?? [],
    describeTasks: async (_cluster, arns) =>
      (now.unlistedTasks ?? []).filter((each) => arns.includes(each.taskArn)),
    describeTaskDefinition: async () => aTaskDefinition('orders'),
    describeInstance: async (_cluster, arn) => {
      asked.push(arn);
      return now.unlisted?.find((each) => each.containerInstanceArn === arn);
    },
  });
  const again = async (minute: number) => ({
    report: await sweep({ store, views, ecs, ec2: anEc2(), now: () => at(minute) }, clusterName),
    view: (await views.catchUp()).fleet(clusterName),
  });
  return { ...(await again(10)), asked, again };
};

describe('a sweep', () => {
  it('takes in what no event told, and the second time finds nothing new', async () => {
    const world = {
      instances: [anInstance('a')],
      tasks: [aTask('t', { on: 'a' })],
      services: [aService('orders', { describedAt: at(10) })],
    };
    const first = await swept({}, world);
    expect([first.view.instances.size, first.view.tasks.size, first.view.services.size]).toEqual([
      1, 1, 1,
    ]);
    expect([...first.view.taskDefinitions.values()]).toMatchObject([{ family: 'orders' }]);
    expect((await first.again(11)).report.news).toBe(0);
  });

  it('repairs what an event that was lost would have told', async () => {
    const newer = anInstance('a', { version: 9, status: 'DRAINING' });
    const { view } = await swept({ instances: [anInstance('a')] }, { instances: [newer] });
    expect(view.instances.get(instanceArn('a'))).toMatchObject({ version: 9, status: 'DRAINING' });
  });

  it('keeps a stopped task, as stopped', async () => {
    const running = aTask('t', { on: 'a' });
    const stopped = { ...running, version: 5, lastStatus: 'STOPPED', stoppedAt: at(5) };
    const instances = [anInstance('a')];
    const { view } = await swept({ instances, tasks: [running] }, { instances, tasks: [stopped] });
    expect(view.tasks.get(taskArn('t'))).toMatchObject({ lastStatus: 'STOPPED' });
  });

  const two = { instances: [anInstance('a'), anInstance('b')], tasks: [aTask('t', { on: 'a' })] };
  const withoutA = { instances: [anInstance('b')] };

  it('does not take MISSING for gone', async () => {
    const { view, asked } = await swept(two, withoutA);
    expect(asked).toEqual([instanceArn('a')]);
    expect([view.instances.size, view.tasks.size]).toEqual([2, 1]);
  });

  it('lets an instance go that ECS says is INACTIVE, and its tasks with it', async () => {
    const gone = anInstance('a', { version: 9, status: 'INACTIVE' });
    const { view } = await swept(two, { ...withoutA, unlisted: [gone] });
    expect([[...view.instances.keys()], view.tasks.size]).toEqual([[instanceArn('b')], 0]);
  });

  it('lets go of the only instance too, when ECS says that it is INACTIVE', async () => {
    const gone = anInstance('a', { version: 9, status: 'INACTIVE' });
    const { view } = await swept({ instances: [anInstance('a')] }, { unlisted: [gone] });
    expect(view.instances.size).toBe(0);
  });

  it('keeps a task that is still listed though its instance is gone', async () => {
    const gone = anInstance('a', { version: 9, status: 'INACTIVE' });
    const tasks = [aTask('t', { on: 'a' })];
    const { view } = await swept(two, { ...withoutA, tasks, unlisted: [gone] });
    expect(view.tasks.size).toBe(1);
  });

  it('distrusts a listing that lost most of the fleet, and concludes nothing from it', async () => {
    const known = {
      instances: ['a', 'b', 'c'].map((name) => anInstance(name)),
      tasks: [aTask('t', { on: 'never-seen' })],
    };
    const { view, report } = await swept(known, {});
    expect(report.distrusted).toEqual(['3 of 3 instances were not listed']);
    expect([view.instances.size, view.tasks.size]).toEqual([3, 1]);
  });

  // Found by the fault simulation: the last event was lost, and ECS had forgotten before a sweep.
  describe('of what ECS has forgotten', () => {
    const instances = [anInstance('a')];
    const old = aTask('t', { on: 'a', createdAt: at(-60) });

    it('lets go of a task that is MISSING though its instance is there', async () => {
      const { view } = await swept({ instances, tasks: [old] }, { instances });
      expect(view.tasks.size).toBe(0);
    });

    it('keeps a new task, of which ECS may not know yet', async () => {
      const fresh = aTask('t', { on: 'a', createdAt: at(5) });
      const { view } = await swept({ instances, tasks: [fresh] }, { instances });
      expect(view.tasks.size).toBe(1);
    });

    it('keeps a task that the listing left out', async () => {
      const unlistedTasks = [{ ...old, version: 7 }];
      const { view } = await swept({ instances, tasks: [old] }, { instances, unlistedTasks });
      expect(view.tasks.get(taskArn('t'))).toMatchObject({ version: 7 });
    });

    it('keeps the tasks of an instance that it learns of only now', async () => {
      const { view } = await swept({ tasks: [old] }, { instances, unlistedTasks: [old] });
      expect(view.tasks.size).toBe(1);
    });

    it('lets go of an instance that was disconnected and is MISSING', async () => {
      const lost = anInstance('b', { agentConnected: false });
      const { view } = await swept({ instances: [...instances, lost] }, { instances });
      expect([...view.instances.keys()]).toEqual([instanceArn('a')]);
    });
  });

  it('asks for a bounded number of instances', async () => {
    const many = Array.from({ length: 150 }, (_, n) => anInstance(`i${n}`));
    const { asked } = await swept({ instances: many }, {});
    expect(asked).toHaveLength(100);
  });

  it('changes nothing in a cluster that was never adopted', async () => {
    const store = await aRecord('observe');
    const tools = {
      store,
      views: followViews(store),
      ecs: anEcs(),
      ec2: anEc2(),
      now: () => at(10),
    };
    expect(await sweep(tools, 'elsewhere')).toEqual({ news: 0, distrusted: [] });
  });
});
