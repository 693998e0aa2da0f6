import type { Held } from '../../events/rollout.ts';
import { type CapacityQuestion, held } from './capacityQuestion.ts';
import { type Ground, isComing, placeHomeless } from './ground.ts';
import { byGroup, launchFor } from './launchFor.ts';
import type { ScalableGroup } from './scalableGroups.ts';
import { type WaitingTask, waitingTasks } from './waitingTasks.ts';

/**
 * Launches in `ground` what tasks need that wait and have room nowhere, neither on what is there
 * nor on what is on its way. Whoever waits for a capacity provider that is not Tuesday's to scale
 * is left to whoever scales it.
 */
export const scaleOutForTasks = (
  question: CapacityQuestion,
  groups: readonly ScalableGroup[],
  ground: Ground,
): { readonly holds: readonly Held[]; readonly isWaitedFor: boolean } => {
  const { waiting, unaskable } = waitingTasks(question.fleet.view);
  const own = waiting.filter((each) => isOurs(each, groups));
  const others = waiting.filter((each) => !isOurs(each, groups)).map(({ placement }) => placement);
  const homeless = placeHomeless(ground, own);
  const refused = new Set(homeless);
  const placed = own.filter((each) => !refused.has(each)).map(({ placement }) => placement);
  const coming = placed.filter(({ id }) => isComing(ground.placedOn.get(id) ?? ''));
  const holds = [
    ...unaskable.map(({ subject, reason, detail }) => held(subject, reason, detail)),
    ...byGroup(others, 'ManagedScaling', 'their capacity provider is scaled by someone else'),
    ...byGroup(coming, 'CapacityComing', 'instances for them are on their way'),
    ...launchFor(homeless, groups, ground, mayLaunch(question, ground)),
  ];
  return { holds, isWaitedFor: own.length + unaskable.length > 0 };
};

const isOurs = ({ capacityProviderName: name }: WaitingTask, groups: readonly ScalableGroup[]) =>
  name === null || groups.some(({ capacityProviderName }) => capacityProviderName === name);

/** How many more of a group may be launched in this look. */
const mayLaunch =
  ({ policy }: CapacityQuestion, ground: Ground, most = policy.launchesMost) =>
  ({ name, group, desired }: ScalableGroup) => {
    const launched = ground.launched.get(name)?.length ?? 0;
    const { maxSize, suspendedProcesses } = group.group;
    if (suspendedProcesses.includes('Launch')) {
      return { count: 0, reason: 'LaunchSuspended' as const };
    }
    const left = Math.max(0, maxSize - desired - launched);
    const step = Math.max(0, most - launched);
    const reason = left <= step ? ('AtMaximumSize' as const) : ('StepLimit' as const);
    return { count: Math.min(left, step), reason };
  };
