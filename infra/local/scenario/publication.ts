import { patchTuesday } from '../../../domain/windows/patchTuesday.ts';
import type { Channel } from '../../../events/ids.ts';
import { type Row, readTable } from './table.ts';

// When Microsoft published what, from infra/local/data.

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** One build of one channel that hosts could install; `image`: it became a base image too. */
export type HostRelease = {
  readonly channel: Channel;
  readonly build: string;
  readonly kb: string;
  readonly kind: 'B' | 'OOB';
  /** US Pacific, `2025-10-14`. */
  readonly date: string;
  readonly publishedAt: number;
  readonly image: boolean;
};

/**
 * The out-of-band releases of these days became base images; the others were for hosts alone
 * (docker-library/official-images, pins; dotnet/versions). The hour is modelled: before the first
 * image that .NET built on it, at 16:00 and at 18:00 Pacific.
 */
const imagesOutOfBand: Readonly<Record<string, string>> = {
  '2025-04-16': '2025-04-16T23:00:00Z',
  '2025-10-23': '2025-10-24T01:00:00Z',
};

/** The channels some minutes apart (modelled). */
const minutesOf: Readonly<Record<string, number>> = { ltsc2019: 0, ltsc2022: 5, ltsc2025: 10 };

/** Every host release that the data hold, oldest first. */
export const hostReleases = (): readonly HostRelease[] =>
  readTable('windows-releases.csv')
    .map(hostRelease)
    .toSorted((a, b) => a.publishedAt - b.publishedAt || (a.channel < b.channel ? -1 : 1));

const hostRelease = ({ channel, date = '', kb = '', build = '', kind }: Row): HostRelease => {
  const isRegular = kind === 'B';
  const outOfBand = imagesOutOfBand[date];
  const [year = 0, month = 0] = date.split('-').map(Number);
  // A host-only release of no known hour: 10:00 Pacific, in summer (modelled).
  const at = isRegular
    ? patchTuesday({ year, month })
    : Date.parse(outOfBand ?? `${date}T17:00:00Z`);
  return {
    channel: channel as Channel,
    build,
    kb,
    kind: isRegular ? 'B' : 'OOB',
    date,
    publishedAt: at + (minutesOf[channel ?? ''] ?? 0) * minuteMs,
    image: isRegular || outOfBand !== undefined,
  };
};

/** An AMI that exists from `publishedAt` on, behind the parameter of its channel's family. */
export type AmiDate = {
  readonly channel: Channel;
  readonly build: string;
  /** `2025.09.13`, as its name has it. */
  readonly date: string;
  readonly publishedAt: number;
  /** The date follows from the rule, not from AWS's own list. */
  readonly modelled: boolean;
};

/** Dates in AWS's list of 2025 (Amazon ECS Developer Guide, "ECS-optimized Windows AMIs"). */
const listedAmis: Readonly<Record<string, string>> = {
  '2025-06-10': '2025-06-13',
  '2025-07-08': '2025-07-16',
  '2025-08-12': '2025-08-16',
  '2025-09-09': '2025-09-13',
};
/** It holds what was out on the day after the out-of-band release of 19 August. */
const listedBetween = ['2025-08-24'];

const dayMs = 24 * hourMs;

/** How old a release is when AWS builds an AMI with it (modelled). */
const buildLeadMs = 2 * dayMs;

/**
 * AWS's AMIs: on the listed day, else four days after a release that became an image. Each holds
 * the newest host release that was out two days before, whether or not an image followed.
 */
export const amiDates = (): readonly AmiDate[] => {
  const hosts = hostReleases();
  const days = new Map<string, boolean>();
  for (const { date, image } of hosts) {
    const listed = listedAmis[date];
    if (image) days.set(listed ?? isoDay(Date.parse(date) + 4 * dayMs), listed === undefined);
  }
  for (const date of listedBetween) days.set(date, false);
  return [...days]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([date, modelled]) =>
      (['ltsc2019', 'ltsc2022', 'ltsc2025'] as const).flatMap((channel, index) => {
        const publishedAt = Date.parse(`${date}T18:00:00Z`) + index * 20 * minuteMs;
        const held = hosts.findLast(
          (each) => each.channel === channel && each.publishedAt <= publishedAt - buildLeadMs,
        );
        if (held === undefined) return [];
        const { build } = held;
        return [{ channel, build, date: date.replaceAll('-', '.'), publishedAt, modelled }];
      }),
    );
};

const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10);
