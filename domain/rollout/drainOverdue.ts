import type { ObservedTask } from '../../events/fleet.ts';
import type { HeldReason } from '../../events/rollout.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { whyProtected } from '../service/protection.ts';
import type { Sight } from './sight.ts';

/** What had not left an instance by the deadline of its drain, and where that can be seen, why. */
export const whyOverdue = (
  left: readonly ObservedTask[],
  { protectedUntil }: FleetView,
  now: Sight['now'],
): readonly [HeldReason, string] => {
  const groups = [...new Set(left.map(({ group }) => group))].toSorted().join(', ');
  const detail = `${left.length} tasks had not left by the deadline: ${groups || 'none seen'}`;
  const [why] = left.flatMap((task) => {
    const protection = whyProtected(task, protectedUntil, now);
    return protection === undefined ? [] : `${task.taskArn}: ${protection}`;
  });
  return why === undefined ? ['DrainOverdue', detail] : ['TaskProtected', `${detail}; ${why}`];
};
