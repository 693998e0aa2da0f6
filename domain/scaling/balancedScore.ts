import type { ObservedInstance } from '../../events/fleet.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { movesOff } from './emptying.ts';

/** One instance that could go. */
export type Candidate = {
  readonly instance: ObservedInstance;
  readonly tasksToMove: number;
  /** Its share of what the group costs over its share of what emptying the group would disturb. */
  readonly score: number;
};

/**
 * Savings over disruption, both as fractions of the group, so that no unit and no size matters
 * (Karpenter, designs/balanced-consolidation.md). Prices are not known: an instance saves what it
 * has of CPU, by which sizes of a family are priced. It disturbs 1 by itself and 1 for each task
 * that moves. The best first, then by ARN.
 */
export const candidatesOf = (
  view: FleetView,
  instances: readonly ObservedInstance[],
): readonly Candidate[] => {
  const all = instances.map((instance) => {
    const { moving, stuck } = movesOff(view, instance);
    const tasksToMove = moving.length + stuck.length;
    return { instance, tasksToMove, saves: instance.registered.cpu, disturbs: 1 + tasksToMove };
  });
  const savings = all.reduce((sum, { saves }) => sum + saves, 0);
  const disruption = all.reduce((sum, { disturbs }) => sum + disturbs, 0);
  return all
    .map(({ instance, tasksToMove, saves, disturbs }) => {
      const score = savings === 0 ? 0 : saves / savings / (disturbs / disruption);
      return { instance, tasksToMove, score };
    })
    .toSorted(
      (a, b) =>
        b.score - a.score ||
        (a.instance.containerInstanceArn < b.instance.containerInstanceArn ? -1 : 1),
    );
};

/** With k = 2 a move passes whose share of disruption is at most twice its share of savings. */
export const isWorth = ({ score }: Pick<Candidate, 'score'>, k: number): boolean => score >= 1 / k;
