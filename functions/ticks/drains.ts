import { drain } from '../../domain/draining/drain.ts';
import { planDrains } from '../../domain/draining/planDrains.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import type { Views } from '../../infra/views/views.ts';
import { send } from '../send.ts';
import { attempt, type ControlReport, type ControlTools, sightOf } from './controlTools.ts';

/** One step of every drain that no rollout asked for, its lease first. */
export const followDrains = async (
  tools: ControlTools,
  views: Views,
  clusterName: string,
): Promise<ControlReport> => {
  const refused: string[] = [];
  let written = 0;
  const drains = views.drains.filter((each) => each.clusterName === clusterName);
  if (drains.length === 0) return { written, refused };
  const { store } = tools;
  const now = tools.now();
  const { view, amis, channels, images, ...sight } = sightOf(views, clusterName, tools, now);
  const plan = planDrains(drains, { ...sight, fleet: { view, amis, channels, images } });
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
