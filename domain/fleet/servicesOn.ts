import { once } from '../once.ts';
import { type FleetView, tasksOn } from './fleetView.ts';

const servicePrefix = 'service:';

/** Names of the services that have tasks on an instance, in order. */
export const servicesOn = (view: FleetView, containerInstanceArn: string): readonly string[] => {
  const known = knownOf(view);
  const found =
    known.get(containerInstanceArn) ??
    [...new Set(tasksOn(view, containerInstanceArn).map(({ group }) => group))]
      .filter((group) => group.startsWith(servicePrefix))
      .map((group) => group.slice(servicePrefix.length))
      .toSorted();
  known.set(containerInstanceArn, found);
  return found;
};

const knownOf = once((_view: FleetView) => new Map<string, readonly string[]>());
