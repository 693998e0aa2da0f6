import type { ContainerInstanceArn, Instant } from '../../events/ids.ts';
import type { KnownFleet } from '../placement/fleetKnowledge.ts';

/**
 * What becomes of tasks that no service replaces: Tuesday waits for their end, stops them when they
 * have had so long, or leaves every instance alone that runs one.
 */
export type StandalonePolicy =
  | { readonly type: 'wait' }
  | { readonly type: 'stopAfter'; readonly afterMs: number }
  | { readonly type: 'protect' };

/** How a service is reached; from its load balancers and target groups. */
export type LoadBalancing = {
  /** Of each of its target groups; `null`: not known. Empty: it has none. */
  readonly deregistrationDelaysMs: readonly (number | null)[];
  readonly healthCheckGraceMs: number;
};

export type DrainQuestion = {
  readonly fleet: KnownFleet;
  /** Instances of the fleet that would be drained together; each once. */
  readonly instances: readonly ContainerInstanceArn[];
  readonly osReserveMiB: number;
  readonly now: Instant;
  readonly standalone: StandalonePolicy;
  /** `stop` is an override by a person: a service may do without a healthy task for a while. */
  readonly lastHealthyTask: 'hold' | 'stop';
  /** Instances that a rollout of ours has set DRAINING. */
  readonly drainedByUs?: ReadonlySet<string>;
  /**
   * This and the next two: absent, what the fleet tells. By task ARN, until when it is protected;
   * `null`: not known.
   */
  readonly protectedUntil?: ReadonlyMap<string, Instant | null>;
  /** By service ARN. A service that is absent may have a load balancer or none. */
  readonly loadBalancing?: ReadonlyMap<string, LoadBalancing>;
  /** `stopTimeout` of its slowest container, by task definition ARN. */
  readonly stopTimeoutMs?: ReadonlyMap<string, number>;
};
