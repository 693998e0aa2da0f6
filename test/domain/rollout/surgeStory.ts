import type { Sight } from '../../../domain/rollout/sight.ts';
import type { ContainerInstanceArn, Instant } from '../../../events/ids.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import type { ObservedAutoScalingGroup } from '../../../events/scaling.ts';
import { at, ec2Id, instanceArn, taskArn } from '../../support/fleetBuilder.ts';
import { effectId, happened, heldInstance, rolloutAfter } from './rolloutBuilder.ts';

// An instance that is replaced by one launched before it goes.

export const groupName = 'shop-2022';

/** Of the instances named; one more may be launched. */
export const aGroup = (
  names: readonly string[],
  fields: Partial<ObservedAutoScalingGroup> = {},
): ObservedAutoScalingGroup => ({
  name: groupName,
  arn: `arn:aws:autoscaling:eu-west-1:1:autoScalingGroup:1:x/${groupName}`,
  desiredCapacity: names.length,
  minSize: 0,
  maxSize: names.length + 1,
  weighted: false,
  suspendedProcesses: [],
  instanceRefreshUnderway: false,
  inService: names.map(ec2Id),
  notInService: [],
  protectedFromScaleIn: [],
  ...fields,
});

export const capacityOf = (
  group: ObservedAutoScalingGroup,
  observedAt: Instant = at(9),
): Pick<Sight, 'capacity'> => ({
  capacity: { groups: { [group.name]: { group, observedAt } }, providers: {} },
});

const about = (name: string) => ({ containerInstanceArn: instanceArn(name) });

export const surgeIntended = (
  names: readonly string[] = ['a'],
  { from = 1, minute = 2 }: { readonly from?: number; readonly minute?: number } = {},
): RolloutEvent => ({
  type: 'GroupSurgeIntended',
  data: {
    groupName,
    from,
    to: from + names.length,
    instances: names.map((name) => ({
      ...about(name),
      leaseId: heldInstance(name).leaseId as never,
    })),
    effectId: effectId(`surge-${minute}`),
    intendedAt: at(minute),
  },
});

export const proved = (name = 'a', minute = 22): RolloutEvent => ({
  type: 'InstanceProved',
  data: {
    ...about(name),
    taskArn: taskArn('canary'),
    provedAt: at(minute),
  },
});

/** Up to a newcomer that is proved: nothing of the old one is touched yet. */
export const newcomerProved = (name = 'a', by = 'a2'): readonly RolloutEvent[] => [
  surgeIntended([name]),
  happened.succeeded('surge-2', 3),
  happened.replaced(name, by, 12),
  happened.proofIntended(name, 13),
  happened.succeeded(`prove-${name}`, 13),
  proved(name, 15),
];

/** Up to the call that ends the old one, which has been made. */
export const oldEnded = (name = 'a'): readonly RolloutEvent[] => [
  ...newcomerProved(name),
  happened.drainIntended(name, 16),
  happened.succeeded(`drain-${name}`, 16),
  happened.drained(name, 20),
  happened.terminationIntended(name, 21),
  happened.succeeded(`terminate-${name}`, 22),
];

export const returnIntended = (
  name = 'a',
  newcomer: string | undefined = undefined,
  minute = 30,
): RolloutEvent => ({
  type: 'SurplusReturnIntended',
  data: {
    ...about(name),
    reason: 'ReplacementOverdue',
    detail: 'nothing registered',
    intendedAt: at(minute),
    ...(newcomer !== undefined && {
      newcomer: {
        replacementArn: instanceArn(newcomer),
        replacementEc2InstanceId: ec2Id(newcomer),
      },
      effectId: effectId('empty-a'),
    }),
  },
});

export const endIntended = (name = 'a', of = 'a2', minute = 40): RolloutEvent => ({
  type: 'SurplusEndIntended',
  data: {
    ...about(name),
    ec2InstanceId: ec2Id(of),
    effectId: effectId('end-a'),
    intendedAt: at(minute),
  },
});

export const overruled = (desired = 1, minute = 25): RolloutEvent => ({
  type: 'GroupOverruled',
  data: { groupName, expected: 2, desired, overruledAt: at(minute) },
});

export const arnOf = (name: string): ContainerInstanceArn => instanceArn(name);

export const bySurge = (...past: readonly RolloutEvent[]) =>
  rolloutAfter(
    { instances: ['a'], policy: { replacement: 'surge', canaryFamily: 'canary' } },
    happened.started(),
    happened.learnt(),
    ...past,
  );
