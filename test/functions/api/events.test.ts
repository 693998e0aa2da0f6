import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { rolloutStream } from '../../../domain/rollout/rollout.ts';
import type { StoredEvent } from '../../../events/catalogue.ts';
import { Instant } from '../../../events/ids.ts';
import { commitsByMoment } from '../../../functions/api/queries/commitsByMoment.ts';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../../infra/eventStore/sqliteEventStore.ts';
import { happened, rolloutId } from '../../domain/rollout/rolloutBuilder.ts';
import { at } from '../../support/fleetBuilder.ts';
import { write } from '../record.ts';
import { aLivelyRecord, anApi } from './apiRecord.ts';

let store: EventStore & { readonly close: () => void };
let api: ReturnType<typeof anApi>;
beforeEach(async () => {
  store = await aLivelyRecord();
  api = anApi(store);
});

type Page = {
  readonly items: readonly { stream: string; version: number; type: string; at: string }[];
  readonly next: string;
  readonly isEnd: boolean;
};
const get = async (target: string): Promise<Page> => {
  const { statusCode, body } = await api.call('GET', target);
  expect([target, statusCode]).toEqual([target, 200]);
  return body as unknown as Page;
};
const stream = rolloutStream(rolloutId);
const ofStream = `/events?stream=${encodeURIComponent(stream)}`;
const types = ({ items }: Page) => items.map(({ type }) => type);

/** Reads on from cursor to cursor until there is no more. */
const readOn = async (target: string): Promise<Page['items']> => {
  const all: Page['items'][number][] = [];
  let page = await get(target);
  for (;;) {
    all.push(...page.items);
    if (page.isEnd) return all;
    page = await get(`${target}&cursor=${page.next}`);
  }
};

describe('the events of one stream', () => {
  const story = [
    'RolloutPlanned',
    'RolloutStarted',
    'InstanceTargetLearnt',
    'InstanceDrainIntended',
    'EffectSucceeded',
  ];

  it('are told in the order in which they were written', async () => {
    const page = await get(ofStream);
    expect([types(page), page.isEnd]).toEqual([story, true]);
    expect(page.items[0]).toMatchObject({ stream, version: 1, at: '2025-10-14T17:00:00.000Z' });
  });

  it('go on from a cursor, now or when there is more', async () => {
    const { next } = await get(ofStream);
    expect((await get(`${ofStream}&cursor=${next}`)).items).toEqual([]);
    await write(store, stream, [happened.paused(60)]);
    const later = await get(`${ofStream}&cursor=${next}`);
    expect(types(later)).toEqual(['RolloutPaused']);
    expect(types(await get(`${ofStream}&cursor=${later.next}`))).toEqual([]);
    expect(types(await get(`${ofStream}&after=1`))).toEqual(['RolloutPaused']);
  });

  it('come commit by commit, so that a page never ends within one', async () => {
    const page = await get(`${ofStream}&limit=1`);
    expect(types(page)).toEqual(story);
  });

  it('come in a page that a function can answer with, however large each is', async () => {
    const held = Array.from({ length: 2_000 }, (_, n) => ({
      subject: `instance ${n}`,
      reason: 'BudgetSpent' as const,
      detail: 'x'.repeat(300),
    }));
    for (const minute of [70, 71, 72, 73, 74, 75]) {
      const data = { held, changedAt: at(minute) };
      await write(store, stream, [{ type: 'HoldsChanged', data }]);
    }
    const { items, isEnd } = await get(`${ofStream}&limit=1000`);
    expect([items.length < story.length + 6, isEnd]).toEqual([true, false]);
    expect(await readOn(`${ofStream}&limit=1000`)).toHaveLength(story.length + 6);
  });

  it('are chosen by type and by time', async () => {
    await write(store, stream, [happened.paused(60)]);
    expect(types(await get(`${ofStream}&type=RolloutStarted`))).toEqual(['RolloutStarted']);
    expect(types(await get(`${ofStream}&until=2025-10-14T16:00:00Z`))).toEqual([]);
    expect(types(await get(`${ofStream}&from=2025-10-14T17:00:01Z`))).toEqual([]);
  });

  it.each([
    ['of another stream', 'WyJjbHVzdGVyI3Nob3AiLDFd'],
    ['of another list', 'WyJhIl0'],
    ['that is none', 'bm9uZQ'],
  ])('do not go on from a cursor %s', async (_, cursor) => {
    expect(await api.call('GET', `${ofStream}&cursor=${cursor}`)).toMatchObject({
      statusCode: 400,
      body: { code: 'Malformed', issues: [{ field: 'cursor' }] },
    });
  });
});

describe('the events of a cluster', () => {
  const ofCluster = '/clusters/shop/events?from=2025-10-14T00:00:00Z';

  it('are told over all its streams, in the order of their moments', async () => {
    const all = await readOn(`${ofCluster}&limit=2`);
    expect(new Set(all.map((each) => each.stream.split('#')[0]))).toEqual(
      new Set(['cluster', 'rollout', 'fleet']),
    );
    const moments = all.map((each) => each.at);
    expect(moments).toEqual(moments.toSorted());
    const whole = (await get(ofCluster)).items;
    expect(all).toEqual(whole);
    expect(whole.map(({ type }) => type)).toContain('TaskObserved');
  });

  it('are chosen by kind, by type and by time', async () => {
    const kinds = async (query: string) =>
      new Set((await get(`${ofCluster}&${query}`)).items.map((each) => each.stream.split('#')[0]));
    expect(await kinds('kind=rollout')).toEqual(new Set(['rollout']));
    expect(await kinds('type=ModeSet')).toEqual(new Set(['cluster']));
    expect(await kinds('until=2025-10-14T17:04:59Z')).toEqual(new Set(['cluster', 'rollout']));
    const late = await get('/clusters/shop/events?from=2025-10-14T17:04:00Z');
    expect(new Set(late.items.map((each) => each.stream))).toEqual(new Set(['fleet#shop#0']));
  });

  it('has to be told from when on', async () => {
    expect(await api.call('GET', '/clusters/shop/events')).toMatchObject({
      statusCode: 400,
      body: { issues: [{ in: 'query', field: 'from' }] },
    });
  });
});

describe('commits by their moment', () => {
  const lease = (n: number): StoredEvent =>
    ({ type: 'LeaseReturned', data: { leaseId: `l${n}`, returnedAt: at(0) } }) as StoredEvent;
  const fold = { stateShape: 'none', initialState: undefined, evolve: () => undefined };

  it('are those that a look at every commit finds, page by page, each once', async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 120_000 }), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(gaps, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 2_000_000 }),
        fc.option(fc.integer({ min: 0, max: 2_000_000 }), { nil: undefined }),
        fc.integer({ min: 1, max: 9 }),
        async (all, from, until, limit) => {
          const one = openSqliteEventStore(':memory:');
          const names = all.map((_, index) => `disruption#${index}`);
          for (const [index, stream] of names.entries()) {
            let { position } = await one.load(stream, fold);
            let moment = 0;
            for (const [n, gap] of (all[index] ?? []).entries()) {
              moment += gap;
              const commit = { commitId: `c${n}`, at: Instant.parse(moment), events: [lease(n)] };
              position = await one.append(position, commit);
            }
          }
          const everything = (await one.readAll(0, 1_000))
            .filter((each) => each.at >= from && each.at <= (until ?? Number.MAX_SAFE_INTEGER))
            .map((each) => `${String(each.at).padStart(9)} ${each.stream} ${each.version + 100}`)
            .toSorted();
          const found: string[] = [];
          let after: Parameters<typeof commitsByMoment>[2]['after'];
          for (;;) {
            const bounds = { from: after?.at ?? from, until, after, limit };
            const page = await commitsByMoment(one, names, bounds);
            found.push(
              ...page.map((c) => `${String(c.at).padStart(9)} ${c.stream} ${c.version + 100}`),
            );
            after = page.at(-1);
            if (page.length < limit) break;
          }
          expect(found).toEqual(everything);
          one.close();
        },
      ),
      { numRuns: 100 },
    );
  });
});
