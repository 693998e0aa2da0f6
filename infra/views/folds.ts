import { evolveAll } from '../../domain/decider.ts';
import { drainFold } from '../../domain/draining/drainState.ts';
import { enforcement } from '../../domain/enforcement/enforcement.ts';
import { ec2Notices } from '../../domain/fleet/ec2Notices.ts';
import { fleetShard } from '../../domain/fleet/fleetShard.ts';
import { cluster } from '../../domain/maintenance/cluster.ts';
import { ghosts } from '../../domain/maintenance/ghosts.ts';
import { hooks } from '../../domain/maintenance/hooks.ts';
import { ledger } from '../../domain/maintenance/ledger.ts';
import { maintenanceFold } from '../../domain/maintenance/maintenanceState.ts';
import { parked } from '../../domain/parking/parked.ts';
import { rolloutFold } from '../../domain/rollout/evolveRollout.ts';
import { prefetch } from '../../domain/rollout/prefetch.ts';
import { clusterCapacity } from '../../domain/scaling/clusterCapacity.ts';
import { desiredFold } from '../../domain/scaling/evolveDesired.ts';
import { ami } from '../../domain/windows/ami.ts';
import { channel } from '../../domain/windows/channel.ts';
import { image } from '../../domain/windows/image.ts';
import type { Commit, Fold } from '../eventStore/eventStore.ts';

/**
 * The views are folds of the streams by the deciders' own `evolve`: there is no second reading of
 * any event. By kind, which is what stands before the first `#` of a stream.
 */
const folds = new Map(
  Object.entries({
    cluster,
    fleet: fleetShard,
    ghosts,
    hooks,
    ec2: ec2Notices,
    channel,
    ami,
    image,
    rollout: rolloutFold,
    prefetch,
    disruption: ledger,
    drain: drainFold,
    enforcement,
    maintenance: maintenanceFold,
    parked,
    scaling: clusterCapacity,
    desired: desiredFold,
  } as unknown as Record<string, Fold<unknown>>),
);

export const kinds: readonly string[] = [...folds.keys()];

export const kindOf = (stream: string): string => stream.replace(/#.*$/s, '');

/**
 * `undefined` for a stream kind that this version does not know: it is a newer Tuesday's, and its
 * facts are theirs to fold.
 */
export const foldOf = (stream: string): Fold<unknown> | undefined => folds.get(kindOf(stream));

/** The state after `commits`, which follow one another in the stream. */
export const foldIn = (
  fold: Fold<unknown>,
  before: unknown,
  commits: readonly Pick<Commit, 'events'>[],
): unknown =>
  commits.reduce<unknown>(
    (state, { events }) => evolveAll(fold, state, events as readonly never[]),
    before,
  );
