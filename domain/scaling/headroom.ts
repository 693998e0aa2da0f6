import type { ObservedInstance } from '../../events/fleet.ts';
import type { Held } from '../../events/rollout.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import type { PlacementTask } from '../placement/placementProblem.ts';
import { type CapacityQuestion, held, type WaveToCome } from './capacityQuestion.ts';
import { emptyInstance, movesOff } from './emptying.ts';
import type { Ground, Homeless } from './ground.ts';
import { byGroup, launchFor } from './launchFor.ts';
import { whyYield } from './restraint.ts';
import type { ScalableGroup } from './scalableGroups.ts';

/**
 * The largest instances that a wave may empty together: whichever of them it takes, those are
 * enough to find room for. `without` are on their way out for another reason: the wave goes on to
 * the next.
 */
export const largestOfWave = (
  { view }: CapacityQuestion['fleet'],
  wave: WaveToCome,
  without: ReadonlySet<string> = new Set(),
): readonly ObservedInstance[] =>
  orderOf(view)(wave)
    .filter(({ containerInstanceArn }) => !without.has(containerInstanceArn))
    .slice(0, Math.max(0, wave.atOnce));

/** Asked for every candidate of a scale-in. */
const orderOf = once((view: FleetView) =>
  once((wave: WaveToCome): readonly ObservedInstance[] =>
    wave.instances
      .flatMap((arn) => view.instances.get(arn) ?? [])
      .filter(({ status, agentConnected }) => status === 'ACTIVE' && agentConnected)
      .map((instance) => {
        const { moving } = movesOff(view, instance);
        const sum = (of: (task: PlacementTask) => number) =>
          moving.reduce((total, { placement }) => total + of(placement), 0);
        return { instance, memoryMiB: sum(memoryOf), cpu: sum(cpuOf) };
      })
      .toSorted(
        (a, b) =>
          b.memoryMiB - a.memoryMiB ||
          b.cpu - a.cpu ||
          (a.instance.containerInstanceArn < b.instance.containerInstanceArn ? -1 : 1),
      )
      .map(({ instance }) => instance),
  ),
);

const memoryOf = ({ containers }: PlacementTask): number =>
  containers.reduce((total, { memoryMiB }) => total + (memoryMiB ?? 0), 0);
const cpuOf = ({ containers }: PlacementTask): number =>
  containers.reduce((total, { cpu }) => total + cpu, 0);

/**
 * Launches in `ground` what the next wave of each rollout needs before it begins, at most one
 * instance for each that it empties: a wave of k never makes more than k of them, and the waves of
 * one rollout together no more than the largest.
 */
export const headroomForWaves = (
  question: CapacityQuestion,
  groups: readonly ScalableGroup[],
  ground: Ground,
): readonly Held[] => {
  const holds: Held[] = [];
  for (const wave of question.waves) {
    const emptied = largestOfWave(question.fleet, wave);
    const homeless = emptied.flatMap((instance) => {
      const { left, stuck } = emptyInstance(ground, question.fleet.view, instance);
      holds.push(...stuck);
      return left;
    });
    const most = Math.min(emptied.length, wave.headroomMost ?? emptied.length);
    holds.push(...forWave(question, wave, homeless, most, groups, ground));
  }
  return holds;
};

const forWave = (
  question: CapacityQuestion,
  { rolloutId }: WaveToCome,
  tasks: readonly Homeless[],
  instancesMost: number,
  groups: readonly ScalableGroup[],
  ground: Ground,
): readonly Held[] => {
  if (tasks.length === 0) return [];
  const yielding = groups.flatMap(({ group }) => whyYield(group, question) ?? []);
  const names = new Set(yielding.map(({ subject }) => subject));
  const open = groups.filter(({ name }) => !names.has(name));
  const before = launchedIn(ground);
  const isOurs = ({ capacityProviderName: name }: Homeless) =>
    name === null || groups.some(({ capacityProviderName }) => capacityProviderName === name);
  const homeless = tasks.filter(isOurs);
  const others = tasks.filter((each) => !isOurs(each)).map(({ placement }) => placement);
  const mayLaunch = ({ name, group, desired }: ScalableGroup) => {
    const { maxSize, suspendedProcesses } = group.group;
    if (suspendedProcesses.includes('Launch')) {
      return { count: 0, reason: 'LaunchSuspended' } as const;
    }
    const left = Math.max(0, maxSize - desired - (ground.launched.get(name)?.length ?? 0));
    const spare = ground.spares.get(name)?.length ?? 0;
    const reason = left <= spare ? ('AtMaximumSize' as const) : ('StepLimit' as const);
    return { count: Math.min(left, spare), reason };
  };
  const ofWaveLeft = () => Math.max(0, instancesMost - (launchedIn(ground) - before));
  const unplaced = launchFor(homeless, open, ground, mayLaunch, ofWaveLeft);
  return [
    ...yielding,
    ...byGroup(others, 'ManagedScaling', 'their capacity provider is scaled by someone else'),
    ...unplaced.map(({ subject, reason, detail }) =>
      held(rolloutId, reason, `its next wave would find no room for ${subject}: ${detail}`),
    ),
  ];
};

export const launchedIn = ({ launched }: Ground): number =>
  [...launched.values()].reduce((sum, ids) => sum + ids.length, 0);
