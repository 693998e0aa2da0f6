import { type Chance, draw, drawOne } from '../../domain/simulation/chance.ts';
import { sha256 } from '../../domain/simulation/sha256.ts';
import { channel, type TagObservation } from '../../domain/windows/channel.ts';
import type { ChannelState } from '../../domain/windows/channelState.ts';
import { type Digest, Instant } from '../../events/ids.ts';
import { createRegistryClient } from '../../infra/registry/dockerRegistryClient.ts';
import { hostile } from './mutate.ts';

const repository = 'windows/servercore';
const tag = 'ltsc2022';
const revisions = [4052, 4171, 4294, 4297, 4405];
const newestRevision = 4405;

type Answer = { readonly status: number; readonly body: string; readonly digest?: string };

/** A Server Core of one build as a registry would serve it: path to body. */
const served = (revision: number): ReadonlyMap<string, { body: string; digest?: string }> => {
  const build = `20348.${revision}`;
  const config = JSON.stringify({
    os: 'windows',
    'os.version': `10.0.${build}`,
    history: [
      { created_by: 'Apply image 10.0.20348.4294' },
      { created_by: `Install update 10.0.${build}` },
    ],
    rootfs: { type: 'layers', diff_ids: [sha256('base'), sha256(build)] },
  });
  const manifest = JSON.stringify({ config: { digest: sha256(config) }, layers: [] });
  const platform = { os: 'windows', architecture: 'amd64', 'os.version': `10.0.${build}` };
  const index = JSON.stringify({ manifests: [{ digest: sha256(manifest), platform }] });
  const base = `/v2/${repository}`;
  return new Map([
    [`${base}/manifests/${tag}`, { body: index, digest: sha256(index) }],
    [`${base}/manifests/${sha256(index)}`, { body: index, digest: sha256(index) }],
    [`${base}/manifests/${sha256(manifest)}`, { body: manifest, digest: sha256(manifest) }],
    [`${base}/blobs/${sha256(config)}`, { body: config }],
    [
      `${base}/tags/list`,
      { body: JSON.stringify({ name: repository, tags: [`${tag}-KB5066782`] }) },
    ],
  ]);
};

/** Statuses as they were seen, and some that should never be. */
const statuses = [200, 200, 200, 200, 200, 206, 204, 301, 304, 401, 404, 418, 429, 500, 503, 999];

/**
 * One reading of a tag from a registry that lies in one of its answers, some of the time with a
 * digest that fits the lie.
 */
const readOnce = async (chance: Chance, known: Digest | undefined): Promise<TagObservation> => {
  const truth = served(drawOne(chance, revisions));
  const lie = drawOne(chance, [...truth.keys()]);
  const answerTo = (path: string): Answer => {
    const found = truth.get(path);
    if (found === undefined) return { status: 404, body: '' };
    if (path !== lie) return { status: 200, ...found };
    const body = hostile(chance, JSON.parse(found.body));
    const digest = draw(chance) < 0.5 ? sha256(body.slice(0, 2_000)) : found.digest;
    return { status: drawOne(chance, statuses), body, ...(digest !== undefined && { digest }) };
  };
  const client = createRegistryClient('https://registry.example', {
    fetch: async (url, { method = 'GET' }) => {
      const { status, body, digest } = answerTo(new URL(url).pathname);
      return {
        status,
        headers: new Headers(digest === undefined ? {} : { 'docker-content-digest': digest }),
        body: Object.assign([Buffer.from(method === 'HEAD' ? '' : body)], {
          cancel: async () => {},
        }),
      } as unknown as Response;
    },
  });
  return client.readTag(repository, tag, known);
};

/**
 * What a hostile registry may do to a channel: nothing but move it to a build that it really held,
 * never back.
 */
export const attackRegistry = (chance: Chance, startAt: number) => {
  let state: ChannelState | undefined;
  let now = startAt;
  return async (): Promise<string | undefined> => {
    now += 60_000;
    const reading = await readOnce(chance, state?.newest?.digest);
    const command = {
      type: 'ObserveTag',
      repository,
      tag,
      reading,
      now: Instant.parse(now),
    } as const;
    const before = revisionOf(state);
    state = channel.decide(command, state).reduce(channel.evolve, state);
    const after = revisionOf(state);
    if (after < before) return `the channel went back from ${before} to ${after}`;
    if (after !== 0 && !revisions.includes(after)) return `the channel moved to ${after}`;
    if (after > newestRevision) return `the channel ran ahead to ${after}`;
    if (reading.status === 'unknown' && reading.reason.length > 2_000) return 'an endless reason';
    return undefined;
  };
};

const revisionOf = (state: ChannelState | undefined): number =>
  Number(state?.newest?.build.split('.')[1] ?? 0);
