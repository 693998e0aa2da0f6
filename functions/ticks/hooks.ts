import { hooks, hooksStream } from '../../domain/maintenance/hooks.ts';
import { planHooks } from '../../domain/maintenance/planHooks.ts';
import type { Views } from '../../infra/views/views.ts';
import { send } from '../send.ts';
import { attempt, type ControlReport, type ControlTools } from './controlTools.ts';

/** Intends to answer the lifecycle hooks that wait for Tuesday and need not wait any longer. */
export const answerHooks = async (
  { store, now }: Pick<ControlTools, 'store' | 'now'>,
  views: Views,
  clusterName: string,
): Promise<ControlReport> => {
  const mode = views.clusters.get(clusterName)?.mode ?? 'observe';
  const commands = planHooks(views.fleet(clusterName), views.hooks(clusterName), mode, now());
  const refused: string[] = [];
  let written = 0;
  for (const command of commands) {
    const sent = () => send(store, hooks, hooksStream(clusterName), command, command.now);
    written += await attempt(sent, refused);
  }
  return { written, refused };
};
