import type { Channel, WindowsBuild } from '../../events/ids.ts';

/**
 * The four builds that have a servicing channel with container images (Microsoft,
 * base-image-lifecycle).
 */
const channels: ReadonlyMap<number, Channel> = new Map([
  [14393, 'ltsc2016'],
  [17763, 'ltsc2019'],
  [20348, 'ltsc2022'],
  [26100, 'ltsc2025'],
]);

export type BuildNumbers = { readonly build: number; readonly revision: number };

export const numbersOf = (build: WindowsBuild): BuildNumbers => {
  const known = numbers.get(build);
  if (known !== undefined) return known;
  const dot = build.indexOf('.');
  const found = { build: Number(build.slice(0, dot)), revision: Number(build.slice(dot + 1)) };
  if (numbers.size >= numbersMax) numbers.clear();
  numbers.set(build, found);
  return found;
};

// A fleet knows some dozens of builds, and they are compared for every service and instance.
const numbers = new Map<WindowsBuild, BuildNumbers>();
const numbersMax = 10_000;

/**
 * Orders builds as numbers. As text 26100.7462 (December 2025) would stand above 26100.32230
 * (January 2026), because revisions grew past four digits when the server stream split off.
 */
export const compareBuilds = (one: WindowsBuild, other: WindowsBuild): number => {
  if (one === other) return 0;
  const a = numbersOf(one);
  const b = numbersOf(other);
  return Math.sign(a.build - b.build || a.revision - b.revision);
};

/**
 * `20348.4294` or `10.0.20348.4294` as a build; `undefined` for anything else, a missing revision
 * included.
 */
export const buildOf = (osVersion: string): WindowsBuild | undefined => {
  const found = /^(?:10\.0\.)?(\d{5})\.(\d{1,6})$/.exec(osVersion.trim());
  // Leading zeros go, so that one build has one text.
  return found === null ? undefined : (`${found[1]}.${Number(found[2])}` as WindowsBuild);
};

/** `undefined` for builds outside the four channels, such as the Annual Channel's 25398. */
export const channelOfBuild = (build: WindowsBuild): Channel | undefined =>
  channels.get(numbersOf(build).build);

/**
 * `WINDOWS_SERVER_2022_CORE`, as ECS calls the operating system of an instance or a task
 * definition.
 */
export const osFamilyChannel = (operatingSystemFamily: string): Channel | undefined =>
  osFamilies.get(operatingSystemFamily);

const osFamilies: ReadonlyMap<string, Channel> = new Map(
  [...channels.values()].flatMap((channel) => {
    const family = channel.replace('ltsc', 'WINDOWS_SERVER_');
    return [[`${family}_CORE`, channel] as const, [`${family}_FULL`, channel] as const];
  }),
);
