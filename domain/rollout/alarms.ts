import type { Instant } from '../../events/ids.ts';
import type { AlarmState } from '../../events/rolloutPolicy.ts';
import type { StepCommand } from './rolloutCommand.ts';
import type { Rollout } from './rolloutState.ts';
import { type Hold, hold, type Sight } from './sight.ts';

/** By name, as CloudWatch told them a moment ago; one that is missing is not known. */
export type Alarms = ReadonlyMap<string, AlarmState>;

/**
 * Nothing begins while an alarm of the policy is raised, or while it is not known not to be: no
 * data is no evidence that all is well.
 */
export const whyNotQuiet = (
  { policy }: Rollout,
  subject: string,
  { alarms }: Pick<Sight, 'alarms'>,
): Hold | undefined => {
  const names = policy.haltAlarms ?? [];
  const raised = names.find((name) => alarms.get(name) === 'ALARM');
  if (raised !== undefined) return hold(subject, 'AlarmRaised', `${raised} is in ALARM`);
  const unknown = names.find((name) => alarms.get(name) !== 'OK');
  if (unknown === undefined) return undefined;
  const state = alarms.get(unknown) ?? 'not to be read';
  return hold(subject, 'AlarmUnknown', `${unknown} is ${state}: that is not OK`);
};

/**
 * A rollout that has begun something halts when an alarm of its policy is raised. One that was
 * raised before anything began, since the start or since a person resumed, holds it back instead.
 */
export const haltOnAlarms = (
  rollout: Rollout,
  { alarms, now }: Pick<Sight, 'alarms' | 'now'>,
): readonly StepCommand[] => {
  if (rollout.status !== 'running' && rollout.status !== 'paused') return [];
  const raised = (rollout.policy.haltAlarms ?? []).find((name) => alarms.get(name) === 'ALARM');
  if (raised === undefined || !hasBegun(rollout)) return [];
  return [{ type: 'HaltRollout', reason: 'AlarmRaised', detail: `${raised} is in ALARM`, now }];
};

const hasBegun = ({ instances, services, startedAt, resumedAt }: Rollout): boolean => {
  const since = (resumedAt ?? startedAt ?? 0) as Instant;
  return [...Object.values(instances), ...Object.values(services)].some(
    (item) => 'since' in item && item.status !== 'skipped' && item.since >= since,
  );
};
