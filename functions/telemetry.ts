import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type middy from '@middy/core';
import { onThrottle } from '../infra/aws/throttles.ts';

// Logs as JSON lines, and metrics as lines of the embedded metric format (CloudWatch User Guide).
// The stage is in the service's name (POWERTOOLS_SERVICE_NAME), so that two stages never add up.

export const logger = new Logger();

/** Everything that is measured, in its unit. Alarms and the dashboard name nothing else of ours. */
const units = {
  /** Ticks that came to their end. */
  ticksDone: MetricUnit.Count,
  eventsTaken: MetricUnit.Count,
  /** Events that Tuesday should have understood, and has set aside. */
  eventsParked: MetricUnit.Count,
  /** Events of clusters, accounts and regions that are not watched. */
  eventsOfOthers: MetricUnit.Count,
  /** Of each batch of events, when it is taken from the queue. */
  oldestEventAgeSeconds: MetricUnit.Seconds,
  /** Calls that AWS did not carry out and wants made later. */
  throttledCalls: MetricUnit.Count,
  /** Over every running task and every instance: for how long each is behind by now, added up. */
  exposureHours: MetricUnit.Count,
  longestBehindHours: MetricUnit.Count,
  tasksBehind: MetricUnit.Count,
  instancesBehind: MetricUnit.Count,
  /** Tasks and instances whose build or lineage is not known. */
  unknownStandings: MetricUnit.Count,
  leasesHeld: MetricUnit.Count,
  /** What running rollouts hold back, of whatever reason. */
  itemsHeld: MetricUnit.Count,
  rolloutsRunning: MetricUnit.Count,
  rolloutsHalted: MetricUnit.Count,
  /** Intents without an outcome, and the age of the oldest. */
  effectsOpen: MetricUnit.Count,
  oldestEffectAgeSeconds: MetricUnit.Seconds,
  /** Listings of the last sweep that had shrunk too much to be believed. */
  listingsDistrusted: MetricUnit.Count,
  /** Tags of Microsoft's registry that cannot be read. */
  channelsUnreadable: MetricUnit.Count,
} as const;

export type MetricName = keyof typeof units;
export type Readings = Readonly<Partial<Record<MetricName, number>>>;

/**
 * Writes readings out, under the service alone and, where they are about one cluster or one tick,
 * under that too.
 */
export const measure = (
  readings: Readings,
  about?: { readonly cluster: string } | { readonly tick: string },
): void => {
  const metrics = new Metrics({ namespace: 'Tuesday' });
  metrics.addDimensions({});
  if (about !== undefined) metrics.addDimensions(about);
  for (const [name, reading] of Object.entries(readings)) {
    metrics.addMetric(name, units[name as MetricName], reading);
  }
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
};

let throttled = 0;
onThrottle(() => {
  throttled += 1;
});

const tellThrottles = (): void => {
  if (throttled === 0) return;
  measure({ throttledCalls: throttled });
  throttled = 0;
};

/**
 * What every door has: the request's id on each line, an error in the log before Lambda sees it,
 * and the throttles that were met. The event itself is never logged: what it carries is not ours
 * to show.
 */
export const telemetry = (): middy.MiddlewareObj => ({
  before: ({ context }) => logger.addContext(context),
  after: tellThrottles,
  onError: (request) => {
    tellThrottles();
    // One that was answered, such as a refusal, is none of ours.
    if (request.response !== undefined) return;
    logger.error('failed', { why: whyOf(request.error) });
    if (request.error) request.error = bare(request.error);
  },
});

/** Lambda prints every property of an error that leaves a handler, and one of an SDK has many. */
const bare = ({ name, message, stack }: Error): Error =>
  Object.assign(new Error(message), { name, stack });

/** The message alone: an SDK's error carries its request, and that may carry what is secret. */
export const whyOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
