import { ghosts, ghostsStream } from '../../domain/maintenance/ghosts.ts';
import { planGhosts } from '../../domain/maintenance/planGhosts.ts';
import type { Views } from '../../infra/views/views.ts';
import { type ControlReport, type ControlTools, sendEach } from './controlTools.ts';

/** Intends to deregister what is proved to be gone. */
export const layGhosts = async (
  tools: Pick<ControlTools, 'store' | 'now'>,
  views: Views,
  clusterName: string,
): Promise<ControlReport> => {
  const now = tools.now();
  const mode = views.clusters.get(clusterName)?.mode ?? 'observe';
  const { commands } = planGhosts(views.fleet(clusterName), views.ghosts(clusterName), mode, now);
  return sendEach(tools.store, ghosts, ghostsStream(clusterName), commands, now);
};
