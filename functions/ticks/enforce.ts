import { enforcement, enforcementStream } from '../../domain/enforcement/enforcement.ts';
import { planEnforcement } from '../../domain/enforcement/planEnforcement.ts';
import { imagesToCome } from '../../domain/rollout/imagesToCome.ts';
import type { StepPlan } from '../../domain/rollout/planSteps.ts';
import type { Views } from '../../infra/views/views.ts';
import { type ControlReport, type ControlTools, sendEach, sightOf } from './controlTools.ts';

/**
 * Keeps what ECS places by in step with what may run where, rollout or not: instances come and
 * images change without one too. Nothing is intended below `drive`.
 */
export const enforce = async (
  tools: ControlTools,
  views: Views,
  clusterName: string,
  plans: ReadonlyMap<string, StepPlan>,
): Promise<ControlReport> => {
  const cluster = views.clusters.get(clusterName);
  if (cluster?.mode !== 'drive') return { written: 0, refused: [] };
  const now = tools.now();
  const sight = sightOf(views, clusterName, tools, now);
  const rollouts = [...views.rollouts.values()]
    .filter((each) => each.clusterName === clusterName)
    .map((rollout) => ({ rollout, plan: plans.get(rollout.rolloutId) }));
  const commands = planEnforcement({
    state: views.enforcement(clusterName),
    sight,
    toCome: imagesToCome(rollouts, sight.view, sight),
    labelInferredBuilds: cluster.policy?.labelInferredBuilds === true,
  });
  return sendEach(tools.store, enforcement, enforcementStream(clusterName), commands, now);
};
