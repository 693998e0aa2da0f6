import type { ObservedInstance } from '../../events/fleet.ts';
import { deploymentBounds } from '../service/deploymentBounds.ts';
import type { InstanceOutcome, ServiceOutcome, Span, TaskFate } from './drainPlan.ts';
import { type Estimate, latest, noTime, plus } from './estimateDrain.ts';
import type { Judged } from './judgeTask.ts';
import type { ServiceDrain } from './serviceInDrain.ts';
import { stopTimeoutDefaultMs } from './taskTimes.ts';

/** Of each instance, in the order in which they were asked about. */
export const instanceOutcomes = (
  asked: readonly ObservedInstance[],
  fates: readonly TaskFate[],
): readonly InstanceOutcome[] => {
  const byInstance = Map.groupBy(fates, ({ containerInstanceArn }) => containerInstanceArn);
  return asked.map(({ containerInstanceArn }) => {
    const own = byInstance.get(containerInstanceArn) ?? [];
    const count = (outcome: TaskFate['outcome']) =>
      own.filter((fate) => fate.outcome === outcome).length;
    return {
      containerInstanceArn,
      moved: count('moved'),
      ends: count('ends'),
      stays: count('stays'),
      emptyAfter: emptyAfter(own),
    };
  });
};

/** Daemons are stopped last (ECS Developer Guide, container-instance-draining). */
const emptyAfter = (fates: readonly TaskFate[]): Span | null => {
  let after = noTime;
  let hasDaemon = false;
  for (const fate of fates) {
    if (fate.outcome === 'stays') return null;
    if (fate.leavesAfter === null) hasDaemon = true;
    else after = latest(after, fate.leavesAfter);
  }
  return hasDaemon ? plus(after, { low: 0, high: stopTimeoutDefaultMs }) : after;
};

export const emptyTogether = (instances: readonly InstanceOutcome[]): Span | null => {
  let after = noTime;
  for (const { emptyAfter: own } of instances) {
    if (own === null) return null;
    after = latest(after, own);
  }
  return after;
};

/** Of each service that has a task among `told`, whatever becomes of it. */
export const serviceOutcomes = (
  drains: readonly ServiceDrain[],
  estimate: Estimate,
  told: readonly Judged[],
  fates: readonly TaskFate[],
): readonly ServiceOutcome[] => {
  const groups = new Set(told.map(({ task }) => task.group));
  const shortOf = Map.groupBy(
    fates.filter((fate) => fate.outcome === 'ends' && fate.because === 'NoCapacity'),
    ({ group }) => group,
  );
  return drains
    .map((drain, place) => ({ ...drain, wholeAfter: estimate.wholeAfter[place] ?? noTime }))
    .filter(({ service }) => groups.has(`service:${service.serviceName}`))
    .map(({ service, running, waves, wholeAfter }) => {
      const { serviceArn, serviceName, desiredCount } = service;
      const { lower, upper } = deploymentBounds(service);
      const { lowest } = waves;
      const lowestPercent = desiredCount === 0 ? 100 : Math.floor((lowest * 100) / desiredCount);
      const bounds = { lowerBound: lower, upperBound: upper };
      const short = shortOf.get(`service:${serviceName}`)?.length ?? 0;
      const goes = {
        running,
        lowest,
        lowestPercent,
        ...bounds,
        waves: waves.waves.length,
        short,
        wholeAfter,
      };
      return { serviceArn, serviceName, desiredCount, ...goes };
    });
};
