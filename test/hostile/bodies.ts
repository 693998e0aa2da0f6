import { readdirSync, readFileSync } from 'node:fs';
import { type Chance, draw, drawOne } from '../../domain/simulation/chance.ts';
import { bodyBytesMax } from '../../events/aws/readBody.ts';
import { Instant } from '../../events/ids.ts';
import { ingestBatch } from '../../functions/ingest/ingest.ts';
import { parkedStreamAt } from '../../functions/ingest/park.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { hostile } from './mutate.ts';

const folder = new URL('../../events/samples/', import.meta.url);
const samples: readonly unknown[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && name !== 'sqs-batch.json')
  .toSorted()
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));

const now = Instant.parse(1_760_000_000_000);
/** Few, so that what is kept here for comparison does not show as garbage collection. */
const bodiesPerStore = 50;

/**
 * Hostile event bodies through the real ingest, one by one. Every body is answered for: applied,
 * ignored, or parked whole with a reason; nothing is thrown, nothing is lost. `settle` looks
 * whether all that was parked since the last time is in the record.
 */
export const attackIngest = (chance: Chance) => {
  let store = openSqliteEventStore(':memory:', { survives: 'process' });
  let parked = new Map<string, string>();
  let taken = 0;
  const settle = async (): Promise<string | undefined> => {
    const kept = new Map<string, string>();
    for (const { events } of await store.readStream(parkedStreamAt(now))) {
      for (const { data } of events as { data: { parkedId: string; body: string } }[]) {
        kept.set(data.parkedId, data.body);
      }
    }
    store.close();
    store = openSqliteEventStore(':memory:', { survives: 'process' });
    const lost = [...parked].find(([id, body]) => kept.get(id) !== body);
    parked = new Map();
    return lost === undefined ? undefined : `parked, but not kept whole: ${lost[1].slice(0, 200)}`;
  };
  const take = async (): Promise<string | undefined> => {
    const body = hostile(chance, drawOne(chance, samples));
    const scope = draw(chance) < 0.5 ? {} : { accounts: ['111122223333'] };
    const [result, ...more] = await ingestBatch({ store, scope, now: () => now }, [body]);
    if (result === undefined || more.length > 0) return 'a body was not answered for';
    if (result.outcome === 'failed') return `the store does not take: ${body.slice(0, 200)}`;
    if (result.outcome === 'parked') {
      if (result.detail === '') return 'parked without a remedy';
      parked.set(result.parkedId, body.slice(0, bodyBytesMax).toWellFormed());
    }
    taken += 1;
    return undefined;
  };
  const isFull = () => taken % bodiesPerStore === 0;
  return { take, isFull, settle };
};
