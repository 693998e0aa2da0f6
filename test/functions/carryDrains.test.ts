import { describe, expect, it } from 'vitest';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { ObservedInstance } from '../../events/fleet.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import { carryOutPart, partsOf } from '../../functions/effects/carryOut.ts';
import { GatewayError } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { effectId, happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { anInstance, at, instanceArn } from '../support/fleetBuilder.ts';
import { attempted } from './carriedOut.ts';
import { anEcs, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, write } from './record.ts';

const { started, learnt, drainIntended, halted } = happened;
const names = ['a', 'b', 'c'];
const stream = rolloutStream(rolloutId);
const drain = (name: string) => ({ rolloutId, effectId: effectId(`drain-${name}`) });
const nameOf = (arn: string) => arn.split('/').at(-1) ?? '';

/** Three drains were asked for; `ecs` answers as told and notes what it is asked. */
const asked = async ({
  past = [],
  seen = names.map((name) => anInstance(name)),
  mode = 'drive',
  answer = async () => new Map(),
}: {
  readonly past?: readonly RolloutEvent[];
  readonly seen?: readonly ObservedInstance[];
  readonly mode?: 'observe' | 'drive';
  readonly answer?: (
    arns: readonly string[],
    store: EventStore,
  ) => Promise<ReadonlyMap<string, GatewayError>>;
} = {}) => {
  const calls: string[] = [];
  const intended = names.map((name) => drainIntended(name));
  const plan = planned({ instances: names });
  const store = await aRecord(mode, plan, started(), learnt(), ...intended, ...past);
  const ecs = anEcs({
    describeInstances: async (_cluster, arns) =>
      seen.filter(({ containerInstanceArn }) => arns.includes(containerInstanceArn)),
    drainInstances: async (_cluster, arns) => {
      calls.push(arns.map(nameOf).join(' '));
      return answer(arns, store);
    },
    setInstanceStatus: async (_cluster, arn, status) => void calls.push(`${nameOf(arn)} ${status}`),
  });
  const tools = { store, gateways: gatewaysWith({ ecs }), now: () => at(70) };
  const carry = async (...messages: readonly string[]) => {
    const reports = await carryOutPart(tools, messages.map(drain));
    return reports.map(({ status }) => status);
  };
  return { calls, carry, store };
};

/** What the record says became of each drain: the types of its events after the intent. */
const became = async (store: EventStore, name: string): Promise<readonly string[]> => {
  const commits = await store.readStream(stream);
  const events = commits.flatMap((commit) => commit.events) as readonly RolloutEvent[];
  return events
    .filter(({ data }) => 'effectId' in data && data.effectId === effectId(`drain-${name}`))
    .map(({ type }) => type)
    .filter((type) => type !== 'InstanceDrainIntended');
};

const refusal = new GatewayError('refused', 'INACTIVE', 'it is gone');

describe('drains that are due together', () => {
  it('are one call, each with an attempt and an outcome of its own', async () => {
    const { calls, carry, store } = await asked();
    expect(await carry('a', 'b', 'c')).toEqual(['settled', 'settled', 'settled']);
    expect(calls).toEqual(['a b c']);
    for (const name of names) {
      expect(await became(store, name)).toEqual(['EffectAttempted', 'EffectSucceeded']);
    }
    expect(await carry('a', 'b', 'c')).toEqual(['settled', 'settled', 'settled']);
    expect(calls).toEqual(['a b c']);
  });

  it('do not fail with the one that ECS refuses', async () => {
    const answer = async () => new Map([[instanceArn('b'), refusal]]);
    const { calls, carry, store } = await asked({ answer });
    expect(await carry('a', 'b', 'c')).toEqual(['settled', 'settled', 'settled']);
    expect(calls).toEqual(['a b c']);
    expect(await became(store, 'b')).toEqual(['EffectAttempted', 'EffectFailed']);
    expect(await became(store, 'c')).toEqual(['EffectAttempted', 'EffectSucceeded']);
    const { state } = await store.load(stream, rollout);
    expect(state).toMatchObject({
      instances: {
        [instanceArn('a')]: { status: 'draining' },
        [instanceArn('b')]: { status: 'skipped' },
      },
    });
  });

  it('stay open alone where the answer says nothing of one', async () => {
    const unclear = new GatewayError('unclear', 'NotAnswered', 'nothing of it');
    const answer = async () => new Map([[instanceArn('b'), unclear]]);
    const { carry, store } = await asked({ answer });
    expect(await carry('a', 'b', 'c')).toEqual(['settled', 'open', 'settled']);
    expect(await became(store, 'b')).toEqual(['EffectAttempted']);
  });

  it('are asked for alone where ECS refuses the call as a whole', async () => {
    const answer = async (arns: readonly string[]) => {
      if (arns.includes(instanceArn('b'))) throw refusal;
      return new Map();
    };
    const { calls, carry, store } = await asked({ answer });
    expect(await carry('a', 'b', 'c')).toEqual(['settled', 'settled', 'settled']);
    expect(calls).toEqual(['a b c', 'a', 'b', 'c']);
    expect(await became(store, 'a')).toEqual(['EffectAttempted', 'EffectSucceeded']);
    expect(await became(store, 'b')).toEqual(['EffectAttempted', 'EffectFailed']);
  });

  it.each(['throttled', 'unclear'] as const)('stay open, all of them, when %s', async (kind) => {
    const answer = () => Promise.reject(new GatewayError(kind, 'Code', 'no answer'));
    const { calls, carry, store } = await asked({ answer });
    expect(await carry('a', 'b', 'c')).toEqual(['open', 'open', 'open']);
    expect(calls).toEqual(['a b c']);
    expect(await became(store, 'a')).toEqual(['EffectAttempted']);
  });

  it('are looked up one by one where the answer was lost', async () => {
    const past = names.map((name) => attempted(`drain-${name}`));
    const seen = [anInstance('a', { status: 'DRAINING' }), anInstance('b')];
    const { calls, carry, store } = await asked({ past, seen });
    expect(await carry('a', 'b', 'c')).toEqual(['settled', 'settled', 'open']);
    expect(calls).toEqual(['b']);
    expect(await became(store, 'a')).toEqual(['EffectAttempted', 'EffectSucceeded']);
    expect(await became(store, 'b')).toEqual([
      'EffectAttempted',
      'EffectAttempted',
      'EffectSucceeded',
    ]);
    expect(await became(store, 'c')).toEqual(['EffectAttempted']);
  });

  it('leave alone what somebody else has drained, and what is attempted this moment', async () => {
    const seen = [anInstance('a', { status: 'DRAINING' }), anInstance('b'), anInstance('c')];
    const { calls, carry, store } = await asked({ past: [attempted('drain-b', 69)], seen });
    expect(await carry('a', 'b', 'c')).toEqual(['settled', 'open', 'settled']);
    expect(calls).toEqual(['c']);
    expect(await became(store, 'a')).toEqual(['EffectFailed']);
  });

  it('name an instance once, however often its message came', async () => {
    const { calls, carry } = await asked();
    expect(await carry('a', 'b', 'a')).toEqual(['settled', 'settled', 'settled']);
    expect(calls).toEqual(['a b']);
  });

  it('are taken back alone where one was handed back meanwhile', async () => {
    const answer = async (_arns: readonly string[], store: EventStore) => {
      await write(store, stream, [happened.restoreIntended('b'), happened.succeeded('restore-b')]);
      return new Map();
    };
    const { calls, carry } = await asked({ answer });
    expect(await carry('a', 'b', 'c')).toEqual(['settled', 'settled', 'settled']);
    expect(calls).toEqual(['a b c', 'b ACTIVE']);
  });

  it.each([
    ['below mode drive', { mode: 'observe' }],
    ['after a halt', { past: [halted(5)] }],
  ] as const)('are not made %s', async (_when, given) => {
    const { calls, carry } = await asked(given);
    expect(await carry('a', 'b')).toEqual(['open', 'open']);
    expect(calls).toEqual([]);
  });
});

describe('what a queue brought', () => {
  const many = Array.from({ length: 23 }, (_, index) => drain(`${index}`));
  const elsewhere = { rolloutId: 'rollout-other', effectId: effectId('drain-x') };
  const deployment = { rolloutId, effectId: effectId('deploy-orders') };
  const label = { clusterName: 'shop', effectId: effectId('label-a') };

  it('is parted: drains of one rollout by tens, all else alone', () => {
    const parts = partsOf([deployment, ...many, elsewhere, label, deployment]);
    expect(parts.map((part) => part.length)).toEqual([1, 10, 10, 3, 1, 1, 1]);
    expect(parts.flat()).toHaveLength(27);
    expect(new Set(parts.flat())).toEqual(new Set([deployment, ...many, elsewhere, label]));
  });

  it('is nothing where nothing came', () => {
    expect(partsOf([])).toEqual([]);
  });
});
