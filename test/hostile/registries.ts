import { createHash } from 'node:crypto';
import { type Chance, draw, drawOne } from '../../domain/simulation/chance.ts';
import { channel, type TagObservation } from '../../domain/windows/channel.ts';
import type { ChannelState } from '../../domain/windows/channelState.ts';
import { type Digest, Instant, type WindowsBuild } from '../../events/ids.ts';
import { createRegistryClient } from '../../infra/registry/dockerRegistryClient.ts';
import { hostile } from './mutate.ts';

const repository = 'windows/servercore';
const tag = 'ltsc2022';
const revisions = [4052, 4171, 4294, 4297, 4405];
const newestRevision = 4405;

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const levels = ['index', 'manifest', 'config', 'list'] as const;
type Level = (typeof levels)[number];

/**
 * A Server Core of one build as a registry would serve it, path to body; one document is a lie.
 * `fits`: those above it are made to name the lie by its own digest, so that only what it says can
 * give it away.
 */
const served = (
  chance: Chance,
  revision: number,
  lie: Level,
  fits: boolean,
): { readonly bodies: ReadonlyMap<string, string>; readonly liePaths: readonly string[] } => {
  const build = `20348.${revision}`;
  const base = `/v2/${repository}`;
  const bodies = new Map<string, string>();
  const liePaths: string[] = [];
  const put = (level: Level, place: string, document: unknown): string => {
    const truth = JSON.stringify(document);
    const body = level === lie ? hostile(chance, document) : truth;
    const digest = sha256(fits ? body : truth);
    const path = level === 'list' ? `${base}/tags/list` : `${base}/${place}/${digest}`;
    bodies.set(path, body);
    if (level === lie) liePaths.push(path);
    return digest;
  };
  const config = put('config', 'blobs', {
    os: 'windows',
    'os.version': `10.0.${build}`,
    history: [
      { created_by: 'Apply image 10.0.20348.4294' },
      { created_by: `Install update 10.0.${build}` },
    ],
    rootfs: { type: 'layers', diff_ids: [sha256('base'), sha256(build)] },
  });
  const manifest = put('manifest', 'manifests', { config: { digest: config }, layers: [] });
  const platform = { os: 'windows', architecture: 'amd64', 'os.version': `10.0.${build}` };
  const index = put('index', 'manifests', { manifests: [{ digest: manifest, platform }] });
  bodies.set(`${base}/manifests/${tag}`, bodies.get(`${base}/manifests/${index}`) ?? '');
  put('list', '', { name: repository, tags: [`${tag}-KB5066782`, tag, `10.0.${build}`] });
  return { bodies, liePaths };
};

/** Statuses as they were seen, and some that should never be. */
const statuses = [206, 204, 301, 304, 307, 401, 404, 418, 429, 500, 503, 999];

const locations = [
  'http://169.254.169.254/latest/meta-data/',
  'file:///etc/passwd',
  `/v2/${repository}/manifests/${tag}`,
  '//metadata.google.internal/',
  'https://[::1]/',
  'https://user:password@cdn.example/',
  '\u0000',
  '',
];

/** What a request may never be sent to, wherever a registry points. */
const isForbidden = ({ protocol, hostname }: URL): boolean =>
  protocol !== 'https:' || hostname !== 'registry.example';

type Looked = {
  readonly reading: TagObservation;
  readonly listed?: WindowsBuild;
  readonly fault?: string;
};

/** One look at a tag of a registry that lies in one of its answers. */
const lookOnce = async (chance: Chance, known: Digest | undefined): Promise<Looked> => {
  const lie = drawOne(chance, levels);
  const { bodies, liePaths } = served(chance, drawOne(chance, revisions), lie, draw(chance) < 0.6);
  const brokenStatus = draw(chance) < 0.2 ? drawOne(chance, statuses) : undefined;
  const statesDigest = draw(chance) < 0.8;
  let fault: string | undefined;
  const client = createRegistryClient('https://registry.example', {
    fetch: async (url, { method = 'GET' }) => {
      const asked = new URL(url);
      if (isForbidden(asked)) fault = `asked ${url}`;
      const body = bodies.get(asked.pathname);
      const isLie = liePaths.includes(asked.pathname);
      const status = body === undefined ? 404 : ((isLie ? brokenStatus : undefined) ?? 200);
      const headers = new Headers();
      if (body !== undefined && statesDigest) headers.set('docker-content-digest', sha256(body));
      const location = drawOne(chance, locations);
      if (status > 300 && status < 400 && !location.includes('\u0000')) {
        headers.set('location', location);
      }
      if (status === 429) headers.set('retry-after', drawOne(chance, ['5', '1e9', '-1', 'soon']));
      const bytes = [Buffer.from(method === 'HEAD' ? '' : (body ?? ''))];
      const stream = Object.assign(bytes, { cancel: async () => {} });
      return { status, headers, body: stream } as unknown as Response;
    },
  });
  const listing = await client.listBuilds(repository);
  const listed = listing.status === 'listed' ? listing.builds[0] : undefined;
  const reading = await client.readTag(repository, tag, known);
  return { reading, ...(listed && { listed }), ...(fault !== undefined && { fault }) };
};

/**
 * What a hostile registry may do to a channel: nothing but move it to a build that it really held,
 * never back.
 */
export const attackRegistry = (chance: Chance, startAt: number) => {
  let state: ChannelState | undefined;
  let now = startAt;
  let looks = 0;
  return async (): Promise<string | undefined> => {
    now += 60_000;
    looks += 1;
    // Once it has seen the newest build nothing more can move it: now and then it begins anew.
    if (looks % 50 === 0) state = undefined;
    const { fault, ...looked } = await lookOnce(chance, state?.newest?.digest);
    if (fault !== undefined) return fault;
    const { reading } = looked;
    const at = Instant.parse(now);
    const command = { type: 'ObserveTag', repository, tag, ...looked, now: at } as const;
    const before = revisionOf(state);
    state = channel.decide(command, state).reduce(channel.evolve, state);
    const after = revisionOf(state);
    if (after < before) return `the channel went back from ${before} to ${after}`;
    if (after !== before && reading.status !== 'read') return `moved by what is ${reading.status}`;
    if (after !== 0 && !revisions.includes(after)) return `the channel moved to ${after}`;
    if (after > newestRevision) return `the channel ran ahead to ${after}`;
    if (reading.status === 'unknown' && reading.reason.length > 2_000) return 'an endless reason';
    return undefined;
  };
};

const revisionOf = (state: ChannelState | undefined): number =>
  Number(state?.newest?.build.split('.')[1] ?? 0);
