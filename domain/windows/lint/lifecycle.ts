import type { Channel, Instant } from '../../../events/ids.ts';
import { dateOf, dayMs, startOf } from '../civilDate.ts';

type Ending = { readonly name: string; readonly endsAt: Instant };

const ending = (name: string, year: number, month: number, day: number): Ending => ({
  name,
  endsAt: startOf({ year, month, day }),
});

/**
 * The last day with security fixes for a base image (Microsoft Learn, base-image-lifecycle). For
 * 2025 two of Microsoft's pages disagree by a month; this is the later one.
 */
const channels: Readonly<Record<Channel, Ending>> = {
  ltsc2016: ending('ltsc2016', 2027, 1, 12),
  ltsc2019: ending('ltsc2019', 2029, 1, 9),
  ltsc2022: ending('ltsc2022', 2031, 10, 14),
  ltsc2025: ending('ltsc2025', 2034, 11, 14),
};

/** Tags of the Semi-Annual Channel, which has no release any more (the same page). */
const retired: readonly (Ending & { readonly words: readonly string[] })[] = [
  { words: ['sac2016', '1607'], ...ending('Nano Server 2016', 2018, 10, 9) },
  { words: ['1709'], ...ending('version 1709', 2019, 4, 9) },
  { words: ['1803'], ...ending('version 1803', 2019, 11, 12) },
  { words: ['1903'], ...ending('version 1903', 2020, 12, 8) },
  { words: ['1909'], ...ending('version 1909', 2021, 5, 11) },
  { words: ['2004'], ...ending('version 2004', 2021, 12, 14) },
  { words: ['20h2', '2009'], ...ending('version 20H2', 2022, 8, 9) },
];

/** `2027-01-12`. */
const dayText = (at: Instant): string => {
  const { year, month, day } = dateOf(at);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
};

export type Lifecycle = {
  readonly name: string;
  readonly endsOn: string;
  readonly status: 'supported' | 'ending' | 'ended';
};

/** Half a year: what a fleet of some hundred services needs to move to another channel. */
const noticeMs = 180 * dayMs;

const judged = ({ name, endsAt }: Ending, now: Instant): Lifecycle => {
  const status = now >= endsAt ? 'ended' : now >= endsAt - noticeMs ? 'ending' : 'supported';
  return { name, endsOn: dayText(endsAt), status };
};

export const lifecycleOf = (channel: Channel, now: Instant): Lifecycle =>
  judged(channels[channel], now);

/** By a word of a tag of Microsoft's registry, or of an operating system family. */
export const lifecycleOfRetired = (tag: string, now: Instant): Lifecycle | undefined => {
  const words = tag.toLowerCase().split(/[-_]/);
  const found = retired.find((each) => each.words.some((word) => words.includes(word)));
  return found === undefined ? undefined : judged(found, now);
};
