import type { InstanceRow, TaskRow } from './rows.ts';
import { type Behind, worstFirst } from './standing.ts';

export type Counts = {
  readonly total: number;
  readonly current: number;
  readonly behind: number;
  readonly unknown: number;
};

export type Worst = { readonly kind: 'task' | 'instance'; readonly id: string } & Omit<
  Behind,
  'status'
>;

export type Summary = {
  readonly tasks: Counts;
  readonly instances: Counts;
  /** The one that is behind for longest; absent while none is. */
  readonly worst?: Worst;
  /** Over those that are behind: nearest-rank median, and the most. */
  readonly hoursBehind?: { readonly p50: number; readonly max: number };
};

type Row = TaskRow | InstanceRow;
type BehindRow = Row & { readonly standing: Behind };

export const summaryOf = (rows: readonly Row[]): Summary => {
  const behind = rows.filter(isBehind).toSorted(worstRowFirst);
  const [first] = behind;
  const hours = behind.map(({ standing }) => standing.hoursBehind).toSorted((a, b) => a - b);
  const p50 = hours[Math.ceil(hours.length / 2) - 1];
  const max = hours.at(-1);
  return {
    tasks: countsOf(rows.filter(({ kind }) => kind === 'task')),
    instances: countsOf(rows.filter(({ kind }) => kind === 'instance')),
    ...(first === undefined ? {} : { worst: worstOf(first) }),
    ...(p50 === undefined || max === undefined ? {} : { hoursBehind: { p50, max } }),
  };
};

const isBehind = (row: Row): row is BehindRow => row.standing.status === 'behind';

const worstRowFirst = (a: BehindRow, b: BehindRow): number =>
  worstFirst(a.standing, b.standing) || (a.id < b.id ? -1 : 1);

const worstOf = ({ kind, id, standing: { status: _status, ...rest } }: BehindRow): Worst => ({
  kind,
  id,
  ...rest,
});

const countsOf = (rows: readonly Row[]): Counts => {
  const of = (status: Row['standing']['status']) =>
    rows.filter(({ standing }) => standing.status === status).length;
  return {
    total: rows.length,
    current: of('current'),
    behind: of('behind'),
    unknown: of('unknown'),
  };
};
