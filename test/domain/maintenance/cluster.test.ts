import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { type ClusterCommand, cluster, clusterNames } from '../../../domain/maintenance/cluster.ts';
import { defaultPolicy } from '../../../domain/rollout/defaultPolicy.ts';
import type { ClusterEvent } from '../../../events/cluster.ts';
import type { ClusterArn, Instant } from '../../../events/ids.ts';

const at = (ms: number) => ms as Instant;
const adopt: ClusterCommand = {
  type: 'AdoptCluster',
  clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop' as ClusterArn,
  clusterName: 'shop',
  account: '111122223333',
  region: 'eu-west-1',
  now: at(1),
};
const drive: ClusterCommand = { type: 'SetMode', mode: 'drive', actor: 'ada', now: at(2) };
const setPolicy: ClusterCommand = {
  type: 'SetPolicy',
  policy: defaultPolicy,
  actor: 'ada',
  now: at(3),
};

const having = (...commands: readonly ClusterCommand[]) => {
  const past: ClusterEvent[] = [];
  for (const command of commands) past.push(...cluster.decide(command, fold(cluster, past)));
  return { past, state: fold(cluster, past) };
};

describe('a cluster', () => {
  it('is adopted in mode observe, with two shards', () => {
    const { state } = having(adopt);
    expect(state).toMatchObject({ status: 'adopted', name: 'shop', mode: 'observe', shards: 2 });
  });

  it('keeps the shards it was adopted with', () => {
    const { past, state } = having({ ...adopt, shards: 2 }, { ...adopt, shards: 8 });
    expect([past.length, state.shards]).toEqual([1, 2]);
  });

  it('takes its mode and policy from people', () => {
    expect(having(adopt, drive, setPolicy).state).toMatchObject({
      mode: 'drive',
      policy: defaultPolicy,
    });
  });

  it('is not driven before it was ever seen', () => {
    expect(() => having(drive)).toThrow(expect.objectContaining({ code: 'ClusterNotAdopted' }));
    expect(() => having(setPolicy)).toThrow(expect.objectContaining({ code: 'ClusterNotAdopted' }));
  });

  it('writes once what is asked twice', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(adopt, drive, setPolicy)), (commands) => {
        const seen = [adopt, ...commands];
        const { state } = having(...seen);
        expect(cluster.decide(seen.at(-1) ?? adopt, state)).toEqual([]);
      }),
    );
  });

  it('has a second name that no cluster of ECS can have', () => {
    const [plain, full] = clusterNames('shop', { account: '111122223333', region: 'eu-west-1' });
    expect([plain, full]).toEqual(['shop', 'shop@111122223333.eu-west-1']);
    expect(full).not.toMatch(/^[A-Za-z0-9_-]+$/);
  });
});
