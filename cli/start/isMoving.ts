import { leasesOf } from '../../domain/rollout/rolloutState.ts';
import type { Views } from '../../infra/views/views.ts';

/** Something is being disturbed, or could be at once: time is taken in small steps. */
export const isMoving = ({ rollouts }: Views): boolean =>
  [...rollouts.values()].some(
    (each) =>
      leasesOf(each).length > 0 ||
      (each.status === 'running' && each.heldNow.some(({ reason }) => reason === 'BudgetSpent')),
  );
