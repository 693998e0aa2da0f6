import type { Ec2InstanceId, EffectId } from '../../events/ids.ts';
import type { HeldReason } from '../../events/rollout.ts';
import { countedTasks } from '../fleet/countedTasks.ts';
import { tasksOn } from '../fleet/fleetView.ts';
import { identity } from '../identity.ts';
import {
  followInstance,
  followReplacement,
  goesForward,
  type InFlight,
  reasonOf,
  restore,
} from './followInstance.ts';
import { replacementFor } from './replacements.ts';
import type { StepCommand } from './rolloutCommand.ts';
import { isUntriedDrain, type Replacement, type Rollout, type Surge } from './rolloutState.ts';
import type { Sight } from './sight.ts';
import { isSurging, openEffect, type Surging } from './surgeState.ts';

type GivingBack = Extract<InFlight, { status: 'givingBack' }>;

/**
 * The next step of an instance on whose account its group is one above what it would be. Whatever
 * goes wrong, what was launched for it is given back: drained, and ended with decrement.
 */
export const followSurge = (
  rollout: Rollout,
  item: InFlight & { readonly surge: Surge },
  sight: Sight,
): readonly StepCommand[] => {
  if (item.status === 'givingBack') return followGivingBack(rollout, item, sight);
  if (!isSurging(item)) return followOverruled(rollout, item, sight);
  const isThere = sight.view.instances.has(item.containerInstanceArn);
  if (item.status === 'terminating') return followEnding(rollout, item, isThere, sight);
  if (!isThere) {
    const detail = 'it was deregistered before it was to be ended';
    return [returnSurplus(rollout, item, 'InstanceNotActive', detail, sight)];
  }
  if (item.status === 'draining' || item.status === 'drained' || item.status === 'restoring') {
    const steps = followInstance(rollout, item, sight);
    return steps.map((step) => thenGiveBack(rollout, item, step, sight));
  }
  if (!goesForward(rollout)) {
    const because = rollout.because ?? 'the rollout goes on no more';
    return [returnSurplus(rollout, item, reasonOf(rollout), because, sight)];
  }
  const steps =
    item.status === 'surging'
      ? followSurging(rollout, item, sight)
      : followInstance(rollout, item, sight);
  return steps.flatMap((step) => {
    if (step.type !== 'HaltRollout') return [thenGiveBack(rollout, item, step, sight)];
    const { detail } = step;
    return [step, returnSurplus(rollout, item, 'ReplacementOverdue', detail, sight)];
  });
};

const followSurging = (
  rollout: Rollout,
  item: Extract<Surging, { status: 'surging' }>,
  sight: Sight,
): readonly StepCommand[] => {
  const isAsked = !Object.values(rollout.effects).some(
    (effect) => effect.kind === 'surge' && effect.instances.includes(item.containerInstanceArn),
  );
  return isAsked ? followReplacement(rollout, item, sight) : [];
};

/** What would let go of an instance gives back what was launched for it first. */
const thenGiveBack = (
  rollout: Rollout,
  item: Surging,
  step: StepCommand,
  sight: Sight,
): StepCommand => {
  if (step.type === 'SkipInstance' || step.type === 'PutOffInstance') {
    return returnSurplus(rollout, item, step.reason, step.detail, sight);
  }
  if (step.type === 'RecordRestored' && item.status === 'restoring') {
    const { reason, detail } = item.because;
    return returnSurplus(rollout, item, reason, detail, sight);
  }
  return step;
};

/** It goes back to work: to end it now would leave its group one short of what is wanted. */
const followOverruled = (
  rollout: Rollout,
  item: InFlight,
  sight: Sight,
): readonly StepCommand[] => {
  const { containerInstanceArn } = item;
  const { now } = sight;
  const reason = 'DesiredCapacityConflict';
  const detail = 'somebody else has set the desired capacity of its group';
  const isThere = sight.view.instances.has(containerInstanceArn);
  if (item.status === 'terminating') return followEnding(rollout, item, isThere, sight);
  if (item.status === 'restoring' || !isThere) return followInstance(rollout, item, sight);
  if (isUntriedDrain(rollout, containerInstanceArn)) {
    return [{ type: 'PutOffInstance', containerInstanceArn, reason, detail, now }];
  }
  return [restore(rollout, item, reason, detail, sight)];
};

const followEnding = (
  rollout: Rollout,
  item: InFlight,
  isThere: boolean,
  sight: Sight,
): readonly StepCommand[] => {
  const { containerInstanceArn } = item;
  const ending = openEffect(rollout, 'terminate', containerInstanceArn);
  if (ending === undefined)
    return [{ type: 'RetireInstance', containerInstanceArn, now: sight.now }];
  if (isThere || ending.attemptedAt !== undefined || !isSurging(item)) return [];
  const detail = 'it was deregistered before it was ended';
  return [returnSurplus(rollout, item, 'InstanceNotActive', detail, sight)];
};

export const returnSurplus = (
  rollout: Rollout,
  item: Surging,
  reason: HeldReason,
  detail: string,
  { now, view }: Pick<Sight, 'now' | 'view'>,
  newcomer: Replacement | undefined = item.surge.newcomer,
): StepCommand => {
  const { containerInstanceArn } = item;
  const about = { type: 'ReturnSurplus', containerInstanceArn, reason, detail, now } as const;
  if (newcomer === undefined || !view.instances.has(newcomer.replacementArn)) return about;
  const effectId = surplusEffectId('emptySurplus', rollout, item, newcomer.replacementArn);
  return { ...about, newcomer, effectId };
};

/** The same for the same step, and another one each time that it is come to. */
const surplusEffectId = (
  kind: 'emptySurplus' | 'endSurplus' | 'keepSurplus',
  { rolloutId }: Rollout,
  { containerInstanceArn, status, since }: InFlight,
  about: string,
): EffectId =>
  identity(kind, rolloutId, containerInstanceArn, about, status, `${since}`) as EffectId;

const followGivingBack = (
  rollout: Rollout,
  item: GivingBack,
  sight: Sight,
): readonly StepCommand[] => {
  const { containerInstanceArn, phase, surge } = item;
  const { view, now } = sight;
  const settle: StepCommand = { type: 'SettleSurplus', containerInstanceArn, now };
  const newcomer = view.instances.get(surge.newcomer?.replacementArn ?? '');
  if (phase === 'ending') {
    return openEffect(rollout, 'endSurplus', containerInstanceArn) === undefined ? [settle] : [];
  }
  if (phase === 'keeping') {
    const isOpen = openEffect(rollout, 'keepSurplus', containerInstanceArn) !== undefined;
    return isOpen || newcomer?.status === 'DRAINING' ? [] : [settle];
  }
  const { reason, detail } = item.because;
  if (surge.isOverruled) {
    return surge.newcomer === undefined || newcomer === undefined
      ? [{ ...settle }]
      : [keepSurplus(rollout, item, surge.newcomer, reason, detail, sight)];
  }
  if (surge.newcomer === undefined) return findSurplus(rollout, item, sight);
  if (newcomer === undefined) {
    return [returnSurplus(rollout, item, reason, detail, sight)];
  }
  return followEmptying(rollout, item, surge.newcomer, sight);
};

const followEmptying = (
  rollout: Rollout,
  item: GivingBack,
  newcomer: Replacement,
  sight: Sight,
): readonly StepCommand[] => {
  const { containerInstanceArn, since } = item;
  const { view, now } = sight;
  const { replacementArn, replacementEc2InstanceId: ec2InstanceId } = newcomer;
  const instance = view.instances.get(replacementArn);
  const left = tasksOn(view, replacementArn);
  const counted = countedTasks(instance ?? {});
  const open = openEffect(rollout, 'emptySurplus', containerInstanceArn);
  // Somebody else has set it DRAINING: it is theirs until they give it back.
  const isTheirs = open !== undefined && open.attemptedAt === undefined;
  if (isTheirs && instance?.status === 'DRAINING') return [];
  if (open === undefined && instance?.status === 'DRAINING' && left.length + counted === 0) {
    return [endSurplus(rollout, item, ec2InstanceId, sight)];
  }
  if (now - since <= rollout.policy.drainDeadlineMs) return [];
  const groups = [...new Set(left.map(({ group }) => group))].toSorted().join(', ');
  const detail =
    `${ec2InstanceId}, launched for it, was not emptied by the deadline and stays in ` +
    `${item.surge.groupName}: ${groups || 'it did not drain'}`;
  return [keepSurplus(rollout, item, newcomer, 'SurplusNotEmptied', detail, sight)];
};

const keepSurplus = (
  rollout: Rollout,
  item: GivingBack,
  { replacementArn }: Replacement,
  reason: HeldReason,
  detail: string,
  { now }: Sight,
): StepCommand => {
  const effectId = surplusEffectId('keepSurplus', rollout, item, replacementArn);
  const { containerInstanceArn } = item;
  return { type: 'KeepSurplus', containerInstanceArn, reason, detail, effectId, now };
};

const endSurplus = (
  rollout: Rollout,
  item: GivingBack,
  ec2InstanceId: Ec2InstanceId | undefined,
  { now }: Sight,
): StepCommand => {
  const { containerInstanceArn } = item;
  const effectId = surplusEffectId('endSurplus', rollout, item, ec2InstanceId ?? 'none');
  return { type: 'EndSurplus', containerInstanceArn, ec2InstanceId, effectId, now };
};

/**
 * What was launched has not registered, or it died and another comes. A late one that registers is
 * given back like any other; one that the group has and the cluster never saw is ended as it is;
 * and where the group has launched nothing, nothing is wanted of it any more.
 */
const findSurplus = (rollout: Rollout, item: GivingBack, sight: Sight): readonly StepCommand[] => {
  const { view, capacity } = sight;
  const late = replacementFor(rollout, item, sight);
  if (late !== undefined) {
    const { containerInstanceArn: replacementArn, ec2InstanceId } = late;
    const newcomer = { replacementArn, replacementEc2InstanceId: ec2InstanceId };
    const { reason, detail } = item.because;
    return [returnSurplus(rollout, item, reason, detail, sight, newcomer)];
  }
  const known = capacity.groups[item.surge.groupName];
  const desired = rollout.groups[item.surge.groupName]?.desired;
  if (known === undefined || desired === undefined || known.observedAt <= item.since) return [];
  const coming = known.group.notInService.filter(({ lifecycleState: state }) =>
    state.startsWith('Pending'),
  );
  const members = [...known.group.inService, ...coming.map((each) => each.ec2InstanceId)];
  const registered = new Set([...view.instances.values()].map((each) => each.ec2InstanceId));
  const named = new Set(
    Object.values(rollout.effects).map((effect) =>
      effect.kind === 'endSurplus' ? effect.ec2InstanceId : undefined,
    ),
  );
  const unseen = members.filter((id) => !registered.has(id) && !named.has(id)).toSorted();
  if (unseen[0] !== undefined) return [endSurplus(rollout, item, unseen[0], sight)];
  return members.length < desired ? [endSurplus(rollout, item, undefined, sight)] : [];
};
