import type { Scenario } from '../../domain/simulation/scenario.ts';
import type { World } from '../../domain/simulation/world.ts';
import { hostReleases } from '../../infra/local/scenario/publication.ts';

/** How long one task or instance ran behind one release, in ms, by what it waited for. */
export type Wait = {
  /** For a base image by Microsoft, or an AMI by AWS. */
  readonly vendor: number;
  /** For the image to be rebuilt on the base. */
  readonly rebuild: number;
  /** For Tuesday: budget, drain, deployment, and the grid of its ticks. */
  readonly ours: number;
};

/** One service or one group of instances on its way to one release. Plain data that grows. */
export type Progress = {
  /** Of how many. */
  readonly size: number;
  done: number;
  /** When the base that the service builds on held the release; null: not yet. */
  baseAt: number | null;
  rebuiltAt: number | null;
};

/** What came of one release. Plain data: it is kept with the world at every checkpoint. */
export type ReleaseTally = {
  readonly date: string;
  readonly kind: 'B' | 'OOB';
  /** It became a base image; else it was for hosts alone. */
  readonly image: boolean;
  readonly shippedAt: number;
  /** Channel to build. */
  readonly builds: Readonly<Record<string, string>>;
  readonly amiAt: Record<string, number>;
  readonly services: Record<string, Progress>;
  readonly groups: Record<string, Progress>;
  readonly tasks: Wait[];
  readonly instances: Wait[];
  firstTaskAt: number | null;
  lastTaskAt: number | null;
  firstInstanceAt: number | null;
  lastInstanceAt: number | null;
  /** Bytes pulled by instances until the next release shipped. */
  bytesPulled: number;
  /** The least share of a service's desired count that was healthy until the next release. */
  lowest: { percent: number; service: string; at: number } | null;
};

/** What is measured at the simulated cluster itself, never read from Tuesday's own views. */
export type Tally = {
  readonly releases: ReleaseTally[];
  /** Of `releases`, how many have shipped. */
  shipped: number;
  bytesSeen: number;
};

/** Every release that ships while the scenario is lived, of hosts alone included. */
export const newTally = ({ startsAt, endsAt }: Scenario): Tally => {
  const within = hostReleases().filter(
    ({ publishedAt }) => publishedAt > startsAt && publishedAt < endsAt,
  );
  const byDay = [...Map.groupBy(within, ({ date }) => date)];
  const releases = byDay.map(([date, alike]): ReleaseTally => {
    const [{ kind, image } = { kind: 'B' as const, image: true }] = alike;
    return {
      date,
      kind,
      image,
      shippedAt: Math.min(...alike.map(({ publishedAt }) => publishedAt)),
      builds: Object.fromEntries(alike.map(({ channel, build }) => [channel, build])),
      amiAt: {},
      services: {},
      groups: {},
      tasks: [],
      instances: [],
      firstTaskAt: null,
      lastTaskAt: null,
      firstInstanceAt: null,
      lastInstanceAt: null,
      bytesPulled: 0,
      lowest: null,
    };
  });
  return { releases, shipped: 0, bytesSeen: 0 };
};

/** Bytes and the lowest healthy percent belong to the release that shipped last. */
export const takeLoad = (
  tally: Tally,
  world: World,
  healthy: ReadonlyMap<string, number>,
): void => {
  const latest = tally.releases.slice(0, tally.shipped).findLast(({ image }) => image);
  if (latest !== undefined) {
    latest.bytesPulled += world.bytesPulled - tally.bytesSeen;
    for (const { name, desiredCount } of Object.values(world.services)) {
      const percent = Math.floor((100 * (healthy.get(name) ?? 0)) / desiredCount);
      if (percent >= (latest.lowest?.percent ?? 101)) continue;
      latest.lowest = { percent, service: name, at: world.now };
    }
  }
  tally.bytesSeen = world.bytesPulled;
};
