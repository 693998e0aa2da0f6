import type { ObservedInstance } from '../../events/fleet.ts';
import type { ContainerInstanceArn, EffectId } from '../../events/ids.ts';
import { identity } from '../identity.ts';
import type { GrantLease } from '../maintenance/lease.ts';
import type { Rollout } from './rolloutState.ts';
import { type Hold, hold, type Proposal, type Sight } from './sight.ts';
import { surgeRoom } from './surgeGroups.ts';

type Asked = {
  readonly from: number;
  readonly room: number;
  readonly leases: GrantLease[];
  readonly instances: ContainerInstanceArn[];
};

/** Gathers what is to be asked of each group, so that it is asked once in a pass. */
export const surgeDesk = (rollout: Rollout, sight: Sight) => {
  const asked = new Map<string, Asked>();
  return {
    /** Why its group may not be asked for one more on its account. */
    whyNot: (instance: ObservedInstance): Hold | undefined => {
      const found = surgeRoom(rollout, instance, sight);
      if ('reason' in found) return found;
      const { groupName, from, room } = found;
      const joined = asked.get(groupName)?.instances.length ?? 0;
      if (joined < room) return undefined;
      const detail = `${groupName}: ${from + joined} instances are wanted, and no more may be`;
      return hold(instance.containerInstanceArn, 'AtMaximumSize', detail);
    },
    join: (instance: ObservedInstance, lease: GrantLease): void => {
      const found = surgeRoom(rollout, instance, sight);
      if ('reason' in found) return;
      const { groupName, from, room } = found;
      const group = asked.get(groupName) ?? { from, room, leases: [], instances: [] };
      group.leases.push(lease);
      group.instances.push(instance.containerInstanceArn);
      asked.set(groupName, group);
    },
    proposals: (): readonly Proposal[] =>
      [...asked].map(([groupName, { from, leases, instances }]) => ({
        leases,
        step: {
          type: 'SurgeGroup',
          groupName,
          from,
          to: from + instances.length,
          instances: instances.map((containerInstanceArn, index) => ({
            containerInstanceArn,
            leaseId: leases[index]?.leaseId as GrantLease['leaseId'],
          })),
          effectId: surgeEffectId(rollout, groupName),
          now: sight.now,
        },
      })),
  };
};

/** Another one each time that the group is asked. */
const surgeEffectId = ({ rolloutId, groups }: Rollout, groupName: string): EffectId =>
  identity('surge', rolloutId, groupName, `${groups[groupName]?.surges ?? 0}`) as EffectId;
