import { describe, expect, it } from 'vitest';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import { clusterOf, effectsOf, openEffects } from '../../functions/streams/relay.ts';
import {
  happened,
  planned,
  rolloutAfter,
  rolloutId,
  terminated,
} from '../domain/rollout/rolloutBuilder.ts';

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
      ['rebuild-orders', 'drain-a', 'terminate-a', 'restore-a', 'deploy-orders'].map(
        (effectId) => ({
          rolloutId,
          effectId,
        }),
      ),
    );
  });

  it('are none for any other stream', () => {
    const events = [happened.drainIntended()];
    for (const other of ['fleet#shop#0', 'disruption#shop', 'drain#a']) {
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
    expect(openEffects([state]).map(({ effectId }) => effectId)).toEqual([
      'rebuild-orders',
      'drain-b',
      'drain-c',
    ]);
  });
});

describe('whom a commit wakes', () => {
  it('is the cluster that it is about', () => {
    expect(clusterOf('fleet#shop#3')).toBe('shop');
    expect(clusterOf('disruption#shop')).toBe('shop');
    expect(clusterOf('cluster#shop@111122223333.eu-west-1')).toBe('shop@111122223333.eu-west-1');
    expect(clusterOf('channel#windows/servercore:ltsc2022')).toBeUndefined();
    expect(clusterOf('image#sha256:00')).toBeUndefined();
  });
});
