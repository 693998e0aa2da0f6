import { count, table } from '../text.ts';
import type { AnomalyRow, Exposure, ReleaseRow, ReplaySummary } from './summary.ts';

/** The summary for a person: what came when, how long things were exposed, what was left. */
export const summaryLines = ({ releases, anomalies }: ReplaySummary): readonly string[] => {
  const images = releases.filter(({ image }) => image);
  const hostsOnly = releases.filter(({ image }) => !image);
  return [
    'What came, and when it was there (UTC)',
    ...table(
      [
        [
          'release',
          'shipped',
          'rebuilt',
          'until',
          'AMI out',
          'first task',
          'last task',
          'tasks',
          'instances',
        ],
        ...images.map(arrivalRow),
      ],
      [2, 7, 8],
    ),
    'rebuilt: services with a new image; ~: modelled as four days after the release',
    '',
    'Exposure of tasks in hours from shipping to replacement, p50 / p99, and what it was spent on',
    ...table(
      [
        ['release', 'in all', 'Microsoft, AWS', 'rebuild', 'ours', 'GB pulled', 'lowest healthy'],
        ...images.map((row) => exposureRow(row, row.taskExposureHours)),
      ],
      [1, 2, 3, 4, 5],
    ),
    '',
    'Exposure of instances in hours, p50 / p99',
    ...table(
      [
        ['release', 'in all', 'AWS', 'ours', 'left'],
        ...images.map(({ release, instanceExposureHours: hours, instancesLeft }) => [
          release,
          pair(hours, 'total'),
          pair(hours, 'vendor'),
          pair(hours, 'ours'),
          String(instancesLeft),
        ]),
      ],
      [1, 2, 3, 4],
    ),
    '',
    'Left behind by the last rollout of each release, and why',
    ...images.flatMap(leftLines),
    ...(hostsOnly.length === 0 ? [] : ['', ...hostsOnlyLines(hostsOnly)]),
    ...(anomalies.length === 0 ? [] : ['', 'What tags did amiss', ...anomalies.map(anomalyLine)]),
  ];
};

const short = (iso: string | undefined): string =>
  iso === undefined ? '-' : `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;

const arrivalRow = (row: ReleaseRow): readonly string[] => [
  `${row.release} ${row.kind}`,
  short(row.shipped),
  String(row.imagesRebuilt),
  short(row.lastRebuilt),
  `${short(row.amiOut)}${row.amiOutIs === 'modelled' ? ' ~' : ''}`,
  short(row.firstTaskReplaced),
  short(row.lastTaskReplaced),
  `${row.tasksReplaced}/${row.tasksReplaced + row.tasksLeft}`,
  `${row.instancesReplaced}/${row.instancesReplaced + row.instancesLeft}`,
];

const pair = (hours: Exposure | undefined, part: keyof Exposure): string =>
  hours === undefined ? '-' : `${hours[part].p50} / ${hours[part].p99}`;

const exposureRow = (row: ReleaseRow, hours: Exposure | undefined): readonly string[] => [
  row.release,
  pair(hours, 'total'),
  pair(hours, 'vendor'),
  pair(hours, 'rebuild'),
  pair(hours, 'ours'),
  String(row.gigabytesPulled),
  row.lowestHealthyPercent === undefined ? '-' : `${row.lowestHealthyPercent}%`,
];

/** Three reasons a line. */
const leftLines = ({ release, tasksLeft, instancesLeft, held }: ReleaseRow): readonly string[] => {
  const left = `${count(tasksLeft, 'task')}, ${count(instancesLeft, 'instance')}`;
  const reasons = Object.entries(held).map(([reason, number]) => `${reason} ${number}`);
  const lines = [];
  for (let at = 0; at < reasons.length; at += 3) lines.push(reasons.slice(at, at + 3).join(', '));
  const [first = 'nothing held', ...rest] = lines;
  const head = `  ${release}  ${left}`.padEnd(42);
  return [`${head}${first}`, ...rest.map((line) => `${' '.repeat(42)}${line}`)];
};

const hostsOnlyLines = (rows: readonly ReleaseRow[]): readonly string[] => [
  'Out of band for hosts alone: no image followed, and nothing was asked of images',
  ...rows.map(({ release, builds }) => `  ${release}  ${Object.values(builds).join(', ')}`),
];

const anomalyLine = (anomaly: AnomalyRow): string => {
  const at = `  ${new Date(anomaly.at).toISOString().slice(0, 16)}Z  ${anomaly.tag}`;
  switch (anomaly.kind) {
    case 'movedBack':
      return `${at} went back from ${anomaly.from} to ${anomaly.to}: ${anomaly.from} still counted`;
    case 'respun':
      return `${at} was made again under ${anomaly.build}`;
    case 'refused':
      return `${at} held what it should not: ${anomaly.reason}`;
    case 'newerListed':
      return `${at} stayed at ${anomaly.newest}, though 10.0.${anomaly.build} was there`;
    case 'downgradeAccepted':
      return `${at} was taken back to ${anomaly.to} by ${anomaly.actor}`;
    default:
      return anomaly satisfies never;
  }
};
