import type { FleetEvent, ObservedInstance } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import { valueIn } from './buckets.ts';
import type { FleetShardState, InstanceRecord } from './fleetShardState.ts';
import type { Observation } from './observation.ts';
import { isSame } from './sameRecord.ts';
import { buriedVersion, mayBeDropped } from './tombstones.ts';

type InstanceObservation = Extract<Observation, { kind: 'instance' }>;

/**
 * A newer `version` replaces what was known (ECS Developer Guide, ecs_cwe_events: duplicates carry
 * the same version, and order is not kept). `INACTIVE` ends the instance, and an older event does
 * not bring it back.
 */
export const observeInstance = (
  observation: InstanceObservation,
  state: FleetShardState,
  now: Instant,
): readonly FleetEvent[] => {
  const { instance, from, at } = observation;
  const { containerInstanceArn, version } = instance;
  const known = valueIn(state.instances, containerInstanceArn);
  const buried = buriedVersion(state.deregistered, containerInstanceArn);
  const unknown = known === undefined && buried === undefined;
  if (unknown && from === 'event' && mayBeDropped(state.deregistered, at)) return [];
  const lastVersion = Math.max(known?.instance.version ?? -1, buried ?? -1);
  if (instance.status === 'INACTIVE') {
    if (version <= lastVersion) return [];
    return [
      { type: 'InstanceDeregistered', data: { containerInstanceArn, version, observedAt: now } },
    ];
  }
  if (version > lastVersion) {
    const next = { ...constantsOf(known?.instance), ...instance };
    return [observed({ ...next, ...drainingOf(instance, known?.instance) }, from, now)];
  }
  if (known === undefined) return [];
  return [...lateDraining(instance, known, now), ...completed(observation, known, now)];
};

/** An event that comes late changes nothing but this: it was DRAINING before. */
const lateDraining = (
  { containerInstanceArn, status, version }: ObservedInstance,
  { instance: known }: InstanceRecord,
  observedAt: Instant,
): readonly FleetEvent[] =>
  status === 'DRAINING' && version < known.version && version > (known.drainingVersion ?? -1)
    ? [{ type: 'InstanceWasDraining', data: { containerInstanceArn, version, observedAt } }]
    : [];

/**
 * An observation that is not newer may still tell what never changes and was not yet known: events
 * name no capacity provider. And a description of the same version may differ in its attributes,
 * because `PutAttributes` is not among the changes that ECS says raise the version; of two such
 * descriptions the later one wins.
 */
const completed = (
  { instance, from }: InstanceObservation,
  known: InstanceRecord,
  now: Instant,
): readonly FleetEvent[] => {
  const redescribed =
    from === 'describe' &&
    instance.version === known.instance.version &&
    (known.describedAt === undefined || now > known.describedAt);
  const constants = { ...constantsOf(instance), ...constantsOf(known.instance) };
  const described = { ...instance, ...drainingOf(instance, known.instance) };
  const next = { ...(redescribed ? described : known.instance), ...constants };
  return isSame(next, known.instance) ? [] : [observed(next, from, now)];
};

/**
 * The highest version at which it was seen DRAINING, also by an event that comes late: ACTIVE at a
 * higher one means that somebody has taken it back since.
 */
const drainingOf = (
  seen: ObservedInstance,
  known: ObservedInstance | undefined,
): Pick<ObservedInstance, 'drainingVersion'> => {
  const here = seen.status === 'DRAINING' ? seen.version : -1;
  const drainingVersion = Math.max(here, known?.drainingVersion ?? -1);
  return drainingVersion < 0 ? {} : { drainingVersion };
};

/** What an instance keeps for life. */
const constantsOf = (
  instance: ObservedInstance | undefined,
): Pick<ObservedInstance, 'capacityProviderName' | 'registeredAt'> => ({
  ...(instance?.capacityProviderName === undefined
    ? {}
    : { capacityProviderName: instance.capacityProviderName }),
  ...(instance?.registeredAt === undefined ? {} : { registeredAt: instance.registeredAt }),
});

const observed = (
  instance: ObservedInstance,
  from: InstanceObservation['from'],
  observedAt: Instant,
): FleetEvent => ({ type: 'InstanceObserved', data: { instance, from, observedAt } });
