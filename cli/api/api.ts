import type * as z from 'zod';
import type { Answer, Asked, Contract } from '../../functions/api/contract/contract.ts';
import { pageMax } from '../../functions/api/contract/wire.ts';
import type { Page } from '../../functions/api/page.ts';

type Part<Name extends string, Value> = Value extends undefined
  ? object
  : Record<never, never> extends Value
    ? { readonly [name in Name]?: Value }
    : { readonly [name in Name]: Value };

/** What a call hands over: the parts that its route takes, as they are inside. */
export type Given<C extends Contract> = Part<'parameters', Asked<C>['parameters']> &
  Part<'query', Asked<C>['query']> &
  Part<'body', Asked<C>['body']>;

/**
 * The API as the command line calls it: the record of this machine, or one behind a URL. Throws
 * `ProblemError` for what is refused.
 */
export type Api = {
  readonly call: <C extends Contract>(contract: C, given: Given<C>) => Promise<Answer<C>>;
  readonly close: () => void;
};

type PageQuery = { readonly limit: number; readonly cursor?: string };

/** Every item of a list, page after page. */
export const everyItem = async <Item>(
  read: (query: PageQuery) => Promise<Page<Item>>,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: pageMax, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return items;
};

/** One line of JSON as the API writes it: what a script reads is the same, asked here or there. */
export const wireJson = <Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>) =>
  JSON.stringify(schema.encode(value));
