import type { Held } from '../../events/rollout.ts';
import { type CapacityQuestion, held } from './capacityQuestion.ts';
import { emptyInstance } from './emptying.ts';
import { type Ground, type Homeless, isComing, placeHomeless } from './ground.ts';
import { byGroup, launchFor } from './launchFor.ts';
import type { ScalableGroup } from './scalableGroups.ts';
import { waitingTasks } from './waitingTasks.ts';

/**
 * Launches in `ground` what tasks need that wait and have room nowhere, neither on what is there
 * nor on what is on its way; and what tasks need whose instance is being drained, whoever drains
 * it: a drain hangs where no replacement fits (containers-roadmap#2467). Whoever waits for a
 * capacity provider that is not Tuesday's to scale is left to whoever scales it.
 */
export const scaleOutForTasks = (
  question: CapacityQuestion,
  groups: readonly ScalableGroup[],
  ground: Ground,
): { readonly holds: readonly Held[]; readonly isWaitedFor: boolean } => {
  const { waiting, unaskable } = waitingTasks(question.fleet.view);
  const own = waiting.filter((each) => isOurs(each, groups));
  const others = waiting.filter((each) => !isOurs(each, groups)).map(({ placement }) => placement);
  const stranded = leaveDraining(question, ground).filter((each) => isOurs(each, groups));
  const homeless = placeHomeless(ground, own);
  const refused = new Set(homeless);
  // Tasks that leave an instance wait for those on their way as much as tasks that are nowhere.
  const coming = [...ground.placed.values()]
    .filter(({ task, on }) => isComing(on) && !refused.has(task))
    .map(({ task }) => task.placement);
  const holds = [
    ...unaskable.map(({ subject, reason, detail }) => held(subject, reason, detail)),
    ...byGroup(others, 'ManagedScaling', 'their capacity provider is scaled by someone else'),
    ...byGroup(coming, 'CapacityComing', 'instances for them are on their way'),
    ...launchFor([...stranded, ...homeless], groups, ground, mayLaunch(question, ground)),
  ];
  return { holds, isWaitedFor: own.length + unaskable.length > 0 };
};

/** Tasks on instances that are being drained, for which there is no room. */
const leaveDraining = ({ fleet }: CapacityQuestion, ground: Ground): readonly Homeless[] =>
  [...fleet.view.instances.values()]
    .filter(({ status }) => status === 'DRAINING')
    .toSorted((a, b) => (a.containerInstanceArn < b.containerInstanceArn ? -1 : 1))
    .flatMap((instance) => emptyInstance(ground, fleet.view, instance).left);

const isOurs = ({ capacityProviderName: name }: Homeless, groups: readonly ScalableGroup[]) =>
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
