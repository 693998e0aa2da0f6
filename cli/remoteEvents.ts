import { Instant } from '../events/ids.ts';
import type { Answer } from '../functions/api/contract/contract.ts';
import { listClusterEvents, listEvents } from '../functions/api/contract/events.ts';
import type { Api } from './api/api.ts';
import { clusterNamed } from './clusterNamed.ts';
import { UserError } from './userError.ts';

type Wanted = {
  readonly stream?: string;
  readonly type?: string;
  readonly from?: Instant;
  readonly until?: Instant;
  readonly cluster?: string;
};

type ReadPage = (limit: number, cursor: string | undefined) => Promise<Answer<typeof listEvents>>;

const dayMs = 86_400_000;

/**
 * Pages of one stream, or of all streams of a cluster by their moments, from a day ago where
 * nothing is said.
 */
export const remoteEvents = async (
  api: Api,
  { stream, type, from, until, cluster }: Wanted,
  now: Instant,
): Promise<ReadPage> => {
  const wanted = {
    ...(type !== undefined && { type }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  };
  const paged = (limit: number, cursor: string | undefined) => ({
    ...wanted,
    limit,
    ...(cursor !== undefined && { cursor }),
  });
  if (stream !== undefined && !stream.endsWith('#')) {
    return (limit, cursor) => api.call(listEvents, { query: { ...paged(limit, cursor), stream } });
  }
  const parameters = { cluster: await clusterNamed(api, cluster) };
  const kind = kindOf(stream);
  const since = from ?? Instant.parse(Math.max(0, now - dayMs));
  return (limit, cursor) => {
    const query = { ...paged(limit, cursor), from: since, ...(kind && { kind }) };
    return api.call(listClusterEvents, { parameters, query });
  };
};

const kinds = ['cluster', 'fleet', 'disruption', 'rollout'] as const;

const kindOf = (stream: string | undefined): (typeof kinds)[number] | undefined => {
  if (stream === undefined) return undefined;
  const found = kinds.find((kind) => stream === `${kind}#`);
  if (found !== undefined) return found;
  const known = kinds.map((kind) => `${kind}#`).join(', ');
  throw new UserError(`--stream ${stream} with --api`, `name a whole stream, or one of: ${known}`);
};
