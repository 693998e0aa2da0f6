import type { EffectId } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import { identity } from '../identity.ts';
import {
  type CapacityPlan,
  type CapacityQuestion,
  held,
  type ScalingProposal,
} from './capacityQuestion.ts';
import { type Ground, groundOf } from './ground.ts';
import { headroomForWaves } from './headroom.ts';
import { planScaleIn } from './planScaleIn.ts';
import { scaleOutForTasks } from './planScaleOut.ts';
import { whyYield } from './restraint.ts';
import { type ScalableGroup, scalableGroups } from './scalableGroups.ts';

/**
 * What Tuesday does about the size of the groups that ECS does not scale, and why it does nothing
 * else. Tasks that wait come first, then the next wave of a rollout, and an instance goes only
 * where neither needs any. To be carried out in mode `drive` alone; below it, it is advice.
 */
export const planCapacity = (question: CapacityQuestion): CapacityPlan => {
  const { groups, holds } = scalableGroups(question);
  const ground = groundOf(question, groups);
  const waiting = scaleOutForTasks(question, groups, ground);
  const forTasks = countsOf(ground);
  const ofWaves = headroomForWaves(question, groups, ground);
  const raised = groups.flatMap((group) => raise(question, group, ground, forTasks));
  const reasons = new Map(
    groups.map((group) => [group.name, whyNotSmaller(group, waiting.isWaitedFor, raised)]),
  );
  const open = groups.filter(({ name }) => reasons.get(name) === undefined);
  const scaleIn = planScaleIn(question, open);
  return {
    proposals: [...raised, ...scaleIn.proposals],
    held: inOrder([
      ...holds,
      ...groups.flatMap(({ group }) => whyYield(group, question) ?? []),
      ...waiting.holds,
      ...ofWaves,
      ...[...reasons.values()].flatMap((reason) => reason ?? []),
      ...scaleIn.held,
    ]),
  };
};

type Counts = ReadonlyMap<string, number>;

const countsOf = ({ launched }: Ground): Counts =>
  new Map([...launched].map(([name, ids]) => [name, ids.length]));

const raise = (
  { now }: CapacityQuestion,
  { name, desired: from }: ScalableGroup,
  ground: Ground,
  before: Counts,
): readonly ScalingProposal[] => {
  const launched = ground.launched.get(name)?.length ?? 0;
  if (launched === 0) return [];
  const forTasks = before.get(name) ?? 0;
  const desiredCapacity = from + launched;
  const effectId = identity('scale', name, `${from}`, `${desiredCapacity}`, `${now}`) as EffectId;
  const command = {
    type: 'SetDesiredCapacity' as const,
    groupName: name,
    from,
    desiredCapacity,
    forTasks,
    forWave: launched - forTasks,
    effectId,
    now,
  };
  return [{ command }];
};

const whyNotSmaller = (
  { name, coming }: ScalableGroup,
  isWaitedFor: boolean,
  raised: readonly ScalingProposal[],
): Held | undefined => {
  if (isWaitedFor) return held(name, 'TasksWaiting', 'tasks wait for room');
  if (raised.some(({ command }) => command.type === 'SetDesiredCapacity' && command.forTasks > 0)) {
    return held(name, 'TasksWaiting', 'tasks of an instance that is being drained have no room');
  }
  if (raised.length > 0) {
    return held(name, 'RolloutUnderway', 'the next wave of a rollout needs more room');
  }
  if (coming > 0)
    return held(name, 'CapacityComing', `${coming} of its instances are on their way`);
  return undefined;
};

/** Each once: several waves may meet the same obstacle. */
const inOrder = (all: readonly Held[]): readonly Held[] => {
  const byText = new Map(all.map((each) => [JSON.stringify(each), each]));
  return [...byText.values()].toSorted(
    (a, b) =>
      compare(a.subject, b.subject) || compare(a.reason, b.reason) || compare(a.detail, b.detail),
  );
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
