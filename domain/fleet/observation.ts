import type {
  FleetEvent,
  ObservedInstance,
  ObservedService,
  ObservedTask,
  ObservedTaskDefinition,
} from '../../events/fleet.ts';
import type { ContainerInstanceArn, Instant, TaskArn } from '../../events/ids.ts';

/**
 * EventBridge pushes events, at least once and in any order; the sweep and `import` describe what
 * is true now.
 */
export type Origin = 'event' | 'describe';

type DataOf<Type extends FleetEvent['type']> = Extract<FleetEvent, { type: Type }>['data'];
export type ServiceAction = DataOf<'ServiceActionObserved'>;
export type DeploymentState = DataOf<'DeploymentStateObserved'>;

/** What was seen of one resource. `at` is when AWS told it; versions order, `at` never does. */
export type Observation =
  | {
      readonly kind: 'instance';
      readonly instance: ObservedInstance;
      readonly from: Origin;
      readonly at?: Instant;
    }
  | {
      readonly kind: 'task';
      readonly task: ObservedTask;
      readonly from: Origin;
      readonly at?: Instant;
    }
  | { readonly kind: 'service'; readonly service: ObservedService }
  | { readonly kind: 'taskDefinition'; readonly taskDefinition: ObservedTaskDefinition }
  | {
      readonly kind: 'targetGroup';
      readonly targetGroupArn: string;
      readonly deregistrationDelaySeconds: number;
    }
  | {
      readonly kind: 'taskProtection';
      readonly taskArn: TaskArn;
      readonly protected: boolean;
      readonly expiresAt?: Instant;
    }
  | { readonly kind: 'serviceAction'; readonly action: ServiceAction }
  | { readonly kind: 'deploymentState'; readonly deploymentState: DeploymentState }
  /**
   * Proven gone: asked for by ARN and answered MISSING, more than once. Never concluded from a
   * listing.
   */
  | { readonly kind: 'instanceGone'; readonly containerInstanceArn: ContainerInstanceArn }
  | { readonly kind: 'taskGone'; readonly taskArn: TaskArn };

/** The ARN that decides the shard of an observation. */
export const arnOf = (observation: Observation): string => {
  switch (observation.kind) {
    case 'instance':
      return observation.instance.containerInstanceArn;
    case 'task':
      return observation.task.taskArn;
    case 'service':
      return observation.service.serviceArn;
    case 'taskDefinition':
      return observation.taskDefinition.taskDefinitionArn;
    case 'targetGroup':
      return observation.targetGroupArn;
    case 'serviceAction':
      return observation.action.serviceArn;
    case 'deploymentState':
      return observation.deploymentState.serviceArn;
    case 'instanceGone':
      return observation.containerInstanceArn;
    case 'taskProtection':
    case 'taskGone':
      return observation.taskArn;
    default:
      return observation satisfies never;
  }
};

/**
 * What orders the observations of one resource: its version where ECS gives one, else its own
 * moment.
 */
export const orderOf = (observation: Observation): number => {
  switch (observation.kind) {
    case 'instance':
      return observation.instance.version;
    case 'task':
      return observation.task.version;
    case 'service':
      return observation.service.describedAt;
    case 'serviceAction':
      return observation.action.createdAt;
    case 'deploymentState':
      return observation.deploymentState.updatedAt;
    case 'taskDefinition':
    case 'targetGroup':
      return 0;
    case 'taskProtection':
    case 'instanceGone':
    case 'taskGone':
      return Number.POSITIVE_INFINITY;
    default:
      return observation satisfies never;
  }
};

/**
 * Oldest version first, so that a batch that holds versions 5 and 4 of a task records both.
 * Resources stand in the order in which they first came.
 */
export const inOrder = (observations: readonly Observation[]): readonly Observation[] => {
  const byArn = Map.groupBy(observations, arnOf);
  return [...byArn.values()].flatMap((alike) =>
    alike.length === 1 ? alike : alike.toSorted((a, b) => compare(orderOf(a), orderOf(b))),
  );
};

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
