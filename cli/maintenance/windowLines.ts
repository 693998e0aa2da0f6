import type { Answer } from '../../functions/api/contract/contract.ts';
import type { getWindows } from '../../functions/api/contract/maintenance.ts';
import { duration, moment, table } from '../text.ts';

type Windows = Answer<typeof getWindows>;

/** What `tuesday windows` shows: whether something may begin now, and when next. */
export const windowLines = (cluster: string, found: Windows): readonly string[] => [
  ...nowLines(cluster, found),
  ...(found.windows.length === 0 ? [] : ['', ...windowTable(found), '', ...nextLines(found)]),
  ...freezeLines(found),
  ...overrideLines(found),
];

const nowLines = (cluster: string, { now, windows, whyNot, open }: Windows): readonly string[] => {
  if (windows.length === 0 && whyNot !== undefined) {
    return [
      `${cluster} has no maintenance window: nothing is drained, replaced or deployed.`,
      'Set one, such as:',
      "  tuesday windows add nights --zone Europe/Dublin --days 'FREQ=DAILY' \\",
      '    --opens 21:00 --closes 05:00',
      'or let it be disturbed at any time: tuesday windows set --always',
    ];
  }
  if (whyNot !== undefined) return [`closed  ${whyNot.reason}: ${whyNot.detail}`];
  if (open === undefined) return ['open    by an override alone: no window is open'];
  const left = open.closesAt - now;
  if (left > manyDaysMs) return ['open    and it does not close within two weeks'];
  return [`open    until ${moment(open.closesAt)} UTC, in ${duration(left)}`];
};

const manyDaysMs = 14 * 24 * 3_600_000;

const windowTable = ({ windows, closing }: Windows): readonly string[] => {
  const rows = windows.map(({ name, days, since, opens, closes, timeZone, reasons }) => [
    name,
    `${opens} - ${closes}`,
    timeZone,
    since === undefined ? days : `${days} since ${since}`,
    reasons?.join(', ') ?? 'all',
  ]);
  const under = closing.underway === 'finish' ? 'is finished' : 'is handed back';
  const last =
    closing.lastStartMs === 0
      ? ''
      : `; nothing begins in the last ${duration(closing.lastStartMs)}`;
  return [
    ...table([['window', 'clock', 'time zone', 'days', 'for'], ...rows]),
    `when the last one closes, what is under way ${under}${last}`,
  ];
};

const nextLines = ({ next, windows, now }: Windows): readonly string[] => {
  if (next.length === 0) return ['no window opens within the next two years'];
  const zones = new Map(windows.map(({ name, timeZone }) => [name, timeZone]));
  const rows = next.map(({ window, opensAt, closesAt }) => {
    const zone = zones.get(window) ?? 'UTC';
    return [
      `${moment(opensAt)} - ${moment(closesAt).slice(-5)}`,
      `in ${duration(opensAt - now)}`,
      duration(closesAt - opensAt),
      `${window}, ${clockIn(opensAt, zone)} - ${clockIn(closesAt, zone)} there`,
    ];
  });
  return table([['next, UTC', '', 'long', 'window'], ...rows]);
};

/** `Tue 25 Nov 22:00`, by the clock on the wall. */
const clockIn = (at: number, timeZone: string): string => {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('weekday')} ${of('day')} ${of('month')} ${of('hour')}:${of('minute')}`;
};

const freezeLines = ({ freezes, now }: Windows): readonly string[] => {
  if (freezes.length === 0) return [];
  const rows = freezes.map(({ freezeId, of, scope, reason, actor, expiresAt }) => {
    const here = scope.kind === 'service' ? `service ${scope.serviceName}` : 'this cluster';
    const what = of === 'everything' ? 'everything' : here;
    const until = `until ${moment(expiresAt)}, ${duration(expiresAt - now)}`;
    return [freezeId, what, until, actor, reason];
  });
  return ['', ...table([['freeze', 'of', '', 'by', 'because'], ...rows])];
};

const overrideLines = ({ overrides, now }: Windows): readonly string[] => {
  if (overrides.length === 0) return [];
  const rows = overrides.map(({ overrideId, over, reason, actor, expiresAt }) => [
    overrideId,
    over.join(' and '),
    `until ${moment(expiresAt)}, ${duration(expiresAt - now)}`,
    actor,
    reason,
  ]);
  return ['', ...table([['override', 'over', '', 'by', 'because'], ...rows])];
};
