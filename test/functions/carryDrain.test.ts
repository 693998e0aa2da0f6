import { describe, expect, it } from 'vitest';
import { drainStream } from '../../domain/draining/drain.ts';
import type { DrainEvent } from '../../events/drain.ts';
import type { ObservedInstance, ObservedTask } from '../../events/fleet.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import { draining, effectId, told } from '../domain/draining/drainStory.ts';
import {
  anInstance,
  aTask,
  at,
  clusterName,
  ec2Id,
  instanceArn,
  taskArn,
} from '../support/fleetBuilder.ts';
import { anAutoScaling, anEcs, type Calls, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, write, writtenTo } from './record.ts';

const stream = drainStream(clusterName, instanceArn('a'));
const { intended, begun, attempted, drained } = told;

const carried = async (
  name: Parameters<typeof effectId>,
  past: readonly DrainEvent[],
  fields: Partial<ObservedInstance> & {
    readonly mode?: 'observe' | 'drive';
    /** Of the moment at which it is carried out. */
    readonly minute?: number;
    readonly tasks?: readonly ObservedTask[];
  } = {},
) => {
  const { mode = 'drive', minute = 3, tasks, ...instance } = fields;
  const calls: Calls = [];
  const store = await aRecord(mode);
  await write(store, stream, past);
  const gateways = gatewaysWith({
    ecs: anEcs({
      describeInstance: async () => anInstance('a', instance),
      describeTasks: async () => tasks ?? [aTask('job', { group: 'family:job' })],
      setInstanceStatus: async (_cluster, _arn, status) => void calls.push(status),
      runPinnedTask: async ({ family, ec2InstanceId, clientToken, startedBy }) => {
        calls.push(`run ${family} on ${ec2InstanceId} for ${clientToken}, by ${startedBy}`);
        return { taskArn: taskArn('canary') };
      },
      stopTask: async (_cluster, arn) => void calls.push(`stop ${arn}`),
    }),
    autoScaling: anAutoScaling({
      terminateForReplacement: async () => void calls.push('terminate'),
      terminateForScaleIn: async () => void calls.push('terminate with decrement'),
    }),
  });
  const message = { drain: stream.slice('drain#'.length), effectId: effectId(...name) };
  const report = await carryOut({ store, gateways, now: () => at(minute) }, message);
  const types = await writtenTo(store, stream);
  return { calls, report, types };
};

const isDraining = { status: 'DRAINING', runningTasksCount: 0, pendingTasksCount: 0 } as const;
const ending = [
  ...draining({ andThen: 'terminate' }),
  drained,
  {
    type: 'DrainTerminationIntended',
    data: { effectId: effectId('terminate'), intendedAt: at(2) },
  },
] as const;
const restoring = (...before: readonly DrainEvent[]): readonly DrainEvent[] => [
  ...before,
  {
    type: 'DrainRestoreIntended',
    data: {
      because: 'late',
      blockers: [],
      actor: 'tuesday',
      effectId: effectId('restore'),
      intendedAt: at(2),
    },
  },
];

describe('a drain', () => {
  it('for scale-in ends its instance with decrement, any other without', async () => {
    const endingFor = (reason: 'manual' | 'scaleIn') => [
      ...draining({ reason, andThen: 'terminate' }),
      ...ending.slice(-2),
    ];
    const calls = async (reason: 'manual' | 'scaleIn') =>
      (await carried(['terminate'], endingFor(reason), isDraining)).calls;
    expect(await calls('scaleIn')).toEqual(['terminate with decrement']);
    expect(await calls('manual')).toEqual(['terminate']);
  });

  it('sets the instance DRAINING, once', async () => {
    const { calls, types } = await carried(['drain'], [intended(), begun]);
    expect(calls).toEqual(['DRAINING']);
    expect(types).toEqual(['DrainEffectAttempted', 'DrainEffectSucceeded']);
  });
  it('is not ours where someone else was first', async () => {
    const { calls, types } = await carried(['drain'], [intended(), begun], isDraining);
    expect(calls).toEqual([]);
    expect(types).toEqual(['DrainEffectFailed', 'DrainEnded']);
  });
  it('is left open where the instance is gone: someone may have drained it', async () => {
    const gone = { status: 'INACTIVE' };
    const { calls, types, report } = await carried(['drain'], [intended(), begun], gone);
    expect([calls, types, report.status]).toEqual([[], [], 'open']);
  });
  it('is ours where the answer to our own attempt was lost', async () => {
    const { types } = await carried(['drain'], [intended(), begun, attempted], isDraining);
    expect(types).toEqual(['DrainEffectSucceeded']);
  });
  it('does nothing below drive', async () => {
    const { calls, report } = await carried(['drain'], [intended(), begun], { mode: 'observe' });
    expect(calls).toEqual([]);
    expect(report.status).toBe('open');
  });
});

describe('what follows it', () => {
  it('ends what ECS itself says is empty', async () => {
    expect((await carried(['terminate'], ending, isDraining)).calls).toEqual(['terminate']);
    const busy = { ...isDraining, runningTasksCount: 1 };
    expect((await carried(['terminate'], ending, busy)).calls).toEqual([]);
  });
  it('does not end what someone else has set ACTIVE', async () => {
    const { calls, types } = await carried(['terminate'], ending);
    expect(calls).toEqual([]);
    expect(types).toEqual(['DrainEffectFailed', 'DrainEscalated']);
  });
  it('gives it back, after a drain whose answer was lost can land no more', async () => {
    const back = await carried(['restore'], restoring(...draining()), isDraining);
    expect(back.calls).toEqual(['ACTIVE']);
    const doubtful = await carried(['restore'], restoring(intended(), begun, attempted));
    expect(doubtful.report.status).toBe('open');
  });
  const about = ['stop', taskArn('job')] as const;
  const stop = {
    type: 'DrainTaskStopIntended',
    data: { taskArn: taskArn('job'), effectId: effectId(...about), intendedAt: at(2) },
  } as const;
  it('stops a task that has had its time', async () => {
    const { calls, types } = await carried([...about], [...draining(), stop]);
    expect(calls).toEqual([`stop ${taskArn('job')}`]);
    expect(types).toEqual(['DrainEffectSucceeded']);
  });
  it('does not take a task for gone that ECS may only just have made', async () => {
    const early = await carried([...about], [...draining(), stop], { tasks: [] });
    expect(early).toMatchObject({ calls: [], types: [], report: { status: 'open' } });
    const later = await carried([...about], [...draining(), stop], { tasks: [], minute: 13 });
    expect(later.types).toEqual(['DrainEffectSucceeded']);
  });
});

describe('the proof of what has come for it', () => {
  const proof = {
    successorArn: instanceArn('n'),
    successorEc2InstanceId: ec2Id('n'),
    family: 'tuesday-canary-2022',
    effectId: effectId('prove'),
    intendedAt: at(5),
  };
  const past: readonly DrainEvent[] = [
    ...ending,
    { type: 'DrainInstanceGone', data: { goneAt: at(4) } },
    { type: 'DrainProofIntended', data: proof },
  ];

  it('is a canary pinned to it, under the id of the intent', async () => {
    const { calls, types } = await carried(['prove'], past, { status: 'ACTIVE' });
    const { family, effectId: id } = proof;
    expect(calls).toEqual([`run ${family} on ${ec2Id('n')} for ${id}, by ${id}`]);
    expect(types.at(-1)).toBe('DrainEffectSucceeded');
  });

  it.each([{ status: 'DRAINING' }, { agentConnected: false }])(
    'waits while it is %o',
    async (fields) => {
      const { calls, report } = await carried(['prove'], past, fields);
      expect([calls, report.status]).toEqual([[], 'open']);
    },
  );
});
