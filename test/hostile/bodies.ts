import { readdirSync, readFileSync } from 'node:fs';
import { type Chance, draw, drawOne } from '../../domain/simulation/chance.ts';
import { Instant } from '../../events/ids.ts';
import { ingestBatch } from '../../functions/ingest/ingest.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { hostile } from './mutate.ts';

const folder = new URL('../../events/samples/', import.meta.url);
const samples: readonly unknown[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && name !== 'sqs-batch.json')
  .toSorted()
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));

const now = Instant.parse(1_760_000_000_000);
const bodiesPerStore = 400;

/**
 * One hostile event body through the real ingest. Every body is answered for: applied, ignored, or
 * parked whole with a reason; nothing is thrown, nothing is lost.
 */
export const attackIngest = (chance: Chance) => {
  let store = openSqliteEventStore(':memory:', { survives: 'process' });
  let taken = 0;
  return async (): Promise<string | undefined> => {
    if (taken > 0 && taken % bodiesPerStore === 0) {
      store.close();
      store = openSqliteEventStore(':memory:', { survives: 'process' });
    }
    taken += 1;
    const body = hostile(chance, drawOne(chance, samples));
    const scope = draw(chance) < 0.5 ? {} : { accounts: ['111122223333'] };
    const [result, ...more] = await ingestBatch({ store, scope, now: () => now }, [body]);
    if (result === undefined || more.length > 0) return 'a body was not answered for';
    if (result.outcome === 'failed') return `the store was given what it does not take: ${body}`;
    if (result.outcome !== 'parked') return undefined;
    if (result.reason === undefined || result.detail === '') return 'parked without a reason';
    const kept = await store.readStream(`parked#${result.parkedId}`);
    return kept.length === 1 ? undefined : `parked, but not kept: ${body.slice(0, 200)}`;
  };
};
