import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Where the simulated AWS that belongs to a store keeps itself. */
export const cloudFileOf = (storeFile: string): string =>
  `${storeFile.replace(/\.sqlite$/, '')}.simulated-aws.sqlite`;

/**
 * What time it is in the simulated AWS beside `storeFile`, in ms since 1970, or `undefined` where
 * there is none. A record of October 2025 is looked at from the end of that month: by the clock on
 * the wall everything in it would have been behind for a year.
 */
export const cloudClock = (storeFile: string): number | undefined => {
  const file = cloudFileOf(storeFile);
  if (!existsSync(file)) return livedClock(storeFile);
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    const newest = database.prepare(
      `SELECT max(at) AS at FROM (
         SELECT json_extract(world, '$.now') AS at FROM snapshots
         UNION ALL SELECT json_extract(input, '$.to') FROM inputs)`,
    );
    const at = newest.get()?.at;
    return typeof at === 'number' ? at : undefined;
  } catch (error) {
    // Whoever makes the file is not done with its tables yet.
    if (String(error).includes('no such table')) return undefined;
    throw error;
  } finally {
    database.close();
  }
};

/** The same of a record that keeps its world with it (infra/local/livedRecord.ts). */
const livedClock = (storeFile: string): number | undefined => {
  if (!existsSync(storeFile)) return undefined;
  const database = new DatabaseSync(storeFile, { readOnly: true, timeout: 5_000 });
  try {
    const at = database.prepare('SELECT max(at) AS at FROM lives').get()?.at;
    return typeof at === 'number' ? at : undefined;
  } catch {
    return undefined; // a store that was not lived, or no store at all: opening it will say so
  } finally {
    database.close();
  }
};
