import { assert } from '../../assert.ts';
import type { HeldResources } from '../placementProblem.ts';
import { byId, type PackingProblem, type PackingTask } from './packing.ts';

export const dimensions = ['cpu', 'memoryMiB', 'gpus', 'networkInterfaces'] as const;

/** Tasks that no instance can tell apart. */
export type Kind = {
  /** In the order of `dimensions`. */
  readonly needs: readonly number[];
  /** See `portNumbers`. */
  readonly ports: readonly number[];
  /** `null` where no task of the group is distinct, so that the group says nothing. */
  readonly group: string | null;
  readonly isDistinct: boolean;
  readonly taskIds: readonly string[];
  /** Two that want one port, or that are distinct, are never on one instance. */
  readonly perInstanceMax: number;
};

/** TCP ports as they are, UDP ports above them. */
export const portNumbers = (held: Pick<HeldResources, 'tcpPorts' | 'udpPorts'>) => [
  ...held.tcpPorts,
  ...held.udpPorts.map((port) => port + 65_536),
];

export const wantsPortTwice = ({ needs }: PackingTask): boolean => {
  const ports = portNumbers(needs);
  return new Set(ports).size < ports.length;
};

/** In the order of the least task id of each. Tasks that want a port twice are in none. */
export const kindsOf = ({ tasks, instances }: PackingProblem): readonly Kind[] => {
  assertSound(tasks);
  const everywhere = [...tasks, ...instances.flatMap((each) => each.tasks)];
  const distinctGroups = new Set(everywhere.filter((t) => t.isDistinct).map((t) => t.group));
  const alike = new Map<string, PackingTask[]>();
  for (const task of tasks.toSorted(byId)) {
    if (wantsPortTwice(task)) continue;
    const group = distinctGroups.has(task.group) ? task.group : null;
    const ports = portNumbers(task.needs).toSorted((a, b) => a - b);
    const key = JSON.stringify([needsOf(task), ports, group, task.isDistinct]);
    const others = alike.get(key);
    if (others === undefined) alike.set(key, [task]);
    else others.push(task);
  }
  return [...alike.values()].map((same) => kindOf(same, distinctGroups));
};

const kindOf = (same: readonly PackingTask[], distinctGroups: ReadonlySet<string>): Kind => {
  const [first] = same;
  assert(first !== undefined, 'a kind has a task');
  const ports = portNumbers(first.needs);
  return {
    needs: needsOf(first),
    ports,
    group: distinctGroups.has(first.group) ? first.group : null,
    isDistinct: first.isDistinct,
    taskIds: same.map(({ id }) => id),
    perInstanceMax: ports.length > 0 || first.isDistinct ? 1 : same.length,
  };
};

const needsOf = ({ needs }: PackingTask): readonly number[] =>
  dimensions.map((each) => needs[each]);

// The bounds add needs up exactly, which only whole numbers allow.
const assertSound = (tasks: readonly PackingTask[]) => {
  assert(new Set(tasks.map(({ id }) => id)).size === tasks.length, 'a task is asked about once');
  for (const task of tasks) {
    const sound = needsOf(task).every((need) => Number.isSafeInteger(need) && need >= 0);
    assert(sound, `the needs of ${task.id} are whole numbers`);
  }
};
