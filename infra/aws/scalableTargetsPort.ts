export type ScalableTarget = {
  readonly clusterName: string;
  readonly serviceName: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** What someone has switched off for the while. */
  readonly suspended: {
    readonly scaleIn: boolean;
    readonly scaleOut: boolean;
    readonly scheduledScaling: boolean;
  };
};

/** Application Auto Scaling, as far as it sets the desired count of ECS services. */
export type ScalableTargetsGateway = {
  /** Left out: services whose desired count is set by nobody but their owners. */
  readonly describeScalableTargets: (
    services: readonly { readonly clusterName: string; readonly serviceName: string }[],
  ) => Promise<readonly ScalableTarget[]>;
};
