import { calling } from './awsError.ts';
import { GatewayError } from './gateways.ts';

/** More pages than the largest cluster has (5,000 instances, 100,000 tasks): a token that loops. */
const pagesMax = 2_000;

type Page<Item> = {
  readonly items: readonly Item[] | undefined;
  readonly nextToken: string | undefined;
};
type PageToken = { readonly nextToken?: string };

/** Reads a listing to its last page, because half a listing would look like half gone. */
export const pages = async <Item>(
  action: string,
  read: (nextToken: PageToken) => Promise<Page<Item>>,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let token: PageToken = {};
  for (let count = 1; count <= pagesMax; count += 1) {
    const page = await calling('read', action, read(token));
    items.push(...(page.items ?? []));
    if (!page.nextToken) return items;
    token = { nextToken: page.nextToken };
  }
  throw new GatewayError('refused', 'TooManyPages', `${action}: more than ${pagesMax} pages`);
};

/** Asks for as many at a time as one call takes, and keeps their order. */
export const inBatches = async <Name, Item>(
  names: readonly Name[],
  size: number,
  describe: (batch: readonly Name[]) => Promise<readonly Item[]>,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  for (let start = 0; start < names.length; start += size) {
    items.push(...(await describe(names.slice(start, start + size))));
  }
  return items;
};
