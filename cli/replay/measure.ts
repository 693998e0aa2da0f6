import { orderOfBuilds } from '../../domain/simulation/builds.ts';
import { resolveImage } from '../../domain/simulation/images.ts';
import { baseImage } from '../../domain/simulation/registry.ts';
import type { Service, Task, World } from '../../domain/simulation/world.ts';
import { type Progress, type ReleaseTally, type Tally, takeLoad, type Wait } from './tally.ts';

/** By service or by group of instances: the build of each task or instance. */
type Builds = ReadonlyMap<string, readonly string[]>;

/** Services by name, to what each is built on and stands on. */
type Grounds = ReadonlyMap<string, Ground>;
type Ground = {
  readonly channel: string;
  readonly app: { readonly repository: string; readonly tag: string } | undefined;
  readonly base: { readonly repository: string; readonly tag: string } | undefined;
};

/**
 * Looks at the simulated cluster as it is now and writes down what has changed for every release
 * that has shipped. What happened since the last look is dated now: to five minutes while
 * something moves. `lastNews` is the sequence of the last event that tells of a change.
 */
export const measuring = (world: World, tally: Tally, lastNews: () => number) => {
  const grounds = groundsOf(world);
  const builds = new Map<string, string>();
  const pushedNow = pushing(world);
  let seen = '';
  return (): void => {
    // Nothing here changes without an event or a publication.
    const state = `${lastNews()} ${world.publications} ${world.bytesPulled}`;
    const next = tally.releases[tally.shipped]?.shippedAt ?? Number.POSITIVE_INFINITY;
    if (state === seen && next > world.now) return;
    seen = state;
    const running = new Map<string, readonly string[]>();
    const healthy = new Map<string, number>();
    for (const service of Object.values(world.services)) {
      const found: string[] = [];
      let well = 0;
      for (const arn of service.tasks) {
        const task = world.tasks[arn];
        if (task === undefined || !isRunning(task)) continue;
        found.push(buildOf(world, task, builds));
        if (task.healthy) well += 1;
      }
      running.set(service.name, found);
      healthy.set(service.name, well);
    }
    const instances = instanceBuilds(world);
    ship(world, tally, grounds, { running, instances });
    takeLoad(tally, world, healthy);
    const pushed = pushedNow();
    for (const release of tally.releases.slice(0, tally.shipped)) {
      noteAmis(world, release);
      for (const [name, progress] of Object.entries(release.services)) {
        const ground = grounds.get(name);
        if (ground === undefined || progress.done >= progress.size) continue;
        follow(world, release, progress, ground, running.get(name) ?? [], pushed);
      }
      for (const [name, progress] of Object.entries(release.groups)) {
        if (progress.done >= progress.size) continue;
        followGroup(world, release, progress, name, instances.get(name) ?? []);
      }
    }
  };
};

const isRunning = ({ lastStatus, desiredStatus }: Task) =>
  lastStatus === 'RUNNING' && desiredStatus === 'RUNNING';

const groundsOf = (world: World): Grounds =>
  new Map(
    Object.values(world.services).map((service) => {
      const image = imageOf(world, service);
      const app = Object.values(world.appTags).find(({ repository, tag }) =>
        image.endsWith(`/${repository}:${tag}`),
      );
      const family = world.taskDefinitions[service.taskDefinition]?.operatingSystemFamily ?? '';
      const channel = app?.channel ?? `ltsc${/\d{4}/.exec(family)?.[0]}`;
      return [service.name, { channel, app, base: app?.base }] as const;
    }),
  );

const imageOf = (world: World, { taskDefinition }: Service): string =>
  world.taskDefinitions[taskDefinition]?.containerDefinitions[0]?.image ?? '';

/** `builds` remembers by digest, or by name where ECS reports no digest. */
const buildOf = (world: World, task: Task, builds: Map<string, string>): string => {
  const { image = '', digest = null } = task.containers[0] ?? {};
  const known = builds.get(digest ?? image);
  if (known !== undefined) return known;
  const build = resolveImage(world, image, digest ?? undefined)?.content.build ?? '0.0';
  builds.set(digest ?? image, build);
  return build;
};

/** Begins to follow what has shipped, for whoever runs behind it at this moment. */
const ship = (
  world: World,
  tally: Tally,
  grounds: Grounds,
  { running, instances }: { readonly running: Builds; readonly instances: Builds },
) => {
  for (;;) {
    const next = tally.releases[tally.shipped];
    if (next === undefined || next.shippedAt > world.now) return;
    tally.shipped += 1;
    if (!next.image) continue;
    for (const [name, { channel }] of grounds) {
      const target = next.builds[channel];
      const behind = countBelow(running.get(name) ?? [], target);
      if (behind > 0) next.services[name] = begun(behind);
    }
    for (const group of Object.values(world.groups)) {
      const behind = countBelow(instances.get(group.name) ?? [], next.builds[group.channel]);
      if (behind > 0) next.groups[group.name] = begun(behind);
    }
  }
};

const begun = (size: number): Progress => ({ size, done: 0, baseAt: null, rebuiltAt: null });

const countBelow = (builds: readonly string[], target: string | undefined): number =>
  target === undefined ? 0 : builds.filter((build) => orderOfBuilds(build, target) < 0).length;

/** By group, of instances that are registered. */
const instanceBuilds = (world: World): Builds => {
  const byGroup = new Map<string, string[]>();
  for (const { group, status, build } of Object.values(world.instances)) {
    if (status !== 'ACTIVE' && status !== 'DRAINING') continue;
    const builds = byGroup.get(group);
    if (builds === undefined) byGroup.set(group, [build]);
    else builds.push(build);
  }
  return byGroup;
};

const noteAmis = (world: World, release: ReleaseTally) => {
  for (const [channel, build] of Object.entries(release.builds)) {
    if (release.amiAt[channel] !== undefined) continue;
    const year = channel.slice('ltsc'.length);
    const found = world.amis.find(
      (ami) => ami.family.includes(`-${year}-`) && orderOfBuilds(ami.build, build) >= 0,
    );
    if (found !== undefined) release.amiAt[channel] = found.publishedAt;
  }
};

/** `<repository>:<tag>` to the build that the tag holds now; read again after a push. */
const pushing = (world: World) => {
  let pushes = -1;
  let pushed: ReadonlyMap<string, string> = new Map();
  return (): ReadonlyMap<string, string> => {
    const made = Object.values(world.appTags).reduce((sum, { builds }) => sum + builds, 0);
    if (made !== pushes) pushed = pushedBuilds(world);
    pushes = made;
    return pushed;
  };
};

const pushedBuilds = (world: World): ReadonlyMap<string, string> =>
  new Map(
    Object.values(world.ecr).flatMap(({ repository, tags, build }) =>
      tags.map((tag) => [`${repository}:${tag}`, build] as const),
    ),
  );

const follow = (
  world: World,
  release: ReleaseTally,
  progress: Progress,
  { channel, app, base }: Ground,
  running: readonly string[],
  pushed: ReadonlyMap<string, string>,
) => {
  const { now } = world;
  const target = release.builds[channel] ?? '';
  if (progress.baseAt === null && base !== undefined) {
    const held = baseImage(world, base)?.build;
    if (held !== undefined && orderOfBuilds(held, target) >= 0) progress.baseAt = now;
  }
  if (progress.rebuiltAt === null && app !== undefined) {
    const held = pushed.get(`${app.repository}:${app.tag}`);
    if (held !== undefined && orderOfBuilds(held, target) >= 0) progress.rebuiltAt = now;
  }
  const done = progress.size - Math.min(progress.size, countBelow(running, target));
  const isWhole = running.length >= progress.size;
  for (; isWhole && progress.done < done; progress.done += 1) {
    // Out of band images do not wait; else what moved before there was an AMI had waited for it.
    const amiAt = release.kind === 'B' ? (release.amiAt[channel] ?? now) : null;
    release.tasks.push(waitOf(release.shippedAt, now, { ...progress, amiAt }));
    release.firstTaskAt ??= now;
    release.lastTaskAt = now;
  }
};

/**
 * Splits the time from shipping to now: until the base was there Microsoft was waited for, then the
 * rebuild, then AWS where a Patch Tuesday's images wait for the AMI; the rest is ours.
 */
export const waitOf = (
  shippedAt: number,
  now: number,
  {
    baseAt,
    rebuiltAt,
    amiAt,
  }: Pick<Progress, 'baseAt' | 'rebuiltAt'> & { readonly amiAt: number | null },
): Wait => {
  const upTo = (at: number | null) => Math.min(now, Math.max(shippedAt, at ?? shippedAt));
  const base = upTo(baseAt);
  const rebuilt = Math.max(base, upTo(rebuiltAt));
  const ami = Math.max(rebuilt, upTo(amiAt));
  return {
    vendor: base - shippedAt + (ami - rebuilt),
    rebuild: rebuilt - base,
    ours: now - ami,
  };
};

const followGroup = (
  world: World,
  release: ReleaseTally,
  progress: Progress,
  name: string,
  builds: readonly string[],
) => {
  const channel = world.groups[name]?.channel ?? '';
  const behind = countBelow(builds, release.builds[channel]);
  const done = Math.min(progress.size, builds.length) - behind;
  for (; progress.done < done; progress.done += 1) {
    const amiAt = release.amiAt[channel] ?? null;
    const wait = waitOf(release.shippedAt, world.now, { baseAt: null, rebuiltAt: null, amiAt });
    release.instances.push(wait);
    release.firstInstanceAt ??= world.now;
    release.lastInstanceAt = world.now;
  }
};
