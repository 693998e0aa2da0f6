import { describe, expect, it } from 'vitest';
import { enforcement } from '../../domain/enforcement/enforcement.ts';
import type { AdoptedCluster } from '../../domain/maintenance/cluster.ts';
import { ghosts } from '../../domain/maintenance/ghosts.ts';
import { hooks } from '../../domain/maintenance/hooks.ts';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import { desiredCapacity } from '../../domain/scaling/desiredCapacity.ts';
import { Instant } from '../../events/ids.ts';
import { effectsOf, openEffects, wakeUpsOf } from '../../functions/streams/relay.ts';
import {
  effectId,
  happened,
  planned,
  rolloutAfter,
  rolloutId,
  terminated,
} from '../domain/rollout/rolloutBuilder.ts';
import { at, instanceArn, september } from '../support/fleetBuilder.ts';

const stream = rolloutStream(rolloutId);

describe('the effects of a commit', () => {
  it('are what it intends, and not what became of them', () => {
    const events = [
      planned(),
      happened.started(),
      happened.rebuildRequested(),
      happened.drainIntended(),
      happened.succeeded('drain-a'),
      happened.drained(),
      happened.terminationIntended(),
      happened.restoreIntended(),
      happened.deploymentIntended(),
      { type: 'EffectFailed', data: { effectId: 'x', reason: 'no', failedAt: 0 } },
    ];
    expect(effectsOf({ stream, events })).toEqual(
      ['rebuild-orders', 'drain-a', 'terminate-a', 'restore-a', 'deploy-orders'].map((name) => ({
        rolloutId,
        effectId: name,
      })),
    );
  });

  it('are none for any other stream', () => {
    const events = [happened.drainIntended()];
    for (const other of ['fleet#shop#0', 'disruption#shop', 'scaling#a']) {
      expect(effectsOf({ stream: other, events })).toEqual([]);
    }
  });
});

describe('open effects', () => {
  it('are those without an outcome, oldest first', () => {
    const plan = { instances: ['a', 'b', 'c'], services: ['orders'] };
    const state = rolloutAfter(
      plan,
      happened.started(),
      ...terminated('a', 2),
      happened.drainIntended('c', 5),
      happened.drainIntended('b', 5),
      happened.rebuildRequested('orders', 4),
    );
    const label = {
      type: 'LabelInstance' as const,
      containerInstanceArn: instanceArn('a'),
      build: september,
      effectId: effectId('label-a'),
      now: at(1),
    };
    const { initialState } = enforcement;
    const labelling = enforcement
      .decide(label, initialState)
      .reduce(enforcement.evolve, initialState);
    const open = openEffects({
      rollouts: new Map([[rolloutId, state]]),
      clusters: new Map([['shop', {} as AdoptedCluster]]),
      drains: [],
      prefetches: new Map(),
      ghosts: () => ghosts.initialState,
      hooks: () => hooks.initialState,
      desired: () => desiredCapacity.initialState,
      enforcement: () => labelling,
    });
    expect(open).toEqual([
      { rolloutId, effectId: 'rebuild-orders' },
      { rolloutId, effectId: 'drain-b' },
      { rolloutId, effectId: 'drain-c' },
      { clusterName: 'shop', effectId: 'label-a' },
    ]);
  });
});

describe('the wake-up that a commit calls for', () => {
  const wakeUp = (name: string, second: number, ...types: readonly string[]) => {
    const events = types.map((type) => ({ type, data: {} }));
    const commit = { stream: name, at: Instant.parse(1_760_461_200_000 + second * 1_000), events };
    return wakeUpsOf(commit, ['shop', 'office']);
  };

  it('is that of the cluster it is about', () => {
    const woken = (name: string) => wakeUp(name, 0).map(({ group }) => group);
    expect(woken('fleet#shop#3')).toEqual(['shop']);
    expect(woken('disruption#shop')).toEqual(['shop']);
    expect(woken('cluster#shop@111122223333.eu-west-1')).toEqual(['shop@111122223333.eu-west-1']);
    expect(woken('channel#windows/servercore:ltsc2022')).toEqual([]);
    expect(woken('image#sha256:00')).toEqual([]);
  });

  it('is that of every cluster where EC2 takes an instance: the notice names none', () => {
    const woken = (type: string) => wakeUp('ec2#1#eu-west-1', 0, type).map(({ group }) => group);
    expect(woken('InterruptionNoticed')).toEqual(['shop', 'office']);
    expect(woken('Ec2StateChanged')).toEqual([]);
    expect(woken('RebalanceRecommended')).toEqual([]);
  });

  it('has one name for all commits of the same ten seconds, and another for the next', () => {
    const name = (stream: string, second: number) => wakeUp(stream, second)[0]?.id;
    expect(name('fleet#shop#0', 9)).toBe(name('fleet#shop#1', 0));
    expect(name('fleet#shop#0', 10)).not.toBe(name('fleet#shop#0', 9));
    expect(name('fleet#office#0', 0)).not.toBe(name('fleet#shop#0', 0));
  });
});
