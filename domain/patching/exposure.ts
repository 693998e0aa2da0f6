import type { Channel, Instant, WindowsBuild } from '../../events/ids.ts';
import type { ChannelState } from '../windows/channelState.ts';
import {
  type ExposureSight,
  type InstanceRow,
  instanceRows,
  type TaskRow,
  taskRows,
} from './rows.ts';
import { leadingTag, type UnknownReason } from './standing.ts';
import { type Summary, summaryOf } from './summary.ts';

export type { ExposureSight, InstanceRow, TaskRow } from './rows.ts';
export type { Behind, Standing, UnknownReason, WaitingFor } from './standing.ts';
export type { Counts, Summary, Worst } from './summary.ts';

export type ServiceExposure = Summary & { readonly group: string };

export type ChannelExposure = Summary & {
  readonly channel: Channel;
  readonly newest?: WindowsBuild;
  readonly newestSince?: Instant;
  /** While the tag cannot be read, what is called current may be behind. */
  readonly unreadable?: { readonly reason: string; readonly since: Instant };
};

export type UnknownExposure = {
  readonly reason: UnknownReason;
  readonly tasks: number;
  readonly instances: number;
  /** Of the first one, in the order of ids. */
  readonly example: string;
};

/** Who runs behind, by what and since when, in one cluster at one moment. */
export type ExposureReport = {
  readonly clusterName: string;
  readonly at: Instant;
  readonly tasks: readonly TaskRow[];
  readonly instances: readonly InstanceRow[];
  /** By group, in order; a task outside a service is under its family. */
  readonly services: readonly ServiceExposure[];
  /** Every channel that something runs on or that is followed, in order. */
  readonly channels: readonly ChannelExposure[];
  /** What cannot be judged, most frequent first. */
  readonly unknown: readonly UnknownExposure[];
  readonly cluster: Summary;
};

/**
 * Judges every running task and every instance. A task counts by the worst of its images; an
 * instance against the newest Server Core release of its channel. What cannot be judged is unknown
 * with its reason, and never current.
 */
export const exposureOf = (sight: ExposureSight): ExposureReport => {
  const tasks = taskRows(sight);
  const instances = instanceRows(sight);
  const rows = [...tasks, ...instances];
  return {
    clusterName: sight.view.clusterName,
    at: sight.now,
    tasks,
    instances,
    services: [...Map.groupBy(tasks, ({ group }) => group)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([group, ofGroup]) => ({ group, ...summaryOf(ofGroup) })),
    channels: channelExposures(rows, sight.channels),
    unknown: unknownExposures(rows),
    cluster: summaryOf(rows),
  };
};

type Row = TaskRow | InstanceRow;

const channelExposures = (
  rows: readonly Row[],
  followed: readonly ChannelState[],
): readonly ChannelExposure[] => {
  const byChannel = Map.groupBy(rows, ({ standing }) =>
    standing.status === 'unknown' ? undefined : standing.channel,
  );
  const named = new Set([...byChannel.keys(), ...followed.map(({ channel }) => channel)]);
  return [...named]
    .filter((channel) => channel !== undefined)
    .toSorted()
    .map((channel) => {
      const { newest, unreadable } = leadingTag(followed, 'servercore', channel) ?? {};
      return {
        channel,
        ...(newest === undefined ? {} : { newest: newest.build, newestSince: newest.publishedAt }),
        ...(unreadable === undefined ? {} : { unreadable }),
        ...summaryOf(byChannel.get(channel) ?? []),
      };
    });
};

const unknownExposures = (rows: readonly Row[]): readonly UnknownExposure[] => {
  const byReason = new Map<UnknownReason, UnknownExposure>();
  for (const { kind, standing } of rows) {
    if (standing.status !== 'unknown') continue;
    const { reason, detail: example } = standing;
    const known = byReason.get(reason) ?? { reason, tasks: 0, instances: 0, example };
    const tasks = known.tasks + (kind === 'task' ? 1 : 0);
    const instances = known.instances + (kind === 'instance' ? 1 : 0);
    byReason.set(reason, { ...known, tasks, instances });
  }
  return [...byReason.values()].toSorted(
    (a, b) => b.tasks + b.instances - a.tasks - a.instances || (a.reason < b.reason ? -1 : 1),
  );
};
