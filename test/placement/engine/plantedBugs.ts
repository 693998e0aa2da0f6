import type { PlantedBug } from '../../support/builtWithBug.ts';

const pool = 'indexed/pool.ts';
const choose = 'indexed/choose.ts';
const facts = 'indexed/facts.ts';
const winners = 'indexed/winners.ts';
const question = 'indexed/question.ts';
const columns = 'indexed/columns.ts';
const groups = 'indexed/groups.ts';
const index = 'indexed/placementIndex.ts';

/** The oracle must find every one of them (plantedBugs.test.ts). */
export const plantedBugs: readonly PlantedBug[] = [
  {
    mistake: 'exactly enough CPU is too little',
    file: pool,
    right: 'need.cpu > (cpu[slot] ?? 0)',
    wrong: 'need.cpu >= (cpu[slot] ?? 0)',
  },
  {
    mistake: 'memory is not asked about',
    file: pool,
    right: 'if (need.memoryMiB > (memoryMiB[slot] ?? 0)) return numbers.memory;',
    wrong: '',
  },
  {
    mistake: 'the reserve of Windows is counted as a lack of memory',
    file: pool,
    right: 'return numbers.osReserve;',
    wrong: 'return numbers.memory;',
  },
  {
    mistake: 'the reserve of Windows is free',
    file: pool,
    right: 'need.memoryMiB + (rules.windows?.osReserveMiB',
    wrong: 'need.memoryMiB - (rules.windows?.osReserveMiB',
  },
  {
    mistake: 'GPUs are not asked about',
    file: pool,
    right: 'if (need.gpus > (gpus[slot] ?? 0)) return numbers.gpu;',
    wrong: '',
  },
  {
    mistake: 'UDP ports are looked for among those of TCP',
    file: pool,
    right: 'wantedUdp.some((port) => udpPorts[slot]?.has(port))',
    wrong: 'wantedUdp.some((port) => tcpPorts[slot]?.has(port))',
  },
  {
    mistake: 'a hundred ports are one too many',
    file: pool,
    right: 'countedWanted > reservedPortsMax',
    wrong: 'countedWanted >= reservedPortsMax',
  },
  {
    mistake: 'an interface more than there are',
    file: pool,
    right: 'need.networkInterfaces > (networkInterfaces[slot] ?? 0)',
    wrong: 'need.networkInterfaces > (networkInterfaces[slot] ?? 0) + 1',
  },
  {
    mistake: 'constraints are asked before attributes',
    file: pool,
    right: 'if ((fact & lacksAttribute) !== 0) return numbers.attribute;',
    wrong:
      'if ((fact & isNoMember) !== 0) return numbers.memberOf;' +
      'if ((fact & lacksAttribute) !== 0) return numbers.attribute;',
  },
  {
    mistake: 'distinctInstance allows two',
    file: pool,
    right: '(onInstance[slot] ?? 0) > 0',
    wrong: '(onInstance[slot] ?? 0) > 1',
  },
  {
    mistake: 'a query that counts tasks is asked of the instance as it was told',
    file: pool,
    right: '[...groupsToRun(tasks[slot] ?? []), ...placedGroups]',
    wrong: '[...groupsToRun(tasks[slot] ?? [])]',
  },
  {
    mistake: 'an instance that changed is not looked at again',
    file: pool,
    right: 'const now = pool.ruleOf(slot);',
    wrong: 'const now = before === 0 ? 0 : pool.ruleOf(slot);',
  },
  {
    mistake: 'who has changed does not play again',
    file: pool,
    right: '} else if (now === 0 && hasKeys) {',
    wrong: '} else if (now === 0 && !hasKeys) {',
  },
  {
    mistake: 'one removed instance is counted twice',
    file: pool,
    right: 'counts[before] = (counts[before] ?? 0) - 1;',
    wrong: 'if (before === 0) counts[before] = (counts[before] ?? 0) - 1;',
  },
  {
    mistake: 'counts are told as they were before',
    file: pool,
    right: 'pool.told = undefined;',
    wrong: '',
  },
  {
    mistake: 'binpack goes by the other resource',
    file: pool,
    right: "step.key === 'cpu' ? columns.cpu : columns.memoryMiB",
    wrong: "step.key === 'cpu' ? columns.memoryMiB : columns.cpu",
  },
  {
    mistake: 'bytes to pull are left out',
    file: pool,
    right: 'return [...keys, Float64Array.from(pulled)];',
    wrong: 'return keys;',
  },
  {
    mistake: 'zones with equally many tasks are not compared with one another',
    file: choose,
    right: 'if (difference > 0 || (difference === 0 && slot > best)) continue;',
    wrong: 'if (difference >= 0) continue;',
  },
  {
    mistake: 'a nested spread counts by its last attribute alone',
    file: 'indexed/cells.ts',
    right: 'numbered(instances, fields.slice(0, depth + 1))',
    wrong: 'numbered(instances, fields.slice(depth, depth + 1))',
  },
  {
    mistake: 'random does not go round',
    file: choose,
    right: 'for (const from of [start, 0]) {',
    wrong: 'for (const from of [start, start]) {',
  },
  {
    mistake: 'random asks the first cell alone',
    file: choose,
    right: 'tied.push(cell);',
    wrong: 'if (tied.length === 0) tied.push(cell);',
  },
  {
    mistake: 'what is equal goes to the greater id',
    file: winners,
    right: 'compareKeys(keys, one, other) <= 0 ? one : other',
    wrong: 'compareKeys(keys, one, other) < 0 ? one : other',
  },
  {
    mistake: 'the way up ends where the winner stays, though it is the one that changed',
    file: winners,
    right: 'if (nodes[start + node] === winner && winner !== slot) return;',
    wrong: 'if (nodes[start + node] === winner) return;',
  },
  {
    mistake: 'an instance without the agent is asked about what it has',
    file: facts,
    right: "if (!agentConnected) return numberOf('AgentDisconnected');",
    wrong: '',
  },
  {
    mistake: 'an attribute asked by name alone must have no value',
    file: facts,
    right: 'value !== null && attributes[name] !== value',
    wrong: 'attributes[name] !== value',
  },
  {
    mistake: 'host directories keep a task off its own instance',
    file: facts,
    right: 'hostVolumeInstanceId !== id;',
    wrong: 'hostVolumeInstanceId === id;',
  },
  {
    mistake: 'port 80 is free beside task roles',
    file: facts,
    right: 'return wantsKept || keeps ?',
    wrong: 'return wantsKept ?',
  },
  {
    mistake: 'an instance of an unknown build is trusted',
    file: facts,
    right: "build === null ? numberOf('BuildUnknown') : buildRuleOf(build)",
    wrong: 'build === null ? 0 : buildRuleOf(build)',
  },
  {
    mistake: 'all queries are held for lasting',
    file: question,
    right: 'queries.filter((query) => !dependenciesOf(query).changesWithTasks)',
    wrong: 'queries',
  },
  {
    mistake: 'bytes to pull narrow what random may draw from',
    file: pool,
    right: "if (step.type === 'random') return keys;",
    wrong: "if (step.type === 'random') continue;",
  },
  {
    mistake: 'services share what is kept for one group',
    file: question,
    right: 'isOfGroup: isDistinct ||',
    wrong: 'isOfGroup: false && isDistinct ||',
  },
  {
    mistake: 'ports are not taken by those who are placed',
    file: columns,
    right: 'there.add(port);',
    wrong: '',
  },
  {
    mistake: 'interfaces that are not known are none after all',
    file: columns,
    right: 'remaining.networkInterfaces ?? 0',
    wrong: 'remaining.networkInterfaces ?? 1',
  },
  {
    mistake: 'a task that is to stop counts as one of its group',
    file: groups,
    right: "if (desiredStatus === 'RUNNING') countsOf(groups, group).slots.push(slot);",
    wrong: 'countsOf(groups, group).slots.push(slot);',
  },
  {
    mistake: 'cells do not count who is placed',
    file: groups,
    right: 'sums[cell] = (sums[cell] ?? 0) + by;',
    wrong: 'sums[cell] = (sums[cell] ?? 0) + 0 * by;',
  },
  {
    mistake: 'a task does not see those before it',
    file: index,
    right: '  noteChange(columns.changes, slot);\n};',
    wrong: '};',
  },
  {
    mistake: 'what a group asked last is taken for what it asks now',
    file: 'indexed/recall.ts',
    right: '  parts.containers === task.containers &&\n',
    wrong: '',
  },
];
