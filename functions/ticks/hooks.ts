import { hooks, hooksStream } from '../../domain/maintenance/hooks.ts';
import { planHooks } from '../../domain/maintenance/planHooks.ts';
import type { Views } from '../../infra/views/views.ts';
import { type ControlReport, type ControlTools, sendEach } from './controlTools.ts';

/** Intends to answer the lifecycle hooks that wait for Tuesday and need not wait any longer. */
export const answerHooks = async (
  tools: Pick<ControlTools, 'store' | 'now'>,
  views: Views,
  clusterName: string,
): Promise<ControlReport> => {
  const now = tools.now();
  const mode = views.clusters.get(clusterName)?.mode ?? 'observe';
  const commands = planHooks(views.fleet(clusterName), views.hooks(clusterName), mode, now);
  return sendEach(tools.store, hooks, hooksStream(clusterName), commands, now);
};
