import { drain, drainHolder } from '../../domain/draining/drain.ts';
import type { DrainSight } from '../../domain/draining/drainSight.ts';
import { planDrains } from '../../domain/draining/planDrains.ts';
import { planSpotDrains } from '../../domain/draining/planSpotDrains.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import { replacementsOf } from '../../domain/rollout/leases.ts';
import { newcomerOf } from '../../domain/rollout/surgeState.ts';
import type { Instant } from '../../events/ids.ts';
import type { Views } from '../../infra/views/views.ts';
import { send } from '../send.ts';
import {
  allOf,
  attempt,
  type ControlReport,
  type ControlTools,
  sendEach,
  sightOf,
} from './controlTools.ts';

/** Drains what EC2 takes, and takes one step of every drain that no rollout asked for. */
export const followDrains = async (
  tools: ControlTools,
  views: Views,
  clusterName: string,
): Promise<ControlReport> => {
  const { store } = tools;
  const now = tools.now();
  const begun = await drainForSpot(tools, views, clusterName, now);
  // There are two minutes from the notice on: what was asked for is begun in the same pass.
  const after = begun.written > 0 ? await tools.views.catchUp(clusterName) : views;
  const drains = drainsOf(after, clusterName);
  if (drains.length === 0) return begun;
  const plan = planDrains(drains, sightOn(tools, after, clusterName, now));
  const ledgerAt = ledgerStream(clusterName);
  const settled = await sendEach(store, ledger, ledgerAt, plan.ledger, now);
  const refused: string[] = [];
  let written = 0;
  for (const { stream, lease, step } of plan.proposals) {
    written += await attempt(async () => {
      if (lease !== undefined) await send(store, ledger, ledgerAt, lease, now);
      return send(store, drain, stream, step, now);
    }, refused);
  }
  return allOf([begun, settled, { written, refused }]);
};

const drainsOf = ({ drains }: Views, clusterName: string): Views['drains'] =>
  drains.filter((each) => each.clusterName === clusterName);

const drainForSpot = async (
  tools: ControlTools,
  views: Views,
  clusterName: string,
  now: Instant,
): Promise<ControlReport> => {
  const { view, amis, channels, images, ...sight } = sightOf(views, clusterName, tools, now);
  const fleet = { view, amis, channels, images };
  const reports: ControlReport[] = [];
  for (const command of planSpotDrains(drainsOf(views, clusterName), { ...sight, fleet })) {
    reports.push(await sendEach(tools.store, drain, drainHolder(command), [command], now));
  }
  return allOf(reports);
};

const sightOn = (
  tools: ControlTools,
  views: Views,
  clusterName: string,
  now: Instant,
): Omit<DrainSight, 'successors'> => {
  const { view, amis, channels, images, ...sight } = sightOf(views, clusterName, tools, now);
  const rollouts = [...views.rollouts.values()].filter((each) => each.clusterName === clusterName);
  const claimed = new Set(
    rollouts.flatMap(({ instances }) =>
      Object.values(instances).flatMap((item) => newcomerOf(item) ?? []),
    ),
  );
  const each = rollouts.map((rollout) => replacementsOf(rollout, view, sight.ledger, now));
  const replacements = {
    proved: new Set(each.flatMap(({ proved }) => [...proved])),
    lost: each.reduce((sum, { lost }) => sum + lost, 0),
  };
  const fleet = { view, amis, channels, images };
  const { canaryFamily } = views.clusters.get(clusterName)?.policy ?? {};
  return {
    ...sight,
    claimed,
    replacements,
    fleet,
    ...(canaryFamily !== undefined && { canaryFamily }),
  };
};
