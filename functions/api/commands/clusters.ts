import { clusterStream } from '../../../domain/fleet/shards.ts';
import { cluster } from '../../../domain/maintenance/cluster.ts';
import { readEcsArn } from '../../../events/aws/arn.ts';
import type { ClusterArn } from '../../../events/ids.ts';
import { findCluster } from '../../ingest/clusters.ts';
import type { adoptCluster, setMode, setPolicy } from '../contract/clusters.ts';
import { ProblemError } from '../problem.ts';
import { shown } from '../queries/clusters.ts';
import type { ApiTools, Handle } from '../route.ts';
import { tell } from './tell.ts';

export const adopt: Handle<typeof adoptCluster> = async ({ body }, { now }, tools) => {
  const { clusterArn } = body;
  refuseUnwatched(clusterArn, tools);
  return shown(await findCluster(tools.store, clusterArn, now));
};

/** What is not watched sends no events, and the roles of this stack may not look at it. */
const refuseUnwatched = (arn: ClusterArn, { scope }: Pick<ApiTools, 'scope'>): void => {
  const { account = '', region = '', clusterName = '' } = readEcsArn(arn) ?? {};
  const { accounts, regions, clusters } = scope;
  const isWatched =
    (accounts?.includes(account) ?? true) &&
    (regions?.includes(region) ?? true) &&
    (clusters === undefined || clusters.includes(clusterName) || clusters.includes(arn));
  if (isWatched) return;
  throw new ProblemError('ClusterNotWatched', 'deploy with its ARN among clusterArns first');
};

export const changeMode: Handle<typeof setMode> = async ({ parameters, body }, caller, tools) => {
  const { mode } = body;
  const { actor, now } = caller;
  const command = { type: 'SetMode', mode, actor, now } as const;
  const stream = clusterStream(parameters.cluster);
  const { events } = await tell(tools, caller, cluster, stream, command);
  return { name: parameters.cluster, mode, changed: events.length > 0 };
};

export const changePolicy: Handle<typeof setPolicy> = async (asked, caller, tools) => {
  const { body: policy, parameters } = asked;
  const { actor, now } = caller;
  const command = { type: 'SetPolicy', policy, actor, now } as const;
  const stream = clusterStream(parameters.cluster);
  const { events } = await tell(tools, caller, cluster, stream, command);
  return { policy, isDefault: false, changed: events.length > 0 };
};
