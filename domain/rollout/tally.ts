import type { Held } from '../../events/rollout.ts';
import { isInFlight, type Rollout } from './rolloutState.ts';

/** How far the items of one kind are. */
export type Tally = {
  total: number;
  waiting: number;
  underWay: number;
  done: number;
  givenUp: number;
};

const tally = <Item>(
  items: readonly Item[],
  kind: (item: Item) => 'waiting' | 'underWay' | 'done' | 'givenUp',
): Tally => {
  const counts: Tally = { total: items.length, waiting: 0, underWay: 0, done: 0, givenUp: 0 };
  for (const item of items) counts[kind(item)] += 1;
  return counts;
};

export const tallyImages = ({ images }: Pick<Rollout, 'images'>): Tally =>
  tally(Object.values(images), ({ status }) => {
    if (status === 'requested') return 'underWay';
    if (status === 'overdue') return 'givenUp';
    return status === 'arrived' ? 'done' : 'waiting';
  });

export const tallyInstances = ({ instances }: Pick<Rollout, 'instances'>): Tally =>
  tally(Object.values(instances), (item) => {
    if (isInFlight(item)) return 'underWay';
    return item.status === 'skipped' ? 'givenUp' : item.status;
  });

export const tallyServices = ({ services }: Pick<Rollout, 'services'>): Tally =>
  tally(Object.values(services), ({ status }) => {
    if (status === 'deploying') return 'underWay';
    return status === 'skipped' ? 'givenUp' : status;
  });

/** What is not being done: as things stand, or as they were left. */
export const heldIn = (rollout: Rollout): readonly Held[] =>
  rollout.status === 'completed' ? rollout.left : [...rollout.heldByPlan, ...rollout.heldNow];
