import type { ObservedService } from '../../events/fleet.ts';

export type DeploymentBounds = {
  /** Tasks that must stay healthy. */
  readonly lower: number;
  /** Tasks that may exist at once, running and pending. */
  readonly upper: number;
};

/**
 * How far ECS lets a service go down and up while its tasks are replaced: the minimum rounds up,
 * the maximum rounds down, so a small service is held tighter than its percentages say (ECS
 * Developer Guide, deployment-type-ecs).
 */
export const deploymentBounds = (
  service: Pick<ObservedService, 'desiredCount' | 'minimumHealthyPercent' | 'maximumPercent'>,
): DeploymentBounds => ({
  lower: Math.ceil((service.desiredCount * service.minimumHealthyPercent) / 100),
  upper: Math.floor((service.desiredCount * service.maximumPercent) / 100),
});

/**
 * ECS can neither stop a task first nor start one first: it emits "unable to stop or start tasks
 * during a deployment because of the service deployment configuration" for ever. Known from the
 * numbers, so never waited out.
 */
export const isDeadlocked = (
  service: Pick<ObservedService, 'desiredCount' | 'minimumHealthyPercent' | 'maximumPercent'>,
): boolean => {
  const { lower, upper } = deploymentBounds(service);
  return service.desiredCount > 0 && lower >= service.desiredCount && upper <= service.desiredCount;
};
