import type { ParkedEntry } from '../../../domain/parking/parked.ts';
import { Refusal } from '../../../domain/refusal.ts';
import type { getParked, listParked } from '../contract/parked.ts';
import { pageOf } from '../page.ts';
import { ProblemError } from '../problem.ts';
import type { ApiTools, Handle } from '../route.ts';

export const list: Handle<typeof listParked> = async ({ query }, _caller, tools) => {
  const oldestFirst = (await everyParked(tools)).toSorted((a, b) =>
    orderOf(a) < orderOf(b) ? -1 : 1,
  );
  const { items, ...page } = pageOf(oldestFirst, orderOf, query);
  return { ...page, items: items.map(({ body: _body, ...entry }) => entry) };
};

export const get: Handle<typeof getParked> = async ({ parameters }, _caller, tools) =>
  parkedNamed(parameters.parkedId, tools);

/** The same body may be parked on two days. */
const orderOf = ({ parkedAt, parkedId }: ParkedEntry): string =>
  `${String(parkedAt).padStart(16, '0')} ${parkedId}`;

const everyParked = async ({ views }: Pick<ApiTools, 'views'>): Promise<readonly ParkedEntry[]> =>
  (await views.catchUp()).parked.flatMap(({ entries }) => Object.values(entries));

/**
 * By the first digits of its id. Of one body that was parked on two days the later entry stands for
 * both.
 */
export const parkedNamed = async (
  id: string,
  tools: Pick<ApiTools, 'views'>,
): Promise<ParkedEntry> => {
  const found = (await everyParked(tools)).filter(({ parkedId }) => parkedId.startsWith(id));
  const newest = found.toSorted((a, b) => b.parkedAt - a.parkedAt)[0];
  if (newest === undefined) throw new Refusal('ParkedEventNotFound', `${id} is not parked`);
  if (found.every(({ parkedId }) => parkedId === newest.parkedId)) return newest;
  throw new ProblemError('ParkedEventNotUnique', `${id} begins more than one id; give more of it`);
};
