import type { Instant } from '../../events/ids.ts';

/** The last version seen of something that is gone, so that a late event cannot bring it back. */
export type Tombstone = { readonly version: number; readonly buriedAt: Instant };

/**
 * A bounded memory of what is gone, in two generations: when the recent one is full it becomes the
 * older one, and the older one is dropped. So at least the newest 5,000 are remembered, and at most
 * 10,000.
 *
 * The promise: what is gone is never brought back by an event. The remembered are known by their
 * version; for those dropped, an event *about something unknown* that is not younger than the
 * youngest dropped tombstone is not believed. A live resource whose first event comes that late is
 * found by the sweep, whose descriptions are always believed.
 */
export type Tombstones = {
  readonly recent: Readonly<Record<string, Tombstone>>;
  readonly recentCount: number;
  readonly older: Readonly<Record<string, Tombstone>>;
  /** Absent until something was dropped. */
  readonly droppedUntil?: Instant;
};

const generationMax = 5_000;

export const noTombstones: Tombstones = { recent: {}, recentCount: 0, older: {} };

export const buriedVersion = (tombstones: Tombstones, key: string): number | undefined =>
  (tombstones.recent[key] ?? tombstones.older[key])?.version;

/**
 * An event about something unknown, told at `at`: may it be about something that was buried and
 * dropped?
 */
export const mayBeDropped = (tombstones: Tombstones, at: Instant | undefined): boolean =>
  at !== undefined && tombstones.droppedUntil !== undefined && at <= tombstones.droppedUntil;

export const bury = (
  tombstones: Tombstones,
  dead: readonly { readonly key: string; readonly version: number }[],
  buriedAt: Instant,
): Tombstones => {
  const fresh = dead.map(({ key, version }) => [key, { version, buriedAt }] as const);
  const added = dead.filter(({ key }) => tombstones.recent[key] === undefined).length;
  const grown: Tombstones = {
    ...tombstones,
    recent: { ...tombstones.recent, ...Object.fromEntries(fresh) },
    recentCount: tombstones.recentCount + added,
  };
  return grown.recentCount < generationMax ? grown : nextGeneration(grown);
};

const nextGeneration = ({ recent, older, droppedUntil }: Tombstones): Tombstones => {
  let youngest = droppedUntil;
  for (const { buriedAt } of Object.values(older)) {
    if (youngest === undefined || buriedAt > youngest) youngest = buriedAt;
  }
  return {
    recent: {},
    recentCount: 0,
    older: recent,
    ...(youngest === undefined ? {} : { droppedUntil: youngest }),
  };
};
