import type { EffectId } from '../../events/ids.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import { waitingAgain } from './moveItem.ts';
import type { Effect, GroupProgress, InstanceProgress, Rollout } from './rolloutState.ts';
import { openEffect, type Surging, shrunkBy, surgingIn } from './surgeState.ts';

export type GroupEvent = Extract<
  RolloutEvent,
  { type: 'GroupSurgeIntended' | 'GroupSurgeRefused' | 'GroupOverruled' }
>;

export const isOfGroup = (event: RolloutEvent): event is GroupEvent =>
  event.type === 'GroupSurgeIntended' ||
  event.type === 'GroupSurgeRefused' ||
  event.type === 'GroupOverruled';

export const evolveGroups = (state: Rollout, event: GroupEvent): Rollout => {
  const { groupName } = event.data;
  const before = state.groups[groupName] ?? { surges: 0 };
  switch (event.type) {
    case 'GroupSurgeIntended': {
      const { effectId, from, to, instances, intendedAt } = event.data;
      const { refused: _cured, ...rest } = before;
      const named = instances.map(({ containerInstanceArn }) => containerInstanceArn);
      const what = { kind: 'surge', groupName, from, to, instances: named } as const;
      const effects = { ...state.effects, [effectId]: { effectId, intendedAt, ...what } };
      const next = withGroup(state, groupName, { ...rest, surges: rest.surges + 1, desired: to });
      return { ...next, effects, instances: surged(state.instances, event) };
    }
    case 'GroupSurgeRefused': {
      const { reason, detail, refusedAt: at, instances } = event.data;
      const back = instances
        .flatMap((arn) => state.instances[arn] ?? [])
        .filter(({ status }) => status === 'surging')
        .map(waitingAgain);
      const desired = before.desired === undefined ? undefined : before.desired - back.length;
      const next = withItems(state, back);
      return settled(
        withGroup(next, groupName, { ...before, desired, refused: { reason, detail, at } }),
        groupName,
      );
    }
    case 'GroupOverruled': {
      const { expected, desired, overruledAt: at } = event.data;
      const detail = overruledText(groupName, expected, desired);
      const refused = { reason: 'DesiredCapacityConflict' as const, detail, at };
      const { desired: _no, ...rest } = before;
      const next = withGroup(state, groupName, { ...rest, refused });
      return overruled(next, groupName);
    }
    default:
      return event satisfies never;
  }
};

const overruledText = (groupName: string, expected: number, desired: number): string =>
  `somebody else has set the desired capacity of ${groupName} to ${desired}, not ${expected}: ` +
  'pause the rollout and resume it to go on from there';

const withGroup = (
  state: Rollout,
  groupName: string,
  { desired, ...group }: Omit<GroupProgress, 'desired'> & { readonly desired?: number | undefined },
): Rollout => ({
  ...state,
  groups: {
    ...state.groups,
    [groupName]: { ...group, ...(desired !== undefined && { desired }) },
  },
});

const withItems = (state: Rollout, items: readonly InstanceProgress[]): Rollout => ({
  ...state,
  instances: {
    ...state.instances,
    ...Object.fromEntries(items.map((item) => [item.containerInstanceArn, item])),
  },
});

const surged = (
  instances: Rollout['instances'],
  { data }: Extract<GroupEvent, { type: 'GroupSurgeIntended' }>,
): Rollout['instances'] => {
  const next = { ...instances };
  for (const { containerInstanceArn, leaseId } of data.instances) {
    const item = next[containerInstanceArn];
    if (item?.status !== 'waiting') continue;
    const surge = { groupName: data.groupName, askedAt: data.intendedAt };
    next[containerInstanceArn] = {
      ...item,
      status: 'surging',
      since: data.intendedAt,
      leaseId,
      surge,
    };
  }
  return next;
};

/**
 * Where nothing of the old instance was touched it waits again, and what was launched for it is an
 * instance of the group like any other. What was begun is marked, to be handed back; a call that
 * was made is followed to its end.
 */
const overruled = (state: Rollout, groupName: string): Rollout => {
  const items = surgingIn(state, groupName);
  const subjects = new Set<string>(items.map(({ containerInstanceArn }) => containerInstanceArn));
  const isVoid = (effect: Effect): boolean => {
    if (effect.kind === 'surge') return effect.groupName === groupName;
    if (!('containerInstanceArn' in effect)) return false;
    const isEnding = effect.kind === 'terminate' || effect.kind === 'endSurplus';
    const isOfNewcomer = effect.kind === 'prove' || effect.kind === 'emptySurplus';
    return (
      subjects.has(effect.containerInstanceArn) &&
      (isOfNewcomer || (isEnding && effect.attemptedAt === undefined))
    );
  };
  const effects = Object.entries(state.effects).filter(([, effect]) => !isVoid(effect));
  const next = withItems(
    state,
    items.map((item) => overruledItem(state, item)),
  );
  return { ...next, effects: Object.fromEntries(effects) };
};

const overruledItem = (state: Rollout, item: Surging): InstanceProgress => {
  const surge = { ...item.surge, isOverruled: true as const };
  switch (item.status) {
    case 'surging':
    case 'replaced':
    case 'proving':
    case 'proved':
      return waitingAgain(item);
    case 'terminating':
      return isMade(state, 'terminate', item)
        ? { ...item, surge }
        : { ...item, status: 'drained', surge };
    case 'givingBack':
      if (item.phase === 'ending' && isMade(state, 'endSurplus', item)) return { ...item, surge };
      return { ...item, phase: 'emptying', surge };
    default:
      return { ...item, surge };
  }
};

/** The call was made, or what it was made for is done. */
const isMade = (state: Rollout, kind: 'terminate' | 'endSurplus', item: Surging): boolean => {
  const effect = openEffect(state, kind, item.containerInstanceArn);
  return effect === undefined || effect.attemptedAt !== undefined;
};

/** One instance less is wanted of the group, where the effect that succeeded has ended one. */
export const shrinkGroup = (state: Rollout, effectId: EffectId): Rollout => {
  const groupName = shrunkBy(state, effectId);
  const group = groupName === undefined ? undefined : state.groups[groupName];
  if (groupName === undefined || group?.desired === undefined) return state;
  return withGroup(state, groupName, { ...group, desired: group.desired - 1 });
};

/** Of a group in which nothing is surplus any more the desired capacity is anybody's. */
export const settled = (state: Rollout, groupName: string): Rollout => {
  const group = state.groups[groupName];
  if (group === undefined || surgingIn(state, groupName).length > 0) return state;
  const { desired: _anybodys, ...rest } = group;
  return { ...state, groups: { ...state.groups, [groupName]: rest } };
};
