import { pageDefault } from './contract/wire.ts';
import { ProblemError } from './problem.ts';

type Paging = { readonly limit?: number | undefined; readonly cursor?: string | undefined };
export type Page<Item> = { readonly items: readonly Item[]; readonly next?: string };

/**
 * One page of a list that is in the order of `idOf`. The cursor names the last item that was
 * shown, so that what comes and goes meanwhile neither shows an item twice nor passes over one.
 */
export const pageOf = <Item>(
  all: readonly Item[],
  idOf: (item: Item) => string,
  { limit = pageDefault, cursor }: Paging,
): Page<Item> => {
  const after = cursor === undefined ? '' : lastShown(cursor);
  const left = all.filter((item) => idOf(item) > after);
  const items = left.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || items.length === left.length) return { items };
  return { items, next: cursorOf([idOf(last)]) };
};

export const cursorOf = (parts: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** Throws `ProblemError` for what no page handed out. */
export const partsOf = (cursor: string): readonly unknown[] => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parts)) return parts;
  } catch {
    // Said below.
  }
  throw foreign();
};

export const foreign = (): ProblemError => {
  const message = 'is none that this list handed out; begin without one';
  return new ProblemError('Malformed', `cursor: ${message}`, [
    { in: 'query', field: 'cursor', message },
  ]);
};

const lastShown = (cursor: string): string => {
  const [id, ...more] = partsOf(cursor);
  if (typeof id === 'string' && more.length === 0) return id;
  throw foreign();
};
