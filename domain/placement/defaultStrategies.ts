import type { PlacementStrategy } from './placementProblem.ts';

/**
 * Where a service says nothing ECS spreads its tasks over the zones, and in them over the instances
 * (Amazon ECS Developer Guide, "Amazon ECS services").
 */
export const defaultServiceStrategies: readonly PlacementStrategy[] = [
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'instanceId' },
];
