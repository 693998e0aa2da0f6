import { rmSync } from 'node:fs';
import { UserError } from './userError.ts';

// What `start` and `replay` have in common.

/** `--seed` as a number. Throws `UserError` for what is none. */
export const seedOf = (seed: string): number => {
  if (/^\d{1,9}$/.test(seed)) return Number(seed);
  throw new UserError(`--seed ${seed} is no whole number`, 'give one of up to nine digits');
};

/** `--reset`: SQLite files with all that stands beside them, whether or not they are there. */
export const forget = (...files: readonly string[]): void => {
  for (const file of files) {
    for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(`${file}${suffix}`, { force: true });
  }
};
