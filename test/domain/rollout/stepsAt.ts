import { planSteps } from '../../../domain/rollout/planSteps.ts';
import type { StepCommand } from '../../../domain/rollout/rolloutCommand.ts';
import type { Rollout } from '../../../domain/rollout/rolloutState.ts';
import type { Sight } from '../../../domain/rollout/sight.ts';
import type { ObservedInstance, ObservedTask } from '../../../events/fleet.ts';
import { aFleet, at } from '../../support/fleetBuilder.ts';
import { aSight, heldInstance, ledgerHolding } from './rolloutBuilder.ts';

/**
 * The steps that the planner proposes at a minute, in a fleet of these, while `a` holds its lease.
 */
export const stepsAt = (
  minute: number,
  state: Rollout,
  instances: readonly ObservedInstance[],
  { tasks = [], ...fields }: Partial<Sight> & { readonly tasks?: readonly ObservedTask[] } = {},
): readonly StepCommand[] => {
  const view = aFleet({ instances, tasks });
  const ledger = ledgerHolding(heldInstance('a'));
  const plan = planSteps(state, aSight({ view, ledger, now: at(minute), ...fields }));
  return plan.proposals.map(({ step }) => step).filter(({ type }) => type !== 'RecordHolds');
};
