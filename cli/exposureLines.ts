import type {
  Behind,
  Counts,
  ExposureReport,
  InstanceRow,
  Standing,
  Summary,
  TaskRow,
} from '../domain/patching/exposure.ts';
import { printable } from './printable.ts';
import { count, duration, moment, shortArn, table } from './text.ts';

const hourMs = 3_600_000;

export const groupings = ['service', 'channel', 'instance', 'task'] as const;
export type Grouping = (typeof groupings)[number];

/** The report for a person: the cluster, then what was asked for, then what is unknown and why. */
export const exposureLines = (
  report: ExposureReport,
  by: Grouping | undefined,
): readonly string[] => {
  const chosen = by === undefined ? (['channel', 'service'] as const) : [by];
  const blocks = [clusterLines(report), ...chosen.map((each) => blockOf[each](report))];
  const known = [...blocks, unknownLines(report)].filter((lines) => lines.length > 0);
  return known.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])).map(printable);
};

/** The same as objects: the cluster, then one for each row. */
export const exposureObjects = (
  report: ExposureReport,
  by: Grouping | undefined,
): readonly object[] => {
  const { clusterName, at, cluster } = report;
  const rows = {
    channel: report.channels.map((each) => ({ kind: 'channel', ...each })),
    service: report.services.map((each) => ({ kind: 'service', ...each })),
    instance: report.instances,
    task: report.tasks,
  };
  const chosen = by === undefined ? [...rows.channel, ...rows.service] : rows[by];
  return [
    { kind: 'cluster', clusterName, at, ...cluster },
    ...chosen,
    ...report.unknown.map((each) => ({ kind: 'unknown', ...each })),
  ];
};

const clusterLines = ({ clusterName, at, cluster }: ExposureReport): readonly string[] => {
  const { worst, hoursBehind } = cluster;
  const lines = [
    `cluster ${clusterName} at ${moment(at)} UTC`,
    ...table([
      ['  instances', countsText(cluster.instances)],
      ['  tasks', countsText(cluster.tasks)],
    ]),
  ];
  if (worst === undefined || hoursBehind === undefined) return [...lines, '  nothing is behind'];
  const { p50, max } = hoursBehind;
  const longest = `${worst.kind} ${shortArn(worst.id)} on ${worst.build}`;
  const behind = `${atLeast(worst)}${hoursText(max)}, median ${hoursText(p50)}`;
  return [...lines, `  longest behind: ${longest}, ${behind}`];
};

const countsText = ({ total, current, behind, unknown }: Counts): string =>
  `${total}: ${current} current, ${behind} behind, ${unknown} unknown`;

const hoursText = (hours: number): string => duration(hours * hourMs);

/** Tuesday has not seen every release since: the true figure may be higher. */
const atLeast = ({ atLeast: bound }: Pick<Behind, 'atLeast'>): string => (bound ? 'at least ' : '');

const share = ({ behind, unknown, total }: Counts): string =>
  `${behind} of ${total}${unknown === 0 ? '' : `, ${unknown} unknown`}`;

const longestOf = ({ worst, hoursBehind }: Summary): string =>
  worst === undefined || hoursBehind === undefined
    ? '-'
    : `${atLeast(worst)}${hoursText(hoursBehind.max)}`;

const channelLines = ({ channels }: ExposureReport): readonly string[] => {
  if (channels.length === 0) return ['no channel has been read yet: the watch tick reads them'];
  const rows = channels.map((each) => [
    each.channel,
    each.newest ?? 'not read',
    each.newestSince === undefined ? '-' : moment(each.newestSince),
    share(each.instances),
    share(each.tasks),
    longestOf(each),
  ]);
  const header = ['channel', 'newest', 'since', 'instances behind', 'tasks behind', 'longest'];
  const unreadable = channels.flatMap(({ channel, unreadable: why }) =>
    why === undefined
      ? []
      : [`${channel} cannot be read since ${moment(why.since)}: ${why.reason}`],
  );
  return [...table([header, ...rows]), ...unreadable];
};

/** Those with tasks behind or unknown; the others are counted in one line. */
const serviceLines = ({ services }: ExposureReport): readonly string[] => {
  const shown = services.filter(({ tasks }) => tasks.behind + tasks.unknown > 0);
  const rows = shown.map((each) => {
    const { worst } = each;
    return [
      each.group.replace(/^service:/, ''),
      share(each.tasks),
      worst?.build ?? '-',
      worst === undefined ? '-' : releasesText(worst),
      longestOf(each),
      worst?.waitingFor ?? '-',
    ];
  });
  const header = ['service', 'tasks behind', 'build', 'releases', 'longest', 'waits for'];
  const rest = services.length - shown.length;
  return [
    ...(rows.length === 0 ? [] : table([header, ...rows])),
    ...(rest === 0 ? [] : [`${count(rest, 'service')} with every task current`]),
  ];
};

const releasesText = ({ releasesBehind, atLeast: bound }: Omit<Behind, 'status'>): string =>
  `${releasesBehind}${bound ? ' or more' : ''}`;

const standingCells = (standing: Standing): readonly string[] => {
  switch (standing.status) {
    case 'current':
      return ['current', standing.build, '-', '-', '-'];
    case 'behind': {
      const { build, waitingFor, hoursBehind } = standing;
      const hours = `${atLeast(standing)}${hoursText(hoursBehind)}`;
      return ['behind', build, releasesText(standing), hours, waitingFor];
    }
    case 'unknown':
      return ['unknown', '-', '-', '-', standing.reason];
    default:
      return standing satisfies never;
  }
};

const standingHeader = ['standing', 'build', 'releases', 'behind for', 'waits for'];

const instanceLines = ({ instances }: ExposureReport): readonly string[] => {
  const rows = instances.map((each: InstanceRow) => [
    each.ec2InstanceId ?? shortArn(each.id),
    each.instanceStatus,
    ...standingCells(each.standing),
  ]);
  if (rows.length === 0) return ['no instance is known'];
  return table([['instance', 'status', ...standingHeader], ...rows]);
};

const taskLines = ({ tasks }: ExposureReport): readonly string[] => {
  const rows = tasks.map((each: TaskRow) => [
    shortArn(each.id),
    each.group.replace(/^service:/, ''),
    ...standingCells(each.standing),
  ]);
  if (rows.length === 0) return ['no running task is known'];
  return table([['task', 'service', ...standingHeader], ...rows]);
};

const blockOf = {
  channel: channelLines,
  service: serviceLines,
  instance: instanceLines,
  task: taskLines,
} as const;

const unknownLines = ({ unknown }: ExposureReport): readonly string[] => {
  if (unknown.length === 0) return [];
  const rows = unknown.map(({ reason, instances, tasks, example }) => [
    reason,
    String(instances),
    String(tasks),
    example,
  ]);
  return table([['unknown because', 'instances', 'tasks', 'for example'], ...rows], [1, 2]);
};
