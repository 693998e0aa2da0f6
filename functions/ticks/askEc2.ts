import { ec2Notices } from '../../domain/fleet/ec2Notices.ts';
import { ec2Stream } from '../../domain/fleet/shards.ts';
import { askedAgainMs } from '../../domain/fleet/silence.ts';
import type { Ec2Event } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import type { Ec2Gateway } from '../../infra/aws/ec2Port.ts';
import { isGatewayError } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import type { Views } from '../../infra/views/views.ts';
import { send } from '../send.ts';

export type AskTools = {
  readonly store: EventStore;
  readonly ec2: Pick<Ec2Gateway, 'describeInstances'>;
  readonly now: () => Instant;
};

/** Silent instances that are asked after in one sweep; the others come next time. */
const askedMax = 200;

export type AskReport = { readonly news: number; readonly distrusted: readonly string[] };

/**
 * Asks EC2 about every instance whose agent is silent: the event that told of its end may be lost,
 * and only EC2 can prove it. What EC2 does not answer for is noted, and once more after a while;
 * a call that fails says nothing.
 */
export const askEc2 = async (
  { store, ec2, now }: AskTools,
  views: Views,
  clusterName: string,
): Promise<AskReport> => {
  const cluster = views.clusters.get(clusterName);
  const { instances, notices } = views.fleet(clusterName);
  const silent = [...instances.values()].filter(({ agentConnected }) => !agentConnected);
  const ids = silent.flatMap(({ ec2InstanceId = [] }) => ec2InstanceId).slice(0, askedMax);
  if (cluster === undefined || ids.length === 0) return { news: 0, distrusted: [] };
  let found: Awaited<ReturnType<Ec2Gateway['describeInstances']>>;
  try {
    found = await ec2.describeInstances(ids);
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    const distrust = `EC2 did not say what became of ${ids.length} silent instances`;
    return { news: 0, distrusted: [`${distrust}: ${error.message}`] };
  }
  const at = now();
  const states = new Map(found.map(({ ec2InstanceId, state }) => [ec2InstanceId, state]));
  const news = ids.flatMap((ec2InstanceId): readonly Ec2Event[] => {
    const known = notices.get(ec2InstanceId);
    const state = states.get(ec2InstanceId);
    if (state !== undefined) {
      if (known?.state?.state === state && known.notFound === undefined) return [];
      const eventId = `describe-${ec2InstanceId}-${state}-${at}`;
      return [{ type: 'Ec2StateChanged', data: { eventId, ec2InstanceId, state, changedAt: at } }];
    }
    // The first look, and one that is well apart from it; more would say nothing more.
    const { since, at: last } = known?.notFound ?? {};
    const isNews = since === undefined || (last === since && at - since >= askedAgainMs);
    const eventId = `describe-${ec2InstanceId}-none-${at}`;
    const data = { eventId, ec2InstanceId, notFoundAt: at };
    return isNews ? [{ type: 'Ec2InstanceNotFound', data }] : [];
  });
  if (news.length === 0) return { news: 0, distrusted: [] };
  const stream = ec2Stream(cluster.account, cluster.region);
  const { events } = await send(
    store,
    ec2Notices,
    stream,
    { type: 'RecordNotices', notices: news },
    at,
  );
  return { news: events.length, distrusted: [] };
};
