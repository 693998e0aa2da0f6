import { groupsToRun, subjectOf } from '../obstacles.ts';
import { placementRules } from '../placementProblem.ts';
import { compileQuery } from '../query/compile.ts';
import { bytesToPull, isCountedPort, reservedPortsMax } from '../requirement.ts';
import type { Cells } from './cells.ts';
import type { Columns } from './columns.ts';
import {
  type CandidateSet,
  factsReader,
  firstMask,
  isNoMember,
  keepsWantedPort,
  lacksAttribute,
  lastShift,
  numberOf,
} from './facts.ts';
import { type GroupCounts, onInstanceOf } from './groups.ts';
import type { CommonQuestion } from './question.ts';
import { playAgain, type Winners, winnersOf } from './winners.ts';

/**
 * What is kept for all tasks that ask the same: the rule that removes each instance, how many each
 * rule removes, and who wins among the rest. It is brought up to date when it is asked, from the
 * instances that changed since.
 */
export type Pool = {
  readonly question: CommonQuestion;
  /** By slot: the number of the rule that removes the instance, 0 where it may take the task. */
  readonly rule: Uint8Array;
  /** By number of the rule, that is: the first counts those that may take the task. */
  readonly counts: number[];
  readonly winners: Winners;
  readonly ruleOf: (slot: number) => number;
  readonly readFacts: (slot: number) => void;
  upTo: number;
  /** The counts as they were told last; the same array as long as they hold. */
  told: readonly number[] | undefined;
};

export const createPool = (
  columns: Columns,
  question: CommonQuestion,
  cells: Cells,
  members: readonly CandidateSet[],
  group: GroupCounts,
): Pool => {
  const count = columns.instances.length;
  const factsOf = factsReader(columns, question, members);
  const facts = new Uint16Array(count);
  for (let slot = 0; slot < count; slot += 1) facts[slot] = factsOf(slot);
  const ruleOf = rulesReader(columns, question, facts, group);
  const rule = new Uint8Array(count);
  const counts: number[] = new Array(placementRules.length + 1).fill(0);
  for (let slot = 0; slot < count; slot += 1) {
    const number = ruleOf(slot);
    rule[slot] = number;
    counts[number] = (counts[number] ?? 0) + 1;
  }
  return {
    question,
    rule,
    counts,
    winners: winnersOf(cells, keysOf(columns, question, group), (slot) => rule[slot] === 0),
    ruleOf,
    readFacts: (slot) => {
      facts[slot] = factsOf(slot);
    },
    upTo: columns.changes.moment,
    told: undefined,
  };
};

/** Looks again at every instance that changed since the pool was asked last. */
export const catchUp = (pool: Pool, { changes }: Columns): void => {
  const { upTo, rule, counts, winners } = pool;
  if (changes.moment === upTo) return;
  const { changedAt, factsChangedAt, older } = changes;
  const hasKeys = winners.keys.length > 0;
  let slot = changes.newest;
  while (slot >= 0 && (changedAt[slot] ?? 0) > upTo) {
    if ((factsChangedAt[slot] ?? 0) > upTo) pool.readFacts(slot);
    const before = rule[slot] ?? 0;
    const now = pool.ruleOf(slot);
    if (before !== now) {
      rule[slot] = now;
      pool.told = undefined;
      counts[before] = (counts[before] ?? 0) - 1;
      counts[now] = (counts[now] ?? 0) + 1;
      if (before === 0 || now === 0) playAgain(winners, slot, now === 0);
    } else if (now === 0 && hasKeys) {
      playAgain(winners, slot, true);
    }
    slot = older[slot] ?? -1;
  }
  pool.upTo = changes.moment;
};

/** How many instances each rule removes, in the order of `placementRules`. */
export const removedBy = (pool: Pool): readonly number[] => {
  pool.told ??= pool.counts.slice(1);
  return pool.told;
};

/** The first rule that removes a slot, in the order of `placementRules`. */
const rulesReader = (
  columns: Columns,
  { requirement, isDistinct, changing }: CommonQuestion,
  facts: Uint16Array,
  group: GroupCounts,
): ((slot: number) => number) => {
  const { cpu, memoryMiB, gpus, networkInterfaces, countedPorts, rules } = columns;
  const need = requirement;
  const wantsPorts = need.tcpPorts.length + need.udpPorts.length > 0;
  const countedWanted = [...need.tcpPorts, ...need.udpPorts].filter(isCountedPort).length;
  const isTaken = portsReader(columns, need.tcpPorts, need.udpPorts);
  const queries = changing.map(compileQuery);
  const onInstance = isDistinct ? onInstanceOf(group, cpu.length) : undefined;
  const withReserve = need.memoryMiB + (rules.windows?.osReserveMiB ?? Number.NEGATIVE_INFINITY);
  return (slot) => {
    const fact = facts[slot] ?? 0;
    const first = fact & firstMask;
    if (first !== 0) return first;
    if (need.cpu > (cpu[slot] ?? 0)) return numbers.cpu;
    if (need.memoryMiB > (memoryMiB[slot] ?? 0)) return numbers.memory;
    if (need.gpus > (gpus[slot] ?? 0)) return numbers.gpu;
    if (wantsPorts) {
      if ((fact & keepsWantedPort) !== 0 || isTaken(slot)) return numbers.ports;
      if ((countedPorts[slot] ?? 0) + countedWanted > reservedPortsMax) return numbers.portLimit;
    }
    if (need.networkInterfaces > (networkInterfaces[slot] ?? 0)) return numbers.interfaces;
    if ((fact & lacksAttribute) !== 0) return numbers.attribute;
    if (onInstance !== undefined && (onInstance[slot] ?? 0) > 0) return numbers.distinct;
    if ((fact & isNoMember) !== 0) return numbers.memberOf;
    if (queries.length > 0 && !holdsAll(columns, queries, slot)) return numbers.memberOf;
    if (withReserve > (memoryMiB[slot] ?? 0)) return numbers.osReserve;
    return (fact >> lastShift) & firstMask;
  };
};

const numbers = {
  cpu: numberOf('Cpu'),
  memory: numberOf('Memory'),
  gpu: numberOf('Gpu'),
  ports: numberOf('Ports'),
  portLimit: numberOf('PortLimit'),
  interfaces: numberOf('NetworkInterfaces'),
  attribute: numberOf('Attribute'),
  distinct: numberOf('DistinctInstance'),
  memberOf: numberOf('MemberOf'),
  osReserve: numberOf('OsReserve'),
} as const;

const portsReader = (
  { tcpPorts, udpPorts }: Columns,
  wantedTcp: readonly number[],
  wantedUdp: readonly number[],
): ((slot: number) => boolean) => {
  const [only] = wantedTcp;
  if (only !== undefined && wantedTcp.length === 1 && wantedUdp.length === 0) {
    return (slot) => tcpPorts[slot]?.has(only) ?? false;
  }
  return (slot) =>
    wantedTcp.some((port) => tcpPorts[slot]?.has(port)) ||
    wantedUdp.some((port) => udpPorts[slot]?.has(port));
};

const holdsAll = (
  { instances, tasks, placed }: Columns,
  queries: readonly ReturnType<typeof compileQuery>[],
  slot: number,
): boolean => {
  const instance = instances[slot];
  if (instance === undefined) return false;
  const placedGroups = (placed[slot] ?? []).map(({ group }) => group);
  const subject = subjectOf(instance, [...groupsToRun(tasks[slot] ?? []), ...placedGroups]);
  return queries.every((holds) => holds(subject));
};

const keysOf = (
  columns: Columns,
  { steps, layers }: CommonQuestion,
  group: GroupCounts,
): readonly Float64Array[] => {
  const keys: Float64Array[] = [];
  for (const step of steps) {
    if (step.type === 'random') return keys;
    if (step.type !== 'key') continue;
    if (step.key === 'groupTasks') keys.push(onInstanceOf(group, columns.cpu.length));
    else keys.push(step.key === 'cpu' ? columns.cpu : columns.memoryMiB);
  }
  if (layers === null) return keys;
  const pulled = columns.instances.map((each) => bytesToPull(layers, new Set(each.layers ?? [])));
  return [...keys, Float64Array.from(pulled)];
};
