import type { ObservedInstance } from '../../events/fleet.ts';
import type { ContainerInstanceArn, EffectId } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import { servicesOn } from '../fleet/servicesOn.ts';
import { identity } from '../identity.ts';
import { whyNoLeave } from '../maintenance/leave.ts';
import { type Candidate, candidatesOf, isWorth } from './balancedScore.ts';
import {
  type CapacityPlan,
  type CapacityQuestion,
  held,
  type ScalingProposal,
} from './capacityQuestion.ts';
import { emptyingDesk, type Leaving } from './emptyingDesk.ts';
import { largestOfWave } from './headroom.ts';
import { whyTooFull } from './keepFree.ts';
import { whyNoScaleIn } from './restraint.ts';
import type { ScalableGroup } from './scalableGroups.ts';
import { leasedBy, scaleInDesk, scaleInLeaseId, scalingIn } from './scaleInDesk.ts';

/**
 * Whole instances whose tasks all find room elsewhere, those first that save most for what they
 * disturb. What a rollout is about to empty is reckoned as emptied too, and every instance needs a
 * lease of the one budget. Of the instances of these groups each is proposed or held, unless its
 * whole group is.
 */
export const planScaleIn = (
  question: CapacityQuestion,
  groups: readonly ScalableGroup[],
): CapacityPlan => {
  const found: Found = { proposals: [], held: [], chosen: [], tries: question.policy.triesMost };
  const emptying = emptyingDesk(question);
  const homeless = emptying.whyNoRoomAnyway(leavingWithout(question, []));
  const desk = scaleInDesk(question);
  for (const group of groups) {
    const why =
      whyNoScaleIn(group.group, question) ??
      (homeless === undefined ? undefined : held(group.name, 'TasksWaiting', homeless));
    if (why !== undefined) found.held.push(why);
    else scaleInGroup(question, group, { desk, emptying }, found);
  }
  return { proposals: found.proposals, held: found.held };
};

type Found = {
  readonly proposals: ScalingProposal[];
  readonly held: Held[];
  readonly chosen: ContainerInstanceArn[];
  tries: number;
};

type Desks = {
  readonly desk: ReturnType<typeof scaleInDesk>;
  readonly emptying: ReturnType<typeof emptyingDesk>;
};

const scaleInGroup = (
  question: CapacityQuestion,
  group: ScalableGroup,
  { desk, emptying }: Desks,
  found: Found,
): void => {
  const { policy, fleet } = question;
  let left = mayGo(question, group);
  for (const candidate of candidatesOf(fleet.view, group.instances)) {
    const { instance } = candidate;
    const arn = instance.containerInstanceArn;
    const no = (reason: Held['reason'], detail: string) =>
      found.held.push(held(arn, reason, detail));
    const cheap = whyNotCandidate(question, group, candidate);
    if (cheap !== undefined) {
      found.held.push(cheap);
    } else if (left <= 0) {
      no('StepLimit', `as many of ${group.name} as may go at once are going`);
    } else if (found.tries <= 0) {
      no('StepLimit', `${policy.triesMost} instances were tried in this look`);
    } else {
      found.tries -= 1;
      const going = [...found.chosen, arn];
      const leaving = leavingWithout(question, going);
      const why = whyTooFull(question, going) ?? emptying.whyNot(leaving, going);
      const lease = why === undefined ? desk.ask(instance) : undefined;
      if (why !== undefined) found.held.push(why);
      else if (lease === undefined || 'why' in lease) no('BudgetSpent', lease?.why ?? '');
      else {
        found.proposals.push({ lease, command: drainOf(question, group, candidate) });
        found.chosen.push(arn);
        left -= 1;
      }
    }
  }
};

/** What is being drained, and what rollouts would empty next if these were gone. */
const leavingWithout = (
  { waves, fleet }: CapacityQuestion,
  going: readonly ContainerInstanceArn[],
): Leaving => {
  const without = new Set<string>(going);
  const next = waves.flatMap((wave) => largestOfWave(fleet, wave, without));
  const draining = [...fleet.view.instances.values()]
    .filter(({ status }) => status === 'DRAINING')
    .toSorted((a, b) => (a.containerInstanceArn < b.containerInstanceArn ? -1 : 1));
  return [...draining, ...next].map(({ containerInstanceArn }) => containerInstanceArn);
};

/** How many more of a group may begin to go now. */
const mayGo = (
  question: CapacityQuestion,
  { group, desired, instances }: ScalableGroup,
): number => {
  const going = scalingIn(question);
  const underWay = instances.filter((each) => going.has(each.containerInstanceArn)).length;
  const step = Math.max(1, Math.floor((desired * question.policy.scaleInMostPercent) / 100));
  return Math.min(step, desired - group.group.minSize) - underWay;
};

const drainOf = (
  { fleet, now }: CapacityQuestion,
  { name }: ScalableGroup,
  { instance, score, tasksToMove }: Candidate,
) => {
  const { containerInstanceArn } = instance;
  const { clusterName } = fleet.view;
  return {
    type: 'DrainForScaleIn' as const,
    containerInstanceArn,
    groupName: name,
    leaseId: scaleInLeaseId(clusterName, containerInstanceArn),
    score,
    tasksToMove,
    effectId: identity('scale-in', clusterName, containerInstanceArn, `${now}`) as EffectId,
    now,
  };
};

/** What needs no look at the rest of the fleet. */
const whyNotCandidate = (
  question: CapacityQuestion,
  group: ScalableGroup,
  candidate: Candidate,
): Held | undefined => {
  const { policy, maintenance, fleet, now } = question;
  const { instance } = candidate;
  const { containerInstanceArn: arn, ec2InstanceId, registeredAt = now } = instance;
  const holder = leasedBy(question, arn);
  if (holder !== undefined) return held(arn, 'InstanceLeased', `${holder} disturbs it`);
  const inactive = whyNotActive(instance);
  if (inactive !== undefined) return held(arn, ...inactive);
  const observed = group.group.group;
  if (ec2InstanceId === undefined || !observed.inService.includes(ec2InstanceId)) {
    return held(arn, 'InstanceNotActive', `it is not in service in ${group.name}`);
  }
  if (observed.protectedFromScaleIn.includes(ec2InstanceId)) {
    return held(arn, 'ProtectedFromScaleIn', 'someone has protected it from scale-in');
  }
  if (now - registeredAt < policy.settledMs) {
    return held(arn, 'InstanceTooNew', 'it registered not long ago, and may still fill');
  }
  if (!isWorth(candidate, policy.worthK)) {
    const moves = `${candidate.tasksToMove} tasks would move`;
    return held(arn, 'NotWorthMoving', `${moves}: its score is ${candidate.score.toFixed(2)}`);
  }
  const serviceNames = servicesOn(fleet.view, arn);
  const closed = whyNoLeave(maintenance, { reason: 'scaleIn', serviceNames }, now);
  return closed && held(arn, closed.reason, closed.detail);
};

const whyNotActive = ({
  status,
  agentConnected,
}: ObservedInstance): readonly [Held['reason'], string] | undefined => {
  if (status === 'DRAINING') return ['DrainedBySomeoneElse', 'someone else has set it DRAINING'];
  if (status === 'ACTIVE' && agentConnected) return undefined;
  const agent = agentConnected ? 'connected' : 'disconnected';
  return ['InstanceNotActive', `it is ${status}, its agent ${agent}`];
};
