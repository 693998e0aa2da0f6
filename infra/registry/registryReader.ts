import { createHash } from 'node:crypto';
import { Digest } from '../../events/ids.ts';

/** Why an answer cannot be used: a sentence that names the request. Stays within this folder. */
export class RegistryProblem extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RegistryProblem';
  }
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type RegistryAnswer = { readonly text: string; readonly headers: Headers };

type ReaderOptions = {
  readonly timeoutMs: number;
  readonly fetch: Fetch;
  /** Epoch milliseconds; only told against what `Retry-After` asks for. */
  readonly now: () => number;
};

export type RegistryReader = {
  /**
   * `path` begins with `/v2/`. The digest is what the registry calls it; absent where it does not
   * say.
   */
  readonly head: (path: string) => Promise<Digest | undefined>;
  /** The body as text, at most `bytesMax` of it. */
  readonly get: (path: string, bytesMax: number) => Promise<RegistryAnswer>;
};

/**
 * Both kinds of index and both kinds of manifest: Microsoft uses Docker's, a mirror may use OCI's.
 */
const accept = [
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
].join(', ');

/**
 * Reads a Docker Registry v2 without credentials, and leaves one alone that asks for it. Throws
 * `RegistryProblem` for every answer but 200, for one that does not come in time and for one that
 * is too long. An error body is not looked at: Microsoft's is not always JSON (Azure/acr#754).
 */
export const registryReader = (
  baseUrl: string,
  { timeoutMs, fetch, now }: ReaderOptions,
): RegistryReader => {
  const base = new URL(baseUrl);
  let quietUntil = 0;
  const ask = async (
    method: 'HEAD' | 'GET',
    path: string,
    bytesMax: number,
  ): Promise<RegistryAnswer> => {
    const what = `${method} ${path}`;
    if (now() < quietUntil) {
      const until = new Date(quietUntil).toISOString();
      throw new RegistryProblem(`${what}: not asked, the registry wants to be left until ${until}`);
    }
    try {
      // One deadline for the request, its redirects and its body.
      const signal = AbortSignal.timeout(timeoutMs);
      const init = { method, headers: { accept }, signal, redirect: 'manual' } as const;
      const response = await following(fetch, new URL(path, base), init, what);
      if (response.status !== 200) {
        await response.body?.cancel();
        quietUntil = Math.max(quietUntil, now() + quietMsOf(response, now()));
        throw new RegistryProblem(`${what}: answered ${response.status}`);
      }
      const text = await boundedText(response, bytesMax, what);
      return { text, headers: response.headers };
    } catch (error) {
      if (error instanceof RegistryProblem) throw error;
      throw new RegistryProblem(`${what}: ${whyFailed(error, timeoutMs)}`, { cause: error });
    }
  };
  return {
    head: async (path) => {
      const { headers } = await ask('HEAD', path, 0);
      const said = headers.get('docker-content-digest');
      if (said === null) return undefined;
      const digest = Digest.safeParse(said);
      if (!digest.success) throw new RegistryProblem(`HEAD ${path}: its digest is no digest`);
      return digest.data;
    },
    get: (path, bytesMax) => ask('GET', path, bytesMax),
  };
};

/** A registry may not silence Tuesday for longer, whatever it says: an hour is four looks. */
const quietMaxMs = 3_600_000;

/**
 * How long a registry that is throttled or down asks to be left alone: seconds or a date (RFC 9110,
 * "Retry-After"). 0 where it does not say, or says nonsense.
 */
const quietMsOf = ({ status, headers }: Response, now: number): number => {
  const said = headers.get('retry-after')?.trim() ?? '';
  if ((status !== 429 && status !== 503) || said === '') return 0;
  const ms = /^\d+$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - now;
  return ms > 0 ? Math.min(ms, quietMaxMs) : 0;
};

const redirectsMax = 3;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * A registry sends for its blobs to storage elsewhere (OCI Distribution Specification, "Pulling
 * blobs"). It is followed there, but never to a weaker scheme, to an address instead of a name, or
 * without end: what it says must not turn Tuesday on the metadata service of its own machine.
 */
const following = async (
  fetch: Fetch,
  from: URL,
  init: RequestInit,
  what: string,
): Promise<Response> => {
  let url = from;
  for (let hop = 0; ; hop += 1) {
    const response = await fetch(url.href, init);
    if (!redirects.has(response.status)) return response;
    await response.body?.cancel();
    if (hop === redirectsMax) throw new RegistryProblem(`${what}: more than 3 redirects`);
    const location = response.headers.get('location') ?? '';
    const isAnywhere = location !== '' && URL.canParse(location, url.href);
    const next = isAnywhere ? new URL(location, url.href) : undefined;
    const why = next === undefined ? 'nowhere' : whyNotFollowed(next, from);
    if (why !== undefined) throw new RegistryProblem(`${what}: redirected ${why}`);
    url = next ?? url;
  }
};

const whyNotFollowed = (next: URL, from: URL): string | undefined => {
  if (next.protocol !== from.protocol && next.protocol !== 'https:') {
    return `to ${next.protocol.slice(0, 20)}`;
  }
  if (next.username !== '' || next.password !== '') return 'to an address with credentials';
  const name = next.hostname.replace(/\.+$/, '');
  const isAddress = /^\d+(\.\d+){3}$/.test(name) || name.startsWith('[');
  const isLocal = !name.includes('.') || /\.(internal|local|localhost)$/.test(name);
  if (next.host !== from.host && (isAddress || isLocal)) {
    return `to ${next.hostname.slice(0, 60)}, which is no public name`;
  }
  return undefined;
};

/** Counts while reading: a length that the server states proves nothing. */
const boundedText = async (response: Response, bytesMax: number, what: string): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new RegistryProblem(`${what}: more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const whyFailed = (error: unknown, timeoutMs: number): string => {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const cause = error.cause;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `${error.message}${code}`;
};

export const sha256Of = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Throws `RegistryProblem` where the bytes are not those that were asked for. */
export const checkDigest = (text: string, digest: Digest, what: string): void => {
  if (sha256Of(text) !== digest) throw new RegistryProblem(`${what}: is not ${digest}`);
};
