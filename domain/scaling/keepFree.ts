import type { ContainerInstanceArn } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import { freeOn } from '../fleet/capacity.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import { type CapacityQuestion, held } from './capacityQuestion.ts';

/**
 * Why the rest would be too full without `gone`, the last of which is asked about: a cluster packed
 * to the brim has no room for the next deployment, and would have to grow again for it.
 */
export const whyTooFull = (
  { fleet, osReserveMiB, policy }: CapacityQuestion,
  gone: readonly ContainerInstanceArn[],
): Held | undefined => {
  const leaving = new Set<string>(gone);
  const used = usedOf(fleet.view);
  const offered = { cpu: 0, memoryMiB: 0 };
  for (const instance of fleet.view.instances.values()) {
    const { registered, status, agentConnected, containerInstanceArn } = instance;
    if (status !== 'ACTIVE' || !agentConnected || leaving.has(containerInstanceArn)) continue;
    offered.cpu += registered.cpu;
    offered.memoryMiB += Math.max(0, registered.memoryMiB - osReserveMiB);
  }
  const left = Math.min(
    freePercent(used.cpu, offered.cpu),
    freePercent(used.memoryMiB, offered.memoryMiB),
  );
  if (left >= policy.keepFreePercent) return undefined;
  const least = `${policy.keepFreePercent} % are kept free`;
  const detail = `without it ${Math.max(0, Math.floor(left))} % of the cluster would be: ${least}`;
  return held(gone.at(-1) ?? '', 'HeadroomKept', detail);
};

/** Asked for every candidate of a scale-in. */
const usedOf = once((view: FleetView) => {
  const used = { cpu: 0, memoryMiB: 0 };
  for (const instance of view.instances.values()) {
    const { registered } = instance;
    const free = freeOn(view, instance, { osReserveMiB: 0 });
    used.cpu += registered.cpu - free.cpu;
    used.memoryMiB += registered.memoryMiB - free.memoryMiB;
  }
  return used;
});

const freePercent = (used: number, offered: number): number =>
  offered === 0 ? 0 : ((offered - used) / offered) * 100;
