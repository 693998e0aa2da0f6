export type TargetHealth = {
  /** An instance id, or an IP address where the target group's targets are of type `ip`. */
  readonly targetId: string;
  readonly port?: number | undefined;
  readonly availabilityZone?: string | undefined;
  /** `healthy`, `draining`, `initial`, `unhealthy`, `unused`, `unavailable` and so on. */
  readonly state: string;
  /** `Target.DeregistrationInProgress` and its like. */
  readonly reason?: string | undefined;
};

export type LoadBalancingGateway = {
  /**
   * How long a target that leaves goes on serving what it has begun, in seconds. Throws where the
   * answer does not say: no drain may be planned on a guess.
   */
  readonly readDeregistrationDelaySeconds: (targetGroupArn: string) => Promise<number>;
  readonly describeTargetHealth: (targetGroupArn: string) => Promise<readonly TargetHealth[]>;
};
