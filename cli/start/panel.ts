import { styleText } from 'node:util';
import { isInFlight, type Rollout } from '../../domain/rollout/rolloutState.ts';
import { tallyInstances, tallyServices } from '../../domain/rollout/tally.ts';
import { moment, table } from '../text.ts';
import type { Standing } from './month.ts';

/** The fleet as a picture: a cell for every instance, a bar of tasks for every channel. */
export const panel = (
  standing: Standing,
  { startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number },
  recent: readonly string[],
): readonly string[] => {
  const { now, exposure } = standing;
  const share = (now - startsAt) / (endsAt - startsAt);
  return [
    `${styleText('bold', `Tuesday  ${moment(now)} 2025 UTC`)}   ${bar(share, 40)}`,
    '',
    ...table([
      ['channel', 'newest', 'instances', 'tasks current'],
      ...exposure.channels.map((each) => [
        each.channel,
        each.newest ?? 'not read',
        cells(standing, each.channel),
        tasksOf(standing, each.channel),
      ]),
    ]),
    ...unknownLine(standing),
    '',
    order.map((cell) => `${paint(cell)} ${cell}`).join('  '),
    '',
    campaignLine(standing),
    '',
    ...recent.map((line) => styleText('dim', line)),
  ];
};

type Cell = 'current' | 'behind' | 'moving' | 'unknown';

const looks: Readonly<Record<Cell, readonly [string, Parameters<typeof styleText>[0]]>> = {
  current: ['■', 'green'],
  behind: ['■', 'red'],
  moving: ['▣', 'yellow'],
  unknown: ['?', 'magenta'],
};

const paint = (cell: Cell): string => styleText(looks[cell][1], looks[cell][0]);

const cells = ({ exposure, views }: Standing, channel: string): string => {
  const moving = new Set(
    [...views.rollouts.values()].flatMap((each) =>
      Object.values(each.instances).flatMap((item) =>
        isInFlight(item)
          ? [item.containerInstanceArn, 'replacementArn' in item ? item.replacementArn : '']
          : [],
      ),
    ),
  );
  return exposure.instances
    .filter(({ standing }) => 'channel' in standing && standing.channel === channel)
    .map(({ id, standing }): Cell => (moving.has(id) ? 'moving' : standing.status))
    .toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
    .map(paint)
    .join('');
};

const order: readonly Cell[] = ['current', 'moving', 'behind', 'unknown'];

const tasksOf = ({ exposure }: Standing, channel: string): string => {
  const ofChannel = exposure.tasks.filter(
    ({ standing }) => 'channel' in standing && standing.channel === channel,
  );
  const current = ofChannel.filter(({ standing }) => standing.status === 'current').length;
  const share = ofChannel.length === 0 ? 0 : current / ofChannel.length;
  return `${bar(share, 20)} ${current}/${ofChannel.length}`;
};

const unknownLine = ({ exposure }: Standing): readonly string[] => {
  const tasks = exposure.tasks.filter(({ standing }) => standing.status === 'unknown').length;
  const instances = exposure.instances.filter(({ standing }) => standing.status === 'unknown');
  if (tasks + instances.length === 0) return [];
  return ['', `unknown: ${instances.length} instances, ${tasks} tasks`];
};

const campaignLine = ({ views }: Standing): string => {
  const last = newestRollout([...views.rollouts.values()]);
  if (last === undefined) return 'no rollout yet';
  const instances = tallyInstances(last);
  const services = tallyServices(last);
  const held = last.status === 'completed' ? last.left.length : last.heldNow.length;
  const counts = [
    `instances ${instances.done}/${instances.total}`,
    `services ${services.done}/${services.total}`,
    `${held} held`,
  ];
  return `${last.rolloutId} ${last.status}: ${counts.join(', ')}`;
};

export const newestRollout = (rollouts: readonly Rollout[]): Rollout | undefined =>
  rollouts.toSorted((a, b) => a.plannedAt - b.plannedAt).at(-1);

const bar = (share: number, width: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
};
