import type {
  HeldResources,
  PlacementInstance,
  PlacementRules,
  PlacementTask,
  RunningTask,
} from '../placementProblem.ts';
import { isCountedPort, keptTcpPorts, taskRolePort } from '../requirement.ts';

/**
 * The instances of a problem, one column for each thing that a rule or a strategy asks about. A
 * *slot* is the place of an instance in the order of the ids, so that the lesser slot is the lesser
 * id.
 */
export type Columns = {
  readonly slotOf: ReadonlyMap<string, number>;
  readonly rules: PlacementRules;
  /** What was told last; its `remaining` and `tasks` are those of that moment. */
  readonly instances: PlacementInstance[];
  readonly cpu: Float64Array;
  readonly memoryMiB: Float64Array;
  readonly gpus: Float64Array;
  readonly networkInterfaces: Float64Array;
  /** `undefined` where none is taken, as on most. */
  readonly tcpPorts: (Set<number> | undefined)[];
  readonly udpPorts: (Set<number> | undefined)[];
  /** Ports that count towards the limit of 100, those of the agent among them. */
  readonly countedPorts: Float64Array;
  readonly tasks: RunningTask[][];
  /** Placed by the index since the instance was told; what each holds its question says. */
  readonly placed: PlacementTask[][];
  readonly changes: Changes;
};

/**
 * Slots in the order of their last change, so that a reader who knows the state of some moment sees
 * each slot that changed since once, however often it did.
 */
export type Changes = {
  moment: number;
  newest: number;
  readonly newer: Int32Array;
  readonly older: Int32Array;
  readonly changedAt: Float64Array;
  /** When something other than its resources, ports and tasks changed. */
  readonly factsChangedAt: Float64Array;
};

export const columnsOf = (
  instances: readonly PlacementInstance[],
  rules: PlacementRules,
): Columns => {
  const sorted = instances.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const count = sorted.length;
  const columns: Columns = {
    slotOf: new Map(sorted.map(({ id }, slot) => [id, slot])),
    rules,
    instances: sorted,
    cpu: new Float64Array(count),
    memoryMiB: new Float64Array(count),
    gpus: new Float64Array(count),
    networkInterfaces: new Float64Array(count),
    tcpPorts: sorted.map(() => undefined),
    udpPorts: sorted.map(() => undefined),
    countedPorts: new Float64Array(count),
    tasks: sorted.map(() => []),
    placed: sorted.map(() => []),
    changes: noChanges(count),
  };
  for (const [slot, instance] of sorted.entries()) writeInstance(columns, slot, instance);
  return columns;
};

/** Everything that is told of an instance. Counts kept beside the columns are amended first. */
export const writeInstance = (columns: Columns, slot: number, instance: PlacementInstance) => {
  const { remaining } = instance;
  columns.instances[slot] = instance;
  columns.cpu[slot] = remaining.cpu;
  columns.memoryMiB[slot] = remaining.memoryMiB;
  columns.gpus[slot] = remaining.gpus;
  columns.networkInterfaces[slot] = remaining.networkInterfaces ?? 0;
  columns.tcpPorts[slot] = setOf(remaining.tcpPorts);
  columns.udpPorts[slot] = setOf(remaining.udpPorts);
  columns.tasks[slot] = [...instance.tasks];
  columns.placed[slot] = [];
  columns.countedPorts[slot] = countPorts(columns, slot);
};

const setOf = (ports: readonly number[]) => (ports.length === 0 ? undefined : new Set(ports));

const countPorts = ({ instances, tcpPorts, udpPorts, rules }: Columns, slot: number): number => {
  const instance = instances[slot];
  if (instance === undefined) return 0;
  const tcp = new Set([...(tcpPorts[slot] ?? []), ...keptTcpPorts(instance, rules)]);
  return [...tcp, ...(udpPorts[slot] ?? [])].filter(isCountedPort).length;
};

/** What a task needs is taken from now on. */
export const take = (columns: Columns, slot: number, holds: HeldResources): void => {
  lessen(columns, slot, holds, 1);
  const { tcpPorts, udpPorts } = holds;
  if (tcpPorts.length + udpPorts.length === 0) return;
  for (const port of tcpPorts) {
    if (addPort(columns.tcpPorts, slot, port) && !isKept(columns, slot, port)) {
      columns.countedPorts[slot] = (columns.countedPorts[slot] ?? 0) + 1;
    }
  }
  for (const port of udpPorts) {
    if (!addPort(columns.udpPorts, slot, port)) continue;
    columns.countedPorts[slot] = (columns.countedPorts[slot] ?? 0) + 1;
  }
};

/** Whether the port counts now and did not before. */
const addPort = (ports: (Set<number> | undefined)[], slot: number, port: number): boolean => {
  const there = ports[slot] ?? new Set();
  ports[slot] = there;
  if (there.has(port)) return false;
  there.add(port);
  return isCountedPort(port);
};

/** Kept by the agent, and so counted already. */
const isKept = ({ rules, instances }: Columns, slot: number, port: number): boolean => {
  if (rules.reservedTcpPorts.includes(port)) return true;
  const instance = port === taskRolePort ? instances[slot] : undefined;
  return instance !== undefined && keptTcpPorts(instance, rules).includes(port);
};

export const giveBack = (columns: Columns, slot: number, holds: HeldResources): void => {
  lessen(columns, slot, holds, -1);
  for (const port of holds.tcpPorts) columns.tcpPorts[slot]?.delete(port);
  for (const port of holds.udpPorts) columns.udpPorts[slot]?.delete(port);
  columns.countedPorts[slot] = countPorts(columns, slot);
};

const lessen = (columns: Columns, slot: number, holds: HeldResources, times: 1 | -1): void => {
  const { cpu, memoryMiB, gpus, networkInterfaces } = columns;
  cpu[slot] = (cpu[slot] ?? 0) - times * holds.cpu;
  memoryMiB[slot] = (memoryMiB[slot] ?? 0) - times * holds.memoryMiB;
  if (holds.gpus > 0) gpus[slot] = (gpus[slot] ?? 0) - times * holds.gpus;
  if (holds.networkInterfaces === 0) return;
  // What is not known stays so: it counts as none, whatever is given back.
  if (columns.instances[slot]?.remaining.networkInterfaces === null) return;
  networkInterfaces[slot] = (networkInterfaces[slot] ?? 0) - times * holds.networkInterfaces;
};

const noChanges = (count: number): Changes => ({
  moment: 0,
  newest: -1,
  newer: new Int32Array(count).fill(-1),
  older: new Int32Array(count).fill(-1),
  changedAt: new Float64Array(count),
  factsChangedAt: new Float64Array(count),
});

export const noteChange = (changes: Changes, slot: number): void => {
  changes.moment += 1;
  changes.changedAt[slot] = changes.moment;
  const { newest, newer, older } = changes;
  if (newest === slot) return;
  const before = older[slot] ?? -1;
  const after = newer[slot] ?? -1;
  if (after >= 0) older[after] = before;
  if (before >= 0) newer[before] = after;
  older[slot] = newest;
  newer[slot] = -1;
  if (newest >= 0) newer[newest] = slot;
  changes.newest = slot;
};
