import type { getCapacity } from '../../functions/api/contract/capacity.ts';
import type { Answer } from '../../functions/api/contract/contract.ts';
import { printable } from '../printable.ts';
import { count, duration, moment, table } from '../text.ts';
import { scalingLines } from './scalingLines.ts';

type Capacity = Answer<typeof getCapacity>;
type Row = Capacity['rows'][number];

const head =
  'capacity|instances|draining|empty|running|pending|waiting|desired|min-max|reserved|target'.split(
    '|',
  );
const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** What `tuesday capacity` shows: a line for each provider or group, then what follows for each. */
export const capacityLines = (found: Capacity): readonly string[] => {
  const rest = [...waitingLines(found), ...scalingLines(found.scaling)];
  if (found.rows.length === 0) return ['no instance is registered', ...rest];
  return [
    ...table([head, ...found.rows.map(cells)], numbers),
    '',
    ...found.rows.flatMap((row) => nextLines(row, found.now)),
    ...rest,
  ];
};

const nameOf = ({ capacityProviderName, autoScalingGroupName }: Row): string => {
  if (capacityProviderName !== null) return capacityProviderName;
  return autoScalingGroupName === null ? '(no group known)' : `group ${autoScalingGroupName}`;
};

const cells = (row: Row): readonly string[] => {
  const { instances, tasks, size, reservation, targetPercent } = row;
  const amounts = [
    instances.registered,
    instances.draining,
    instances.empty,
    tasks.running,
    tasks.pending,
    tasks.provisioning,
  ];
  return [
    printable(nameOf(row)),
    ...amounts.map(String),
    size === null ? '?' : String(size.desired),
    size === null ? '?' : `${size.minimum}-${size.maximum}`,
    reservedText(reservation),
    row.managedScaling === 'unknown' ? '?' : percentText(targetPercent),
  ];
};

const reservedText = (reservation: Row['reservation']): string =>
  reservation !== null && !reservation.isKnown ? '?' : percentText(reservation?.percent ?? null);

const percentText = (percent: number | null): string =>
  percent === null ? '-' : `${Math.round(percent * 10) / 10} %`;

const verbs = {
  scaleOut: 'scales out',
  scaleIn: 'scales in',
  none: 'stays',
  unknown: 'not known',
} as const;

/** What comes next time an instance is launched there. */
const launchLines = ({ launchesFrom }: Row): readonly string[] => {
  if (launchesFrom === null) return [];
  const { launchTemplateId, version, image, amiName } = launchesFrom;
  const from = `version ${version} of ${launchTemplateId}`;
  const named = amiName === null ? image : `${image} (${amiName})`;
  return [printable(`  launches ${named}, ${from}`)];
};

const nextLines = (row: Row, now: number): readonly string[] => {
  const { next, unknown, instances, observedAt } = row;
  const to = next.desiredCapacity === undefined ? '' : ` to ${next.desiredCapacity}`;
  const when =
    next.notBefore === undefined
      ? ''
      : `, not before ${moment(next.notBefore)} UTC (in ${duration(next.notBefore - now)})`;
  const line = `${nameOf(row)}: ${verbs[next.action]}${to}${when}. ${next.code}: ${next.detail}`;
  const silent = `${count(instances.disconnected, 'instance')} with a disconnected agent`;
  const age = observedAt === null ? [] : [`  as described ${duration(now - observedAt)} ago`];
  return [
    printable(line),
    ...(instances.disconnected > 0 ? [`  ${silent}`] : []),
    ...launchLines(row),
    ...excludedLines(row),
    ...unknown.map((each) => printable(`  not known: ${each}`)),
    ...age,
  ];
};

const excludedLines = ({ reservation }: Row): readonly string[] =>
  (reservation?.taskGroups ?? [])
    .filter(({ fits }) => !fits)
    .map(({ taskIds, groups }) => {
      const what = `${count(taskIds.length, 'task')} of ${groups.join(', ')}`;
      return printable(`  left out by ECS: ${what}, larger than the smallest instance type`);
    });

const waitingLines = ({
  missing,
  unclaimed,
  provisioning,
  provisioningMost,
}: Capacity): readonly string[] => {
  const lines = missing.map(({ serviceName, tasks }) =>
    printable(`${serviceName} wants ${count(tasks, 'task')} more than ECS has made`),
  );
  const ignored = `${count(unclaimed, 'task')} PROVISIONING for no capacity provider`;
  const full = `${provisioning} tasks are PROVISIONING: ECS allows ${provisioningMost} a cluster`;
  return [
    ...lines,
    ...(unclaimed > 0 ? [`${ignored}: ECS scales out for none of them`] : []),
    ...(provisioning >= provisioningMost ? [full] : []),
  ];
};
