import type { PlacementStrategy } from '../placementProblem.ts';

/** As AWS writes it: `spread(attribute:ecs.availability-zone)`. */
export const strategyText = (strategy: PlacementStrategy): string =>
  strategy.type === 'random' ? 'random' : `${strategy.type}(${strategy.field})`;
