import { Refusal } from '../../../domain/refusal.ts';
import { rollout, rolloutStream } from '../../../domain/rollout/rollout.ts';
import type { planRollout } from '../contract/rollouts.ts';
import { planFor } from '../planFor.ts';
import { ProblemError } from '../problem.ts';
import { summaryOf } from '../queries/rollouts.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';
import { tell } from './tell.ts';

export const plan: Handle<typeof planRollout> = async ({ parameters, body }, caller, tools) => {
  const sight = await clusterSight(tools, parameters.cluster);
  // Planned before its answer was lost, it has taken its name: by now it would get another.
  const planned = [...sight.views.rollouts.values()].find(
    (each) => each.clusterName === parameters.cluster && each.plannedAt === caller.now,
  );
  if (caller.isRetry && planned !== undefined) return summaryOf(planned);
  const { command, planToken } = planFor(sight, body, caller);
  if (body.planToken !== undefined && body.planToken !== planToken) {
    const detail = `the plan is ${planToken} by now; look at it again before you take it`;
    throw new ProblemError('PlanChanged', detail);
  }
  const stream = rolloutStream(command.rolloutId);
  const { state } = await tell(tools, caller, rollout, stream, command);
  if (state.status === 'none') throw new Refusal('RolloutNotFound', `${stream} is empty`);
  return summaryOf(state);
};
