import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import type { Anomaly } from '../../domain/windows/channel.ts';
import type { Replayed } from './liveReplay.ts';
import type { ReleaseTally, Wait } from './tally.ts';

type Waits = { readonly p50: number; readonly p99: number };

/** Hours, to a tenth. */
export type Exposure = {
  readonly total: Waits;
  readonly vendor: Waits;
  readonly rebuild: Waits;
  readonly ours: Waits;
};

/** One release as the replay tells it; moments are ISO text, absent where it never happened. */
export type ReleaseRow = {
  readonly release: string;
  readonly kind: 'B' | 'OOB';
  readonly image: boolean;
  readonly builds: Readonly<Record<string, string>>;
  readonly shipped: string;
  readonly amiOut?: string;
  readonly amiOutIs?: 'modelled' | 'listed';
  readonly imagesRebuilt: number;
  readonly firstRebuilt?: string;
  readonly lastRebuilt?: string;
  readonly firstTaskReplaced?: string;
  readonly lastTaskReplaced?: string;
  readonly tasksReplaced: number;
  readonly tasksLeft: number;
  readonly instancesReplaced: number;
  readonly instancesLeft: number;
  readonly taskExposureHours?: Exposure;
  readonly instanceExposureHours?: Exposure;
  readonly gigabytesPulled: number;
  readonly lowestHealthyPercent?: number;
  readonly lowestHealthyService?: string;
  readonly held: Readonly<Record<string, number>>;
};

export type AnomalyRow = Anomaly & { readonly tag: string };

export type ReplaySummary = {
  readonly releases: readonly ReleaseRow[];
  readonly anomalies: readonly AnomalyRow[];
};

/** What the replay came to: measured at the simulated cluster; what was held, from the record. */
export const summaryOf = (
  { tally, views }: Replayed,
  listedAmis: ReadonlySet<string>,
): ReplaySummary => ({
  releases: tally.releases.map((release) =>
    rowOf(release, [...views.rollouts.values()], listedAmis),
  ),
  anomalies: views.channels
    .flatMap(({ repository, tag, anomalies }) =>
      anomalies.map((each) => ({ tag: `${repository}:${tag}`, ...each })),
    )
    .toSorted((a, b) => a.at - b.at || (a.tag < b.tag ? -1 : 1)),
});

const rowOf = (
  release: ReleaseTally,
  rollouts: readonly Rollout[],
  listedAmis: ReadonlySet<string>,
): ReleaseRow => {
  const services = Object.values(release.services);
  const groups = Object.values(release.groups);
  const rebuilt = rebuildsOf(release);
  const amiAt = Object.values(release.amiAt);
  const amiOut = release.image && amiAt.length > 0 ? Math.max(...amiAt) : null;
  const open = (items: readonly { readonly size: number; readonly done: number }[]) =>
    items.reduce((sum, { size, done }) => sum + size - done, 0);
  return {
    release: release.date,
    kind: release.kind,
    image: release.image,
    builds: release.builds,
    shipped: iso(release.shippedAt),
    ...moments({ amiOut }),
    ...(amiOut === null
      ? {}
      : { amiOutIs: listedAmis.has(iso(amiOut).slice(0, 10)) ? 'listed' : 'modelled' }),
    imagesRebuilt: rebuilt.length,
    ...moments({
      firstRebuilt: rebuilt[0] ?? null,
      lastRebuilt: rebuilt.at(-1) ?? null,
      firstTaskReplaced: release.firstTaskAt,
      lastTaskReplaced: release.lastTaskAt,
    }),
    tasksReplaced: release.tasks.length,
    tasksLeft: open(services),
    instancesReplaced: release.instances.length,
    instancesLeft: open(groups),
    ...(release.tasks.length > 0 && { taskExposureHours: exposureOf(release.tasks) }),
    ...(release.instances.length > 0 && { instanceExposureHours: exposureOf(release.instances) }),
    gigabytesPulled: Math.round(release.bytesPulled / 1e9),
    ...(release.lowest !== null && {
      lowestHealthyPercent: release.lowest.percent,
      lowestHealthyService: release.lowest.service,
    }),
    held: heldFor(release, rollouts),
  };
};

const iso = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;

const moments = <Name extends string>(
  named: Readonly<Record<Name, number | null>>,
): { readonly [Each in Name]?: string } =>
  Object.fromEntries(
    Object.entries<number | null>(named).flatMap(([name, at]) =>
      at === null ? [] : [[name, iso(at)]],
    ),
  ) as { readonly [Each in Name]?: string };

/** Services of one image have it at one moment; a moment is counted once for each image. */
const rebuildsOf = ({ services }: ReleaseTally): readonly number[] =>
  Object.values(services)
    .flatMap(({ rebuiltAt }) => rebuiltAt ?? [])
    .toSorted((a, b) => a - b);

const exposureOf = (waits: readonly Wait[]): Exposure => ({
  total: percentiles(waits.map(({ vendor, rebuild, ours }) => vendor + rebuild + ours)),
  vendor: percentiles(waits.map(({ vendor }) => vendor)),
  rebuild: percentiles(waits.map(({ rebuild }) => rebuild)),
  ours: percentiles(waits.map(({ ours }) => ours)),
});

/** Nearest rank, in hours. */
const percentiles = (values: readonly number[]): Waits => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const hours = (value: number) => Math.round(value / 360_000) / 10;
  return { p50: hours(at(0.5)), p99: hours(at(0.99)) };
};

/** By reason, of the rollouts that were to bring this release. */
const heldFor = (
  { builds, image }: ReleaseTally,
  rollouts: readonly Rollout[],
): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  if (!image) return counts;
  const matches = ({ targets }: Rollout) =>
    targets.filter(({ channel, build }) => builds[channel] === build).length;
  const its = rollouts
    .filter((each) => matches(each) > 0)
    .toSorted((a, b) => matches(a) - matches(b) || a.plannedAt - b.plannedAt)
    .at(-1);
  if (its === undefined) return counts;
  const held = its.status === 'completed' ? its.left : [...its.heldByPlan, ...its.heldNow];
  for (const { reason } of held.toSorted((a, b) => (a.reason < b.reason ? -1 : 1))) {
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
};
