import { isInFlight } from '../../domain/rollout/rolloutState.ts';
import type { Views } from '../../infra/views/views.ts';

/** Something is being disturbed, or could be at once: time is taken in small steps. */
export const isMoving = ({ rollouts }: Views): boolean =>
  [...rollouts.values()].some(
    (each) =>
      Object.values(each.instances).some(isInFlight) ||
      Object.values(each.services).some(({ status }) => status === 'deploying') ||
      (each.status === 'running' && each.heldNow.some(({ reason }) => reason === 'BudgetSpent')),
  );
