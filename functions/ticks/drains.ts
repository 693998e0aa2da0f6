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
import { attempt, type ControlReport, type ControlTools, sightOf } from './controlTools.ts';

/** Drains what EC2 takes, and takes one step of every drain that no rollout asked for. */
export const followDrains = async (
  tools: ControlTools,
  views: Views,
  clusterName: string,
): Promise<ControlReport> => {
  const refused: string[] = [];
  let written = 0;
  const { store } = tools;
  const now = tools.now();
  for (const command of planSpotDrains(...sightOn(tools, views, clusterName, now))) {
    const stream = drainHolder(command);
    written += await attempt(() => send(store, drain, stream, command, now), refused);
  }
  // There are two minutes from the notice on: what was asked for is begun in the same pass.
  const after = written > 0 ? await tools.views.catchUp(clusterName) : views;
  const [drains, sight] = sightOn(tools, after, clusterName, now);
  if (drains.length === 0) return { written, refused };
  const plan = planDrains(drains, sight);
  const ledgerAt = ledgerStream(clusterName);
  for (const command of plan.ledger) {
    written += await attempt(() => send(store, ledger, ledgerAt, command, now), refused);
  }
  for (const { stream, lease, step } of plan.proposals) {
    written += await attempt(async () => {
      if (lease !== undefined) await send(store, ledger, ledgerAt, lease, now);
      return send(store, drain, stream, step, now);
    }, refused);
  }
  return { written, refused };
};

const sightOn = (
  tools: ControlTools,
  views: Views,
  clusterName: string,
  now: Instant,
): readonly [drains: Views['drains'], sight: Omit<DrainSight, 'successors'>] => {
  const { view, amis, channels, images, ...sight } = sightOf(views, clusterName, tools, now);
  const drains = views.drains.filter((each) => each.clusterName === clusterName);
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
  return [drains, { ...sight, claimed, replacements, fleet }];
};
