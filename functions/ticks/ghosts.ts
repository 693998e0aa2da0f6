import { ghosts, ghostsStream } from '../../domain/maintenance/ghosts.ts';
import { planGhosts } from '../../domain/maintenance/planGhosts.ts';
import type { Views } from '../../infra/views/views.ts';
import { send } from '../send.ts';
import { attempt, type ControlReport, type ControlTools } from './controlTools.ts';

/** Intends to deregister what is proved to be gone. */
export const layGhosts = async (
  { store, now }: Pick<ControlTools, 'store' | 'now'>,
  views: Views,
  clusterName: string,
): Promise<ControlReport> => {
  const mode = views.clusters.get(clusterName)?.mode ?? 'observe';
  const plan = planGhosts(views.fleet(clusterName), views.ghosts(clusterName), mode, now());
  const refused: string[] = [];
  let written = 0;
  for (const command of plan.commands) {
    const sent = () => send(store, ghosts, ghostsStream(clusterName), command, command.now);
    written += await attempt(sent, refused);
  }
  return { written, refused };
};
