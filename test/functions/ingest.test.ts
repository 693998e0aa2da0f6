import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterStream, fleetStream } from '../../domain/fleet/shards.ts';
import { cluster } from '../../domain/maintenance/cluster.ts';
import { Instant } from '../../events/ids.ts';
import { ingestBatch } from '../../functions/ingest/ingest.ts';
import { replayParked } from '../../functions/ingest/replayParked.ts';
import { type EventStore, VersionConflict } from '../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { readViews } from '../../infra/views/views.ts';

const samples = join(import.meta.dirname, '../../events/samples');
const given = join(import.meta.dirname, '../../../shared/events');
const now = Instant.parse(Date.parse('2025-10-15T09:00:00Z'));
const later = Instant.parse(now + 1_000);

const text = (name: string) => readFileSync(join(samples, name), 'utf8');
const task = 'ecs-task-state-change.json';
const instance = 'ecs-container-instance-state-change.json';
const atVersion = (name: string, version: number) => {
  const event = JSON.parse(text(name));
  return JSON.stringify({ ...event, detail: { ...event.detail, version } });
};
const own = readdirSync(samples)
  .filter((name) => name.endsWith('.json') && name !== 'sqs-batch.json')
  .map(text);

describe('ingesting a batch', () => {
  let store: ReturnType<typeof openSqliteEventStore>;
  beforeEach(() => {
    store = openSqliteEventStore(':memory:');
  });
  afterEach(() => store.close());

  const ingest = (bodies: readonly string[], scope = {}, into: EventStore = store) =>
    ingestBatch({ store: into, scope, now: () => now }, bodies);
  const outcomes = async (bodies: readonly string[], scope = {}) =>
    (await ingest(bodies, scope)).map((result) =>
      result.outcome === 'applied' ? 'applied' : `${result.outcome} ${result.reason}`,
    );
  const commits = () => store.readAll(0, 1_000);
  const streams = async () => (await commits()).map(({ stream }) => stream).toSorted();

  it('puts what it says on record, and shows it in the view', async () => {
    expect(await outcomes([text(instance), text(task), text('ecr-image-action.json')])).toEqual([
      'applied',
      'applied',
      'applied',
    ]);
    const views = await readViews(store);
    expect(views.clusters.get('shop')).toMatchObject({ mode: 'observe', region: 'eu-west-1' });
    const view = views.fleet('shop');
    expect([view.instances.size, view.tasks.size, views.images.size]).toEqual([1, 1, 1]);
  });

  it('answers for every body in its place; neighbours of a strange one go on', async () => {
    const strange = JSON.stringify({ ...JSON.parse(text(task)), 'detail-type': 'Tea Is Ready' });
    expect(
      await outcomes([
        '{',
        text(task),
        strange,
        text('asg-test-notification.json'),
        text(instance),
      ]),
    ).toEqual([
      'parked Unparsable',
      'applied',
      'parked UnknownDetailType',
      'ignored TestNotification',
      'applied',
    ]);
    const [day] = (await readViews(store)).parked;
    const entries = Object.values(day?.entries ?? {});
    expect(entries.map(({ body, reason }) => [body, reason])).toEqual([
      ['{', 'Unparsable'],
      [strange, 'UnknownDetailType'],
    ]);
    expect(await streams()).toContain('parked#2025-10-15');
  });

  it('says of a second delivery that it changes nothing, and writes nothing', async () => {
    await ingest(own);
    const before = await commits();
    const again = await ingest(own);
    expect(again.map(({ outcome }) => outcome)).not.toContain('applied');
    expect(await outcomes([text(task)])).toEqual(['ignored StaleVersion']);
    expect(await outcomes([text('ecs-service-action.json')])).toEqual(['ignored AlreadySeen']);
    expect(await outcomes([text('ec2-instance-state-change.json')])).toEqual([
      'ignored AlreadySeen',
    ]);
    expect(await commits()).toEqual(before);
  });

  it('applies the newer version only, and records both when they come together', async () => {
    expect(await outcomes([atVersion(task, 6), atVersion(task, 5), atVersion(task, 6)])).toEqual([
      'applied',
      'applied',
      'ignored StaleVersion',
    ]);
    expect(await outcomes([atVersion(task, 4)])).toEqual(['ignored StaleVersion']);
  });

  it('makes one commit for each shard that is touched, however many events there are', async () => {
    const many = Array.from({ length: 100 }, (_, n) =>
      text(task).replaceAll('0b69d5c0d65c4d2f8a6e1c2b3d4e5f60', `${n}`.padStart(32, '0')),
    );
    expect(new Set(await outcomes(many))).toEqual(new Set(['applied']));
    expect(await streams()).toEqual([
      clusterStream('shop'),
      ...[0, 1].map((shard) => fleetStream('shop', shard)),
    ]);
  });

  it('recognises its own commit when the answer was lost', async () => {
    const lossy: EventStore = {
      ...store,
      append: async (position, commit) => {
        await store.append(position, commit);
        throw new VersionConflict(position.stream);
      },
    };
    await ingest([text(task)], {}, lossy);
    const before = await commits();
    await ingest([text(task)]);
    expect(await commits()).toEqual(before);
  });

  it('says what the store did not take, and goes on with the rest', async () => {
    const halfDeaf: EventStore = {
      ...store,
      append: async (position, commit) => {
        if (position.stream.startsWith('ec2#')) throw new Error('the disk is full');
        return store.append(position, commit);
      },
    };
    const bodies = [text('ec2-instance-state-change.json'), text(task)];
    expect(await ingest(bodies, {}, halfDeaf)).toEqual([
      { outcome: 'failed', reason: 'NotStored', detail: 'the disk is full' },
      { outcome: 'applied' },
    ]);
  });

  it('parks what is outside of its scope, and adopts nothing', async () => {
    expect(await outcomes([text(task)], { clusters: ['other'] })).toEqual([
      'parked ClusterNotAdopted',
    ]);
    expect((await readViews(store)).clusters.size).toBe(0);
  });

  it('never mixes two clusters of one name', async () => {
    const elsewhere = text(task).replaceAll('eu-west-1', 'us-east-1');
    await ingest([text(task), elsewhere]);
    await ingest([elsewhere, text(task)]);
    const views = await readViews(store);
    expect([...views.clusters.keys()]).toEqual(['shop', 'shop@111122223333.us-east-1']);
    expect(views.fleet('shop').tasks.size).toBe(1);
    expect(views.fleet('shop@111122223333.us-east-1').tasks.size).toBe(1);
  });

  it('keeps the number of shards with which a cluster was adopted', async () => {
    const stream = clusterStream('shop');
    const { position } = await store.load(stream, cluster);
    const data = { clusterName: 'shop', account: '111122223333', region: 'eu-west-1', shards: 1 };
    const clusterArn = 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop';
    const adopted = { type: 'ClusterAdopted', data: { ...data, clusterArn, adoptedAt: now } };
    await store.append(position, { commitId: 'adopted', at: now, events: [adopted] });
    await ingest([text(task), text(instance)]);
    expect(await streams()).toEqual([stream, fleetStream('shop', 0)]);
  });

  it('comes to the same view in any order and batching, copies included', async () => {
    const history = [
      ...own,
      ...[3, 9, 12].flatMap((v) => [atVersion(task, v), atVersion(instance, v)]),
    ];
    const viewAfter = async (batches: readonly (readonly string[])[]) => {
      const fresh = openSqliteEventStore(':memory:');
      for (const batch of batches) await ingest(batch, {}, fresh);
      const { fleet, images } = await readViews(fresh);
      fresh.close();
      return { fleet: fleet('shop'), images: [...images.keys()] };
    };
    const expected = await viewAfter([history]);
    const deliveries = fc
      .tuple(
        fc.shuffledSubarray(history, { minLength: history.length }),
        fc.shuffledSubarray(history),
      )
      .chain(([all, copies]) =>
        fc.tuple(fc.constant([...copies, ...all]), fc.integer({ min: 1, max: 9 })),
      );
    await fc.assert(
      fc.asyncProperty(deliveries, async ([bodies, size]) => {
        const batches = Array.from({ length: Math.ceil(bodies.length / size) }, (_, n) =>
          bodies.slice(n * size, (n + 1) * size),
        );
        expect(await viewAfter(batches)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it('parks bodies too large for one commit in several', async () => {
    const large = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
    expect(await outcomes(large)).toEqual(Array(3).fill('parked Unparsable'));
    expect(await streams()).toEqual(Array(3).fill('parked#2025-10-15'));
  });

  it('handles a parked body after all when it is replayed, and records that', async () => {
    await ingest([text(task)], { clusters: ['other'] });
    const entry = async () => {
      const [day] = (await readViews(store)).parked;
      const [first] = Object.values(day?.entries ?? {});
      if (first === undefined) throw new Error('nothing is parked');
      return first;
    };
    const still = { store, scope: { clusters: ['other'] }, now: () => later };
    expect(await replayParked(still, await entry())).toMatchObject({ outcome: 'parked' });
    const wide = { store, scope: {}, now: () => later };
    expect(await replayParked(wide, await entry())).toEqual({ outcome: 'applied' });
    expect((await entry()).replayed).toEqual({ outcome: 'applied', replayedAt: later });
    expect((await readViews(store)).fleet('shop').tasks.size).toBe(1);
  });

  it.skipIf(!existsSync(given))('applies every documented event of a known kind', async () => {
    const files = existsSync(given) ? readdirSync(given).filter((n) => n.endsWith('.json')) : [];
    const told = await outcomes(files.map((name) => readFileSync(join(given, name), 'utf8')));
    expect(told.filter((outcome) => outcome === 'applied')).toHaveLength(12);
    expect(told.filter((outcome) => outcome === 'parked UnknownDetailType')).toHaveLength(4);
  });
});
