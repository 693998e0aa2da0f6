import type { Drain } from '../../../domain/draining/drainState.ts';
import { drainsNow } from '../../../domain/rollout/drainsNow.ts';
import { standingDrains } from '../../../domain/rollout/standingDrains.ts';
import type { listDrains } from '../contract/drains.ts';
import { pageOf } from '../page.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';

export const list: Handle<typeof listDrains> = async ({ parameters, query }, { now }, tools) => {
  const { view, views, cluster } = await clusterSight(tools, parameters.cluster);
  const isOurs = ({ clusterName }: { readonly clusterName: string }) =>
    clusterName === cluster.name;
  const others = drainsNow(view, [...views.rollouts.values()].filter(isOurs), now);
  const standing = standingDrains(view, others, views.drains.filter(isOurs), now);
  return pageOf(
    standing.map(({ asked, ...each }) => ({ ...each, ...(asked && { asked: told(asked) }) })),
    ({ containerInstanceArn }) => containerInstanceArn,
    query,
  );
};

const told = (drain: Drain) => {
  const { status, since, reason, actor, because, deadlineAt, atDeadline } = drain;
  const { standalone, andThen, forcedBecause, held } = drain;
  return {
    ...{ status, since, reason, actor, deadlineAt, atDeadline, standalone, andThen, held },
    ...(because !== undefined && { because }),
    ...(forcedBecause !== undefined && { forcedBecause }),
    ...(drain.status === 'ended' && { outcome: drain.outcome, detail: drain.detail }),
  };
};
