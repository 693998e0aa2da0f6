import type { Instant } from '../../events/ids.ts';
import type { AlarmState } from '../../events/rolloutPolicy.ts';

export type Alarm = {
  readonly name: string;
  readonly state: AlarmState;
  /** CloudWatch's own sentence on how it came to be so. */
  readonly reason?: string | undefined;
};

/** One value of a metric, and the beginning of the period that it stands for. */
export type Datapoint = { readonly at: Instant; readonly value: number };

export type CloudWatchGateway = {
  /** Alarms on metrics and composite ones, by name. Left out: names that no alarm has. */
  readonly describeAlarms: (names: readonly string[]) => Promise<readonly Alarm[]>;
  /**
   * `CapacityProviderReservation` in percent, minute by minute, the oldest first: above the target
   * ECS wants more instances. A minute without a value is left out.
   */
  readonly readCapacityProviderReservation: (request: {
    readonly clusterName: string;
    readonly capacityProviderName: string;
    readonly from: Instant;
    readonly to: Instant;
  }) => Promise<readonly Datapoint[]>;
};
