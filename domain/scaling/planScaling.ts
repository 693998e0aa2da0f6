import type { Instant } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import type { StartDrain } from '../draining/drainCommand.ts';
import { type CapacityPlan, held, type ScalingCommand } from './capacityQuestion.ts';
import type { CapacityState } from './clusterCapacity.ts';
import type { DesiredCommand } from './desiredCapacity.ts';
import { planCapacity } from './planCapacity.ts';
import { desiredOf } from './restraint.ts';
import { questionOf, type ScalingSight, scaleInDrains } from './scalingSight.ts';

/** What is carried out of a plan, and what stands against the rest. */
export type ScalingSteps = {
  readonly sizes: readonly Extract<
    DesiredCommand,
    { type: 'SetDesiredCapacity' | 'ForeseeDecrement' }
  >[];
  readonly drains: readonly StartDrain[];
  readonly held: readonly Held[];
};

/** An instance that has not emptied by then takes tasks again. */
const drainDeadlineMs = 60 * 60_000;

/** What was not set is meant again after three sweeps, which may have shown why. */
const againAfterMs = 15 * 60_000;

const actor = 'tuesday';

/**
 * What follows from the plan of sizes under the policy of the operator: of a command that it does
 * not allow, and of one that a rollout stands against, there is a hold instead. Scale-in is a drain
 * that ends its instance with decrement; it gets its lease when it begins, of the one ledger.
 */
export const planScaling = (sight: ScalingSight): ScalingSteps => {
  const plan = planCapacity(questionOf(sight));
  const commands = plan.proposals.map(({ command }) => command);
  const judged = commands.map((command) => ({ command, why: whyNot(command, sight) }));
  const allowed = judged.filter(({ why }) => why === undefined).map(({ command }) => command);
  return {
    sizes: [
      ...decrements(sight),
      ...allowed.flatMap((command) =>
        command.type === 'SetDesiredCapacity' ? sizeOf(command, sight.capacity) : [],
      ),
    ],
    drains: allowed.flatMap((command) =>
      command.type === 'DrainForScaleIn' ? drainOf(command, sight) : [],
    ),
    held: inOrder(
      plan,
      judged.flatMap(({ why }) => why ?? []),
    ),
  };
};

const whyNot = (command: ScalingCommand, sight: ScalingSight): Held | undefined => {
  const { policy } = sight.desired;
  const { groupName } = command;
  const surging = sight.rollouts.find(({ groups }) => groups.includes(groupName));
  if (command.type === 'SetDesiredCapacity') {
    if (!policy.scaleOut) return held(groupName, 'ScalingOff', 'the policy has scale-out off');
    const detail = `${surging?.rolloutId} sets its size while it surges`;
    if (surging !== undefined) return held(groupName, 'RolloutUnderway', detail);
    const failed = sight.desired.failed[groupName];
    return failed && sight.now - failed.at < againAfterMs ? failed.held : undefined;
  }
  const subject = command.containerInstanceArn;
  if (!policy.scaleIn) return held(subject, 'ScalingOff', 'the policy has scale-in off');
  const [rollout] = sight.rollouts;
  if (rollout !== undefined) {
    return held(subject, 'RolloutUnderway', `${rollout.rolloutId} may need its room`);
  }
  const waiting = scaleInDrains(sight).filter(({ status }) => status === 'waiting').length;
  const detail = `${waiting} drains for scale-in wait for their lease`;
  return waiting > 0 ? held(subject, 'StepLimit', detail) : undefined;
};

const sizeOf = (
  command: Extract<ScalingCommand, { type: 'SetDesiredCapacity' }>,
  { groups }: CapacityState,
): readonly Extract<DesiredCommand, { type: 'SetDesiredCapacity' }>[] => {
  const { groupName, from, desiredCapacity: to, forTasks, forWave, effectId, now } = command;
  const group = groups[groupName]?.group;
  if (group === undefined) return [];
  const intent = { groupName, from, to, forTasks, forWave, effectId };
  return [{ type: 'SetDesiredCapacity', ...intent, group, now }];
};

const drainOf = (
  {
    containerInstanceArn,
    groupName,
    score,
    tasksToMove,
    now,
  }: Extract<ScalingCommand, { type: 'DrainForScaleIn' }>,
  { fleet, mode }: ScalingSight,
): readonly StartDrain[] => {
  const instance = fleet.view.instances.get(containerInstanceArn);
  if (instance?.ec2InstanceId === undefined) return [];
  return [
    {
      type: 'StartDrain',
      clusterName: fleet.view.clusterName,
      containerInstanceArn,
      ec2InstanceId: instance.ec2InstanceId,
      reason: 'scaleIn',
      actor,
      because: `${groupName} can do without it: ${tasksToMove} tasks move, ${score.toFixed(2)}`,
      deadlineAt: (now + drainDeadlineMs) as Instant,
      atDeadline: 'restore',
      standalone: { type: 'protect' },
      andThen: 'terminate',
      mode,
      instanceStatus: instance.status,
      lasting: [],
      now,
    },
  ];
};

/** Told before the termination, so that what it does to the group is not taken for another's. */
const decrements = (
  sight: ScalingSight,
): readonly Extract<DesiredCommand, { type: 'ForeseeDecrement' }>[] => {
  const { capacity, desired, now } = sight;
  const going = new Map<string, number>();
  return scaleInDrains(sight)
    .filter(({ status }) => status === 'drained' || status === 'terminating')
    .filter(({ containerInstanceArn: arn }) =>
      desired.meant.every((each) => each.containerInstanceArn !== arn),
    )
    .flatMap(({ containerInstanceArn, ec2InstanceId }) => {
      const known = Object.values(capacity.groups).find(
        ({ group }) =>
          group.inService.includes(ec2InstanceId) ||
          group.notInService.some((each) => each.ec2InstanceId === ec2InstanceId),
      );
      if (known === undefined) return [];
      const groupName = known.group.name;
      const before = going.get(groupName) ?? 0;
      going.set(groupName, before + 1);
      const from = desiredOf(known, { intents: desired.meant }) - before;
      if (from < 1) return [];
      const step = { groupName, containerInstanceArn, from, to: from - 1, now };
      return [{ type: 'ForeseeDecrement', ...step } as const];
    });
};

const inOrder = (plan: CapacityPlan, more: readonly Held[]): readonly Held[] =>
  [...plan.held, ...more].toSorted(
    (a, b) => compare(a.subject, b.subject) || compare(a.reason, b.reason),
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
