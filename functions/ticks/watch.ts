import { ami, amiStream, type RecordAmi } from '../../domain/windows/ami.ts';
import { channelOfBuild } from '../../domain/windows/build.ts';
import {
  type ChannelState,
  channel,
  channelStream,
  type ObserveTag,
} from '../../domain/windows/channel.ts';
import { releaseOnAmi } from '../../domain/windows/instanceBuild.ts';
import { channelOfTag, flavourOfBase } from '../../domain/windows/tag.ts';
import {
  type WatchedTag,
  watchedAmiFamilies,
  watchedTags,
} from '../../domain/windows/watchlist.ts';
import type { Instant } from '../../events/ids.ts';
import { isGatewayError, type SsmGateway } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import type { ListedBuilds, RegistryClient } from '../../infra/registry/registryClient.ts';
import { send } from '../send.ts';
import type { TickReport } from '../tick.ts';

export type WatchTools = {
  readonly store: EventStore;
  readonly registry: RegistryClient;
  readonly ssm: SsmGateway;
  readonly now: () => Instant;
};

export type WatchedThings = {
  readonly tags: readonly WatchedTag[];
  readonly amiFamilies: readonly string[];
};

const defaultThings: WatchedThings = { tags: watchedTags, amiFamilies: watchedAmiFamilies };

/**
 * Reads every followed tag of Microsoft's registry and the newest AMI of every family, and hands
 * what it saw to their deciders. Readings run side by side, so that an outage costs one time-out
 * and not one a tag; facts are written in the order of the lists. What could not be read is in
 * `held`.
 */
export const watch = async (
  tools: WatchTools,
  { tags, amiFamilies }: WatchedThings = defaultThings,
): Promise<TickReport> => {
  const now = tools.now();
  // Before the tags: a build that is published meanwhile must not look as if its tag stayed behind.
  const listings = await listBuilds(tools, tags);
  const readings = await Promise.all(tags.map((tag) => readTag(tools, tag, listings, now)));
  const seen = [];
  for (const command of readings) seen.push(await observe(tools, command));
  const channels = seen.flatMap(({ state }) => state ?? []);
  const families = await Promise.all(amiFamilies.map((family) => readAmi(tools, family)));
  const recorded = [];
  for (const family of families) recorded.push(await record(tools, family, channels, now));
  const done = [...seen, ...recorded];
  return {
    written: done.reduce((sum, { written }) => sum + written, 0),
    refused: [],
    held: [...heldOf(listings), ...done.flatMap(({ held }) => held)],
  };
};

type Listings = ReadonlyMap<string, ListedBuilds>;

/** Of the base images only: a derived one has no tag of its own for each build. */
const listBuilds = async (
  { registry }: WatchTools,
  tags: readonly WatchedTag[],
): Promise<Listings> => {
  const named = new Set(tags.map(({ repository }) => repository));
  const bases = [...named].filter((repository) => flavourOfBase(repository) !== undefined);
  const listed = await Promise.all(
    bases.map(async (each) => [each, await registry.listBuilds(each)] as const),
  );
  return new Map(listed);
};

const heldOf = (listings: Listings): readonly string[] =>
  [...listings].flatMap(([repository, each]) =>
    each.status === 'unknown' ? [`${repository}: its tags: ${each.reason}`] : [],
  );

const listedFor = (listings: Listings, { repository, tag }: WatchedTag) => {
  const listing = listings.get(repository);
  if (listing?.status !== 'listed') return undefined;
  return listing.builds.find((build) => channelOfBuild(build) === channelOfTag(tag));
};

const readTag = async (
  { store, registry }: WatchTools,
  { repository, tag }: WatchedTag,
  listings: Listings,
  now: Instant,
): Promise<ObserveTag> => {
  const { state } = await store.load(channelStream(repository, tag), channel);
  const reading = await registry.readTag(repository, tag, state?.newest?.digest);
  const listed = listedFor(listings, { repository, tag });
  return { type: 'ObserveTag', repository, tag, reading, ...(listed && { listed }), now };
};

type Outcome = { readonly written: number; readonly held: readonly string[] };

const observe = async (
  { store }: WatchTools,
  command: ObserveTag,
): Promise<Outcome & { readonly state: ChannelState | undefined }> => {
  const { repository, tag, reading, now } = command;
  const stream = channelStream(repository, tag);
  const { events, state } = await send(store, channel, stream, command, now);
  const held = reading.status === 'unknown' ? [`${repository}:${tag}: ${reading.reason}`] : [];
  return { written: events.length, held, state };
};

type FamilyReading = {
  readonly family: string;
  readonly ami?: Awaited<ReturnType<SsmGateway['readAmi']>>;
  readonly held?: string;
};

/** One family that cannot be read says nothing of the others. */
const readAmi = async ({ ssm }: WatchTools, family: string): Promise<FamilyReading> => {
  try {
    const found = await ssm.readAmi(family);
    if (found === undefined) return { family, held: `${family}: AWS publishes no such family` };
    return { family, ami: found };
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return { family, held: `${family}: ${error.code}: ${error.message}` };
  }
};

/**
 * AWS does not say which build an AMI carries: it is inferred from the date in its name, and marked
 * so.
 */
const record = async (
  { store }: WatchTools,
  { family, ami: found, held }: FamilyReading,
  channels: readonly ChannelState[],
  now: Instant,
): Promise<Outcome> => {
  if (found === undefined) return { written: 0, held: held === undefined ? [] : [held] };
  const release = releaseOnAmi(found, channels);
  const inferred =
    release === undefined ? {} : ({ build: release.build, evidence: 'inferred' } as const);
  const command: RecordAmi = { type: 'RecordAmi', family, ...found, ...inferred, now };
  const { events } = await send(store, ami, amiStream(family), command, now);
  return { written: events.length, held: [] };
};
