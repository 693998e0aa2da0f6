import type { ObservedService, ObservedTaskDefinition } from '../../events/fleet.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import type { DrainQuestion, LoadBalancing } from './drainQuestion.ts';
import { stopTimeoutDefaultMs } from './taskTimes.ts';

type StopsAsRead = Required<
  Pick<DrainQuestion, 'protectedUntil' | 'loadBalancing' | 'stopTimeoutMs'>
>;

/** What AWS has told of how tasks stop, for as much of the fleet as was read. */
export const stopsAsRead = once(
  (view: FleetView): StopsAsRead => ({
    protectedUntil: view.protectedUntil,
    loadBalancing: new Map(
      [...view.services.values()].flatMap((service) => {
        const known = loadBalancingOf(service, view);
        return known === undefined ? [] : [[service.serviceArn as string, known] as const];
      }),
    ),
    stopTimeoutMs: new Map(
      [...view.taskDefinitions.values()].flatMap((definition) => {
        const known = stopTimeoutOf(definition);
        return known === undefined
          ? []
          : [[definition.taskDefinitionArn as string, known] as const];
      }),
    ),
  }),
);

const loadBalancingOf = (
  { loadBalancing }: ObservedService,
  { deregistrationDelays }: FleetView,
): LoadBalancing | undefined => {
  if (loadBalancing === undefined) return undefined;
  const { targetGroupArns, classicLoadBalancers, healthCheckGraceSeconds } = loadBalancing;
  const ofGroups = targetGroupArns.map((arn) => {
    const seconds = deregistrationDelays.get(arn);
    return seconds === undefined ? null : seconds * 1_000;
  });
  return {
    deregistrationDelaysMs: [...ofGroups, ...Array(classicLoadBalancers).fill(null)],
    healthCheckGraceMs: healthCheckGraceSeconds * 1_000,
  };
};

/**
 * Of its slowest container. A container that does not say takes the agent's, which is not read: so
 * it is known where all say so, or where one takes longer than the agent does by default.
 */
const stopTimeoutOf = ({ containers }: ObservedTaskDefinition): number | undefined => {
  const said = containers.flatMap(({ stopTimeoutSeconds }) => stopTimeoutSeconds ?? []);
  const slowest = Math.max(0, ...said) * 1_000;
  const isKnown = said.length === containers.length || slowest > stopTimeoutDefaultMs;
  return said.length > 0 && isKnown ? slowest : undefined;
};
