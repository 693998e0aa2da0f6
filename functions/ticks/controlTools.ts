import type { Decider } from '../../domain/decider.ts';
import { constraintsInDoubt } from '../../domain/enforcement/enforcement.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Sight } from '../../domain/rollout/sight.ts';
import type { Instant } from '../../events/ids.ts';
import type { CloudWatchGateway } from '../../infra/aws/cloudWatchPort.ts';
import type { Ec2Gateway } from '../../infra/aws/ec2Port.ts';
import type { EcsGateway } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import type { FollowedViews, Views } from '../../infra/views/views.ts';
import { send } from '../send.ts';

export type ControlTools = {
  readonly store: EventStore;
  readonly views: FollowedViews;
  readonly ecs: EcsGateway;
  /** Left out, no alarm is known. */
  readonly cloudWatch?: Pick<CloudWatchGateway, 'describeAlarms'>;
  /** Left out, of no AMI it is known whether it is there. */
  readonly ec2?: Pick<Ec2Gateway, 'describeImages'>;
  readonly now: () => Instant;
  /**
   * Memory on every instance that the operating system needs and no task may have (design decision
   * 10).
   */
  readonly osReserveMiB: number;
};

export type ControlReport = {
  /** Commands that wrote something. */
  readonly written: number;
  /** Commands that the deciders refused: news, not failure. */
  readonly refused: readonly string[];
};

const nothingAsked = { alarms: new Map(), amisAvailable: new Map() };

/** The cluster at this moment, as planners look at it. */
export const sightOf = (
  views: Views,
  clusterName: string,
  { osReserveMiB }: Pick<ControlTools, 'osReserveMiB'>,
  now: Instant,
  { alarms, amisAvailable }: Pick<Sight, 'alarms' | 'amisAvailable'> = nothingAsked,
): Sight => ({
  view: views.fleet(clusterName),
  ledger: views.ledger(clusterName),
  amis: views.amis,
  channels: views.channels,
  images: views.images,
  prefetches: views.prefetches,
  osReserveMiB,
  maintenance: views.maintenance(clusterName),
  mode: views.clusters.get(clusterName)?.mode ?? 'observe',
  alarms,
  amisAvailable,
  capacity: views.capacity(clusterName),
  sizes: views.desired(clusterName),
  constraintsInDoubt: constraintsInDoubt(views.enforcement(clusterName), now),
  now,
});

/** Sends each command to the decider of one stream. */
export const sendEach = async <State, Command, Event>(
  store: EventStore,
  decider: Decider<State, Command, Event>,
  stream: string,
  commands: readonly Command[],
  now: Instant,
): Promise<ControlReport> => {
  const refused: string[] = [];
  let written = 0;
  for (const command of commands) {
    written += await attempt(() => send(store, decider, stream, command, now), refused);
  }
  return { written, refused };
};

export const allOf = (reports: readonly ControlReport[]): ControlReport => ({
  written: reports.reduce((sum, { written }) => sum + written, 0),
  refused: reports.flatMap(({ refused }) => refused),
});

/** Counts the events written; a refusal is noted and the pass goes on. */
export const attempt = async (
  write: () => Promise<{ readonly events: readonly unknown[] }>,
  refused: string[],
): Promise<number> => {
  try {
    return (await write()).events.length;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refused.push(`${error.code}: ${error.message}`);
    return 0;
  }
};
