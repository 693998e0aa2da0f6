import { fold } from '../../../domain/decider.ts';
import { drain, drainEffectId } from '../../../domain/draining/drain.ts';
import type { StartDrain } from '../../../domain/draining/drainCommand.ts';
import type { DrainSight } from '../../../domain/draining/drainSight.ts';
import type { Drain } from '../../../domain/draining/drainState.ts';
import { planDrains } from '../../../domain/draining/planDrains.ts';
import type { FleetView } from '../../../domain/fleet/fleetView.ts';
import type { DrainEvent } from '../../../events/drain.ts';
import { LeaseId } from '../../../events/ids.ts';
import { at, clusterName, ec2Id, instanceArn } from '../../support/fleetBuilder.ts';
import { aSight } from '../rollout/rolloutBuilder.ts';

const arn = instanceArn('a');

/** Asked for at minute 0, for two hours; then set ACTIVE again if it has not worked. */
export const wish = {
  clusterName,
  containerInstanceArn: arn,
  ec2InstanceId: ec2Id('a'),
  reason: 'manual',
  actor: 'ops',
  deadlineAt: at(120),
  atDeadline: 'restore',
  standalone: { type: 'wait' },
  andThen: 'keepDrained',
} as const;
type Wish = Partial<Extract<DrainEvent, { type: 'DrainIntended' }>['data']>;

export const startDrain = (fields: Partial<StartDrain> = {}): StartDrain => ({
  type: 'StartDrain',
  ...wish,
  mode: 'drive',
  instanceStatus: 'ACTIVE',
  lasting: [],
  now: at(0),
  ...fields,
});

export const effectId = (kind: Parameters<typeof drainEffectId>[0], ...about: string[]) =>
  drainEffectId(kind, { containerInstanceArn: arn, count: 1 }, ...about);

export const leaseId = LeaseId.parse('lease of a');

export const told = {
  intended: (fields: Wish = {}): DrainEvent => ({
    type: 'DrainIntended',
    data: { ...wish, intendedAt: at(0), ...fields },
  }),
  begun: {
    type: 'DrainBegun',
    data: { leaseId, effectId: effectId('drain'), begunAt: at(1) },
  },
  attempted: {
    type: 'DrainEffectAttempted',
    data: { effectId: effectId('drain'), executor: 'one', attemptedAt: at(1) },
  },
  done: {
    type: 'DrainEffectSucceeded',
    data: { effectId: effectId('drain'), succeededAt: at(1) },
  },
  seen: { type: 'DrainSeen', data: { seenAt: at(2) } },
  drained: { type: 'Drained', data: { drainedAt: at(9) } },
} as const satisfies Record<string, DrainEvent | ((fields?: Wish) => DrainEvent)>;

const { begun, attempted, done, seen } = told;
/** DRAINING by our doing. */
export const draining = (fields: Wish = {}): readonly DrainEvent[] => [
  told.intended(fields),
  begun,
  attempted,
  done,
  seen,
];

export const drainAfter = (past: readonly DrainEvent[]): Drain => {
  const state = fold(drain, past);
  if (state.status === 'none') throw new Error('it was asked for');
  return state;
};

export const sightOf = (view: FleetView, fields: Partial<DrainSight> = {}): DrainSight => {
  const { ledger, maintenance, amis, channels, images, osReserveMiB } = aSight();
  const fleet = { view, amis, channels, images };
  const successors = new Map();
  const now = at(10);
  return { fleet, ledger, maintenance, mode: 'drive', osReserveMiB, successors, now, ...fields };
};

export const passOver = (
  past: readonly DrainEvent[],
  view: FleetView,
  fields: Partial<DrainSight> = {},
) => planDrains([drainAfter(past)], sightOf(view, fields));

/** The steps alone: leases are looked at where they matter. */
export const stepsOf = (...about: Parameters<typeof passOver>) =>
  passOver(...about).proposals.map(({ step }) => step);
