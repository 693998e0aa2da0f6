import type { ObservedInstance, ObservedService } from '../../events/fleet.ts';
import { type FleetView, tasksOn } from '../fleet/fleetView.ts';

/**
 * How many tasks of `service` the instances hold or have room for, by CPU and memory alone and with
 * the memory that Windows needs kept free; without end where its task definition is not known.
 */
export const roomFor = (
  { serviceName, taskDefinitionArn }: ObservedService,
  instances: readonly ObservedInstance[],
  { view, osReserveMiB }: { readonly view: FleetView; readonly osReserveMiB: number },
): number => {
  const definition = view.taskDefinitions.get(taskDefinitionArn);
  if (definition === undefined) return Number.POSITIVE_INFINITY;
  const cpu = definition.containers.reduce((sum, each) => sum + each.cpu, 0);
  const memoryMiB = definition.containers.reduce((sum, each) => sum + (each.memoryMiB ?? 0), 0);
  const group = `service:${serviceName}`;
  return instances.reduce((sum, { containerInstanceArn, remaining }) => {
    const there = tasksOn(view, containerInstanceArn).filter((task) => task.group === group);
    const free = Math.min(
      times(remaining.cpu, cpu),
      times(remaining.memoryMiB - osReserveMiB, memoryMiB),
    );
    return sum + there.length + free;
  }, 0);
};

const times = (amount: number, each: number): number =>
  each === 0 ? Number.POSITIVE_INFINITY : Math.max(0, Math.floor(amount / each));
