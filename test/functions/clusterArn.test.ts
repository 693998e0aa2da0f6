import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../events/rollout.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import { observe } from '../../functions/observe.ts';
import { control } from '../../functions/ticks/control.ts';
import { sweep } from '../../functions/ticks/sweep.ts';
import type { EcsGateway } from '../../infra/aws/gateways.ts';
import { followViews } from '../../infra/views/views.ts';
import {
  effectId,
  happened,
  planned,
  rolloutId,
  terminated,
} from '../domain/rollout/rolloutBuilder.ts';
import {
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  at,
  clusterName,
} from '../support/fleetBuilder.ts';
import { anAutoScaling, anEc2, anEcs, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord } from './record.ts';

// Tuesday's name for a cluster need not be ECS's (domain/maintenance/cluster.ts, clusterNames), and
// a name without an account and a Region finds whatever stands where the function runs.

const arn = `arn:aws:ecs:eu-west-1:111122223333:cluster/${clusterName}`;

/** An ECS that answers as told, and notes for which cluster each call asks. */
const notingEcs = (answers: Partial<EcsGateway>) => {
  const asked: (readonly [call: string, cluster: unknown])[] = [];
  const noted = Object.entries(answers).map(([call, answer]) => [
    call,
    (...given: readonly unknown[]) => {
      const [first] = given;
      const cluster = typeof first === 'object' ? Object(first).cluster : first;
      if (call !== 'describeTaskDefinition') asked.push([call, cluster]);
      return Reflect.apply(answer as () => unknown, undefined, given);
    },
  ]);
  return { asked, ecs: anEcs(Object.fromEntries(noted)) };
};

const calls = (...names: readonly string[]) => names.map((name) => [name, arn]);
const { started, learnt, drainIntended } = happened;
const begun = [planned({ instances: ['a'], services: ['orders'] }), started(), learnt()];
const draining = anInstance('a', {
  status: 'DRAINING',
  runningTasksCount: 0,
  pendingTasksCount: 0,
});

describe('ECS is told the ARN of the cluster', () => {
  it('by the sweep', async () => {
    const store = await aRecord('observe');
    const views = followViews(store);
    const here = { name: clusterName, shards: 1 };
    const seen = [
      { kind: 'instance', instance: anInstance('b'), from: 'event' },
      { kind: 'instance', instance: anInstance('a'), from: 'event' },
      { kind: 'task', task: aTask('t', { on: 'a' }), from: 'event' },
    ] as const;
    await observe(store, here, seen, at(1));
    const { asked, ecs } = notingEcs({
      listInstances: async () => [anInstance('a')],
      listTasks: async () => [],
      listServices: async () => [],
      describeInstance: async () => undefined,
      describeTasks: async () => [],
      describeTaskDefinition: async () => aTaskDefinition('orders'),
    });
    await sweep({ store, views, ecs, ec2: anEc2(), now: () => at(60) }, clusterName);
    expect(asked).toEqual(
      calls('listInstances', 'listTasks', 'listServices', 'describeInstance', 'describeTasks'),
    );
  });

  it('by a control pass', async () => {
    const past = [...begun, drainIntended(), happened.deploymentIntended()];
    const store = await aRecord('drive', ...past);
    const { asked, ecs } = notingEcs({
      describeInstance: async () => undefined,
      describeService: async () => undefined,
    });
    const tools = { store, views: followViews(store), ecs, now: () => at(70), osReserveMiB: 2_048 };
    await control(tools, clusterName);
    expect(asked).toEqual(calls('describeService', 'describeInstance'));
  });

  it.each<readonly [string, readonly RolloutEvent[], readonly string[]]>([
    ['drain-a', [drainIntended()], ['describeInstances', 'drainInstances']],
    ['terminate-a', terminated().slice(0, -1), ['describeInstance']],
    [
      'prove-a',
      [...terminated(), happened.replaced(), happened.proofIntended()],
      ['describeInstance', 'runPinnedTask'],
    ],
    [
      'restore-a',
      [drainIntended(), happened.succeeded('drain-a'), happened.restoreIntended()],
      ['describeInstance', 'setInstanceStatus'],
    ],
    ['deploy-orders', [happened.deploymentIntended()], ['describeService', 'forceNewDeployment']],
  ])('by the effect %s', async (effect, past, expected) => {
    const store = await aRecord('drive', ...begun, ...past);
    const { asked, ecs } = notingEcs({
      describeInstance: async () =>
        ['drain-a', 'prove-a'].includes(effect) ? anInstance('a') : draining,
      describeService: async () => aService('orders'),
      describeInstances: async () => [anInstance('a')],
      drainInstances: async () => new Map(),
      setInstanceStatus: async () => {},
      forceNewDeployment: async () => 'ecs-svc/2',
      runPinnedTask: async () => ({ taskArn: 'task' }),
    });
    const autoScaling = anAutoScaling({ terminateForReplacement: async () => {} });
    const tools = { store, gateways: gatewaysWith({ ecs, autoScaling }), now: () => at(70) };
    await carryOut(tools, { rolloutId, effectId: effectId(effect) });
    expect(asked).toEqual(calls(...expected));
  });
});
