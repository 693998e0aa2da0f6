import type { PlantedBug } from '../../support/builtWithBug.ts';

const reservation = 'capacityProviderReservation.ts';
const types = 'instanceTypes.ts';
const outlook = 'managedScalingOutlook.ts';
const restraint = 'restraint.ts';
const scaleIn = 'planScaleIn.ts';
const emptying = 'emptyingDesk.ts';
const ground = 'ground.ts';

/** The cases, the audit and the swings must find every one of them (plantedBugs.test.ts). */
export const plantedBugs: readonly PlantedBug[] = [
  {
    mistake: 'groups of tasks are added up',
    file: reservation,
    right: 'Math.max(...wanted)',
    wrong: 'wanted.reduce((a, b) => a + b, 0)',
  },
  {
    mistake: 'the smallest step is not kept',
    file: reservation,
    right: 'question.minimumScalingStepSize,\n    Math.min(',
    wrong: '0,\n    Math.min(',
  },
  {
    mistake: 'from nothing the share is taken',
    file: reservation,
    right: 'running === 0 ? 200 :',
    wrong: 'running === 0 ? needed * 100 :',
  },
  {
    mistake: 'empty instances are taken off while tasks wait',
    file: reservation,
    right: 'const needed = running + step;',
    wrong: 'const needed = running - empty + step;',
  },
  {
    mistake: 'tasks that fit the largest type alone are counted',
    file: reservation,
    right: 'same.slice(0, 1), smallest',
    wrong: 'same.slice(0, 1), largest',
  },
  {
    mistake: 'instances are counted by the smallest type',
    file: reservation,
    right: 'instancesFor(same, largest)',
    wrong: 'instancesFor(same, smallest)',
  },
  {
    mistake: 'a host port is had by several tasks',
    file: types,
    right: 'isAlone ? 1 : Number.POSITIVE_INFINITY',
    wrong: 'Number.POSITIVE_INFINITY',
  },
  {
    mistake: 'an instance begun is not counted',
    file: types,
    right: 'Math.ceil(alike.length / perInstance)',
    wrong: 'Math.floor(alike.length / perInstance)',
  },
  {
    mistake: 'warm-up is not waited for',
    file: outlook,
    right: 'at !== null && at > now',
    wrong: 'at !== null && at > now + 1e12',
  },
  {
    mistake: 'ECS goes beyond the maximum',
    file: outlook,
    right: 'Math.min(wanted, group.maxSize)',
    wrong: 'wanted',
  },
  {
    mistake: 'a scale-out does not begin the alarm anew',
    file: outlook,
    right: '[belowSince, lastScaleOutAt]',
    wrong: '[belowSince]',
  },
  {
    mistake: 'old facts are acted on',
    file: restraint,
    right: 'now - observedAt > policy.staleAfterMs',
    wrong: 'now - observedAt > 1e12',
  },
  {
    mistake: 'a group that ECS scales is scaled too',
    file: restraint,
    right: "if (managed === 'on')",
    wrong: "if (managed === 'off' && now < 0)",
  },
  {
    mistake: 'nobody yields to another writer',
    file: restraint,
    right: 'now - foreign.at > policy.yieldMs',
    wrong: 'now - foreign.at > 0',
  },
  {
    mistake: 'the way back is not counted as a turn',
    file: restraint,
    right: 'question) + 1;',
    wrong: 'question);',
  },
  {
    mistake: 'there is no cooldown after a scale-out',
    file: restraint,
    right: 'now - grown.at < policy.scaleInCooldownMs',
    wrong: 'now - grown.at < 0',
  },
  {
    mistake: 'a group falls below its minimum',
    file: scaleIn,
    right: 'Math.min(step, desired - group.group.minSize)',
    wrong: 'step',
  },
  {
    mistake: 'what is going already is not counted',
    file: scaleIn,
    right: ' - underWay;',
    wrong: ';',
  },
  {
    mistake: 'someone else holds a lease on it',
    file: scaleIn,
    right: 'if (holder !== undefined)',
    wrong: 'if (holder === question.fleet.view.clusterName)',
  },
  {
    mistake: 'protection from scale-in is passed over',
    file: scaleIn,
    right: 'observed.protectedFromScaleIn.includes(ec2InstanceId)',
    wrong: 'observed.suspendedProcesses.includes(ec2InstanceId)',
  },
  {
    mistake: 'windows are not asked',
    file: scaleIn,
    right: 'return closed && held(',
    wrong: 'return closed && serviceNames.length > 99 ? undefined : undefined && held(',
  },
  {
    mistake: 'an instance that has just come is judged',
    file: scaleIn,
    right: 'now - registeredAt < policy.settledMs',
    wrong: 'now - registeredAt < 0',
  },
  {
    mistake: 'the next wave of a rollout is not reckoned with',
    file: scaleIn,
    right: '[...draining, ...next].map',
    wrong: '[...draining].map',
  },
  {
    mistake: 'a drain under way is not reckoned with',
    file: scaleIn,
    right: '[...draining, ...next].map',
    wrong: '[...next].map',
  },
  {
    mistake: 'the wave is thought to stay when one of it goes',
    file: scaleIn,
    right: 'largestOfWave(fleet, wave, without)',
    wrong: 'largestOfWave(fleet, wave, new Set([""]))',
  },
  {
    mistake: 'an instance is proposed without a lease',
    file: 'scaleInDesk.ts',
    right: 'if (why !== undefined) return { why };',
    wrong: '',
  },
  {
    mistake: 'leases granted in the same look do not count',
    file: 'scaleInDesk.ts',
    right: 'next = withLease(next, grant);',
    wrong: '',
  },
  {
    mistake: 'each instance that goes is asked about alone',
    file: emptying,
    right: '[...leaving, ...going]',
    wrong: '[...leaving, ...going.slice(-1)]',
  },
  {
    mistake: 'jobs that nobody replaces are passed over',
    file: emptying,
    right: "standalone: { type: 'protect' }",
    wrong: "standalone: { type: 'stopAfter', afterMs: 0 }",
  },
  {
    mistake: 'the memory of Windows is given to tasks',
    file: ground,
    right: 'windows: { osReserveMiB, compatibility: null }',
    wrong: 'windows: { osReserveMiB: -9_000, compatibility: null }',
  },
  {
    mistake: 'what had been placed on an instance stays there when it is emptied',
    file: ground,
    right: 'const all = [...tasks, ...passing.map(({ task }) => task)];',
    wrong: 'const all = passing.length > 99 ? [] : [...tasks];',
  },
  {
    mistake: 'a wave may launch without end',
    file: 'headroom.ts',
    right: 'Math.max(0, instancesMost - (launchedIn(ground) - before))',
    wrong: '99',
  },
  {
    mistake: 'the maximum of a group is not kept',
    file: 'planScaleOut.ts',
    right: 'Math.max(0, maxSize - desired - launched)',
    wrong: '99',
  },
  {
    mistake: 'the step of a look is not kept',
    file: 'planScaleOut.ts',
    right: 'Math.max(0, most - launched)',
    wrong: '99',
  },
  {
    mistake: 'tasks that wait do not keep instances from going',
    file: 'planCapacity.ts',
    right: 'if (isWaitedFor) return',
    wrong: 'if (isWaitedFor && coming < 0) return',
  },
  {
    mistake: 'what a drain leaves without room is nobody’s matter',
    file: 'planScaleOut.ts',
    right: '[...stranded, ...homeless]',
    wrong: '[...stranded.slice(0, 0), ...homeless]',
  },
];
