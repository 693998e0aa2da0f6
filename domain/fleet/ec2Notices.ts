import type { Ec2Event } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import type { Decider } from '../decider.ts';
import { type Buckets, entriesOf, type Own, valueIn, withoutValues, withValue } from './buckets.ts';

/** Told by EC2 and Auto Scaling about one EC2 instance: the newest of each kind. */
export type Ec2Notices = {
  readonly interruption?: Notice & { readonly action: string };
  readonly rebalance?: Notice;
  readonly state?: Notice & { readonly state: string };
  /** `since` the first of the looks that found nothing, `at` the last one. */
  readonly notFound?: Notice & { readonly since: Instant };
  readonly terminationHook?: Notice & {
    readonly autoScalingGroupName: string;
    readonly lifecycleHookName: string;
    readonly lifecycleActionToken: string;
  };
};

type Notice = { readonly eventId: string; readonly at: Instant };

export type Ec2NoticesState = {
  readonly byInstance: Buckets<Ec2Notices>;
  /** How many there are in `byInstance`. */
  readonly instances: number;
};

/**
 * These events name no cluster and are delivered at best effort; whoever acts looks at the instance
 * itself first.
 */
export type RecordNotices = {
  readonly type: 'RecordNotices';
  readonly notices: readonly Ec2Event[];
};

/** An EC2 instance id is never used again, so those silent for longest are let go. */
const instancesMax = 2_000;

const decide = (command: RecordNotices, state: Ec2NoticesState): readonly Ec2Event[] => {
  switch (command.type) {
    case 'RecordNotices':
      return recordNotices(command, state);
    default:
      return command.type satisfies never;
  }
};

const recordNotices = ({ notices }: RecordNotices, before: Ec2NoticesState) => {
  const facts: Ec2Event[] = [];
  const own: Own = new Set();
  let state = before;
  for (const notice of notices) {
    if (!isNewer(notice, state)) continue;
    facts.push(notice);
    state = evolve(state, notice, own);
  }
  return facts;
};

/**
 * Of two notices of a kind the later one stands; at the same second the further state, then the
 * greater event id. The same id is the same notice, though its moment may differ: where AWS gives
 * none, that of its arrival stands.
 */
const isNewer = (notice: Ec2Event, state: Ec2NoticesState): boolean => {
  const known = slotOf(notice, valueIn(state.byInstance, notice.data.ec2InstanceId) ?? {});
  if (known === undefined) return true;
  if (known.eventId === notice.data.eventId) return false;
  const at = momentOf(notice);
  if (at !== known.at) return at > known.at;
  const further = lifeOf(notice.type === 'Ec2StateChanged' ? notice.data.state : '');
  const knownLife = lifeOf('state' in known ? String(known.state) : '');
  if (further !== knownLife) return further > knownLife;
  return notice.data.eventId > known.eventId;
};

const slotOf = (notice: Ec2Event, known: Ec2Notices): Notice | undefined => {
  switch (notice.type) {
    case 'InterruptionNoticed':
      return known.interruption;
    case 'RebalanceRecommended':
      return known.rebalance;
    case 'Ec2StateChanged':
      return known.state;
    case 'Ec2InstanceNotFound':
      return known.notFound;
    case 'TerminationHookBegan':
      return known.terminationHook;
    default:
      return notice satisfies never;
  }
};

/**
 * EC2's `time` has whole seconds, and two changes may share one (EC2 User Guide,
 * ec2-instance-lifecycle).
 */
const lifeOf = (state: string): number =>
  ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'].indexOf(state);

const momentOf = (notice: Ec2Event): Instant => {
  switch (notice.type) {
    case 'InterruptionNoticed':
      return notice.data.noticedAt;
    case 'RebalanceRecommended':
      return notice.data.recommendedAt;
    case 'Ec2StateChanged':
      return notice.data.changedAt;
    case 'Ec2InstanceNotFound':
      return notice.data.notFoundAt;
    case 'TerminationHookBegan':
      return notice.data.beganAt;
    default:
      return notice satisfies never;
  }
};

const evolve = (state: Ec2NoticesState, notice: Ec2Event, own?: Own): Ec2NoticesState => {
  const { ec2InstanceId } = notice.data;
  const known = valueIn(state.byInstance, ec2InstanceId);
  const notices = { ...stillHolding(known, notice), ...asNotices(notice, known) };
  return newest({
    byInstance: withValue(state.byInstance, ec2InstanceId, notices, own),
    instances: state.instances + (known === undefined ? 1 : 0),
  });
};

/** What is found again was not gone. */
const stillHolding = (known: Ec2Notices = {}, notice: Ec2Event): Ec2Notices => {
  if (notice.type !== 'Ec2StateChanged') return known;
  const { notFound: _found, ...rest } = known;
  return rest;
};

const asNotices = (notice: Ec2Event, known: Ec2Notices = {}): Ec2Notices => {
  const told = { eventId: notice.data.eventId, at: momentOf(notice) };
  switch (notice.type) {
    case 'InterruptionNoticed':
      return { interruption: { ...told, action: notice.data.action } };
    case 'RebalanceRecommended':
      return { rebalance: told };
    case 'Ec2StateChanged':
      return { state: { ...told, state: notice.data.state } };
    case 'Ec2InstanceNotFound':
      return { notFound: { ...told, since: known.notFound?.since ?? told.at } };
    case 'TerminationHookBegan': {
      const { autoScalingGroupName, lifecycleHookName, lifecycleActionToken } = notice.data;
      return {
        terminationHook: { ...told, autoScalingGroupName, lifecycleHookName, lifecycleActionToken },
      };
    }
    default:
      return notice satisfies never;
  }
};

const newest = (state: Ec2NoticesState): Ec2NoticesState => {
  if (state.instances <= instancesMax) return state;
  const [silent] = entriesOf(state.byInstance)
    .map(([id, notices]) => ({ id, at: lastAt(notices) }))
    .toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return {
    byInstance: withoutValues(state.byInstance, silent === undefined ? [] : [silent.id]),
    instances: state.instances - 1,
  };
};

const lastAt = (notices: Ec2Notices): number =>
  Math.max(0, ...Object.values(notices).map(({ at }) => at));

export const ec2Notices: Decider<Ec2NoticesState, RecordNotices, Ec2Event> = {
  stateShape: 'ec2Notices/3',
  initialState: { byInstance: {}, instances: 0 },
  decide,
  evolve: (state, notice) => evolve(state, notice),
  evolveAll: (state, notices) => {
    const own: Own = new Set();
    return notices.reduce((known, notice) => evolve(known, notice, own), state);
  },
};
