import { describe, expect, it } from 'vitest';
import { cluster } from '../../domain/maintenance/cluster.ts';
import { ClusterArn, Instant } from '../../events/ids.ts';
import { send } from '../../functions/send.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';

const now = Instant.parse(1_000);
const stream = 'cluster#shop';
const clusterArn = ClusterArn.parse('arn:aws:ecs:eu-west-1:111122223333:cluster/shop');

const nameOf = async (command: Parameters<typeof cluster.decide>[0]) => {
  const store = openSqliteEventStore(':memory:');
  await send(store, cluster, stream, command, now);
  const [commit] = await store.readStream(stream);
  store.close();
  return commit?.commitId;
};

describe('the name of a commit', () => {
  it('does not depend on the order in which the keys of its command were written', async () => {
    const about = { account: '111122223333', region: 'eu-west-1' };
    const written = {
      type: 'AdoptCluster',
      clusterArn,
      clusterName: 'shop',
      ...about,
      now,
    } as const;
    const readBack = {
      now,
      ...about,
      clusterName: 'shop',
      clusterArn,
      type: 'AdoptCluster',
    } as const;
    expect(await nameOf(readBack)).toBe(await nameOf(written));
  });

  it('is another for another command', async () => {
    const shared = { type: 'AdoptCluster', clusterArn, clusterName: 'shop', now } as const;
    const here = await nameOf({ ...shared, account: '111122223333', region: 'eu-west-1' });
    const there = await nameOf({ ...shared, account: '111122223333', region: 'eu-west-2' });
    expect(here).not.toBe(there);
  });
});
