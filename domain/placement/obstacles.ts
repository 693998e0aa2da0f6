import { mayRun } from '../windows/compatibility.ts';
import type {
  PlacementInstance,
  PlacementRule,
  PlacementRules,
  PlacementTask,
  RunningTask,
} from './placementProblem.ts';
import type { QuerySubject } from './query/ast.ts';
import { compileQuery } from './query/compile.ts';
import { isCountedPort, keptTcpPorts, type Requirement, reservedPortsMax } from './requirement.ts';

/** A task as the rules ask about it: what it needs is summed and its queries compiled once. */
export type Question = {
  readonly task: PlacementTask;
  readonly requirement: Requirement;
  readonly rules: PlacementRules;
  readonly queries: readonly ((subject: QuerySubject) => boolean)[];
};

export const questionOf = (
  task: PlacementTask,
  requirement: Requirement,
  rules: PlacementRules,
): Question => ({
  task,
  requirement,
  rules,
  queries: task.constraints.flatMap((each) =>
    each.type === 'memberOf' ? [compileQuery(each.query)] : [],
  ),
});

/** The first rule that removes `instance`; `undefined` if it may take the task. */
export const whyRemoved = (
  instance: PlacementInstance,
  question: Question,
): PlacementRule | undefined => checks.find(([, removes]) => removes(instance, question))?.[0];

/** Every rule that removes `instance`, in order. */
export const obstaclesOn = (
  instance: PlacementInstance,
  question: Question,
): readonly PlacementRule[] => {
  const found = checks.flatMap(([rule, removes]) => (removes(instance, question) ? [rule] : []));
  // What lacks memory by ECS's own account lacks it the more with a reserve; it is said once.
  return found.filter((rule) => rule !== 'OsReserve' || !found.includes('Memory'));
};

type Check = (instance: PlacementInstance, question: Question) => boolean;

/** The rules from `BuildUnknown` to `BelowFloor` share one answer. */
const buildRule = (instance: PlacementInstance, { task, rules }: Question) => {
  const compatibility = rules.windows?.compatibility ?? null;
  if (compatibility === null) return undefined;
  if (instance.build === null) return 'BuildUnknown';
  for (const { imageBuild } of task.containers) {
    const answer = imageBuild && mayRun(imageBuild, instance.build, compatibility);
    if (answer && !answer.allowed) return answer.reason;
  }
  return undefined;
};

const byBuild = (
  rule: 'BuildUnknown' | 'BuildMismatch' | 'RevisionMustMatch' | 'KnownBadPair' | 'BelowFloor',
): readonly [PlacementRule, Check] => [
  rule,
  (instance, asked) => buildRule(instance, asked) === rule,
];

/** In the order of `placementRules`. */
const checks: readonly (readonly [PlacementRule, Check])[] = [
  ['NotActive', ({ status }) => status !== 'ACTIVE'],
  ['AgentDisconnected', ({ agentConnected }) => !agentConnected],
  ['NotProven', ({ isProven }) => !isProven],
  ['Cpu', ({ remaining }, { requirement }) => requirement.cpu > remaining.cpu],
  ['Memory', ({ remaining }, { requirement }) => requirement.memoryMiB > remaining.memoryMiB],
  ['Gpu', ({ remaining }, { requirement }) => requirement.gpus > remaining.gpus],
  ['Ports', (instance, asked) => portsInTheWay(instance, asked).length > 0],
  ['PortLimit', (instance, asked) => exceedsPortLimit(instance, asked)],
  [
    'NetworkInterfaces',
    ({ remaining }, { requirement }) =>
      requirement.networkInterfaces > (remaining.networkInterfaces ?? 0),
  ],
  ['Attribute', (instance, asked) => missingAttributes(instance, asked).length > 0],
  [
    'DistinctInstance',
    ({ tasks }, { task }) =>
      task.constraints.some(({ type }) => type === 'distinctInstance') &&
      tasks.some((each) => each.group === task.group && each.desiredStatus === 'RUNNING'),
  ],
  [
    'MemberOf',
    (instance, { queries }) =>
      queries.length > 0 && !queries.every((holds) => holds(subjectOf(instance))),
  ],
  [
    'OsReserve',
    ({ remaining }, { requirement, rules }) =>
      rules.windows !== null &&
      requirement.memoryMiB > remaining.memoryMiB - rules.windows.osReserveMiB,
  ],
  byBuild('BuildUnknown'),
  byBuild('BuildMismatch'),
  byBuild('RevisionMustMatch'),
  byBuild('KnownBadPair'),
  byBuild('BelowFloor'),
  [
    'HostVolume',
    ({ id }, { task, rules }) =>
      rules.windows !== null &&
      task.hostVolumeInstanceId !== null &&
      task.hostVolumeInstanceId !== id,
  ],
];

/** Wanted ports that somebody has there, TCP before UDP. */
export const portsInTheWay = (
  instance: PlacementInstance,
  { requirement, rules }: Pick<Question, 'requirement' | 'rules'>,
): readonly number[] => {
  const { remaining } = instance;
  const kept = keptTcpPorts(instance, rules);
  return [
    ...requirement.tcpPorts.filter(
      (port) => remaining.tcpPorts.includes(port) || kept.includes(port),
    ),
    ...requirement.udpPorts.filter((port) => remaining.udpPorts.includes(port)),
  ];
};

const exceedsPortLimit = (
  instance: PlacementInstance,
  { requirement, rules }: Question,
): boolean => {
  if (requirement.tcpPorts.length + requirement.udpPorts.length === 0) return false;
  const kept = keptTcpPorts(instance, rules);
  const tcp = new Set([...instance.remaining.tcpPorts, ...kept, ...requirement.tcpPorts]);
  const udp = new Set([...instance.remaining.udpPorts, ...requirement.udpPorts]);
  const reservedCount = [...tcp, ...udp].filter(isCountedPort).length;
  return reservedCount > reservedPortsMax;
};

/** Required attributes that the instance lacks or has with another value. */
export const missingAttributes = (
  { attributes }: PlacementInstance,
  { task }: Pick<Question, 'task'>,
) =>
  task.requiredAttributes.filter(
    ({ name, value }) =>
      !Object.hasOwn(attributes, name) || (value !== null && attributes[name] !== value),
  );

/**
 * An instance as the cluster query language asks about it; `groups` names the group of each task
 * there that is to run.
 */
export const subjectOf = (
  instance: PlacementInstance,
  groups: readonly string[] = groupsToRun(instance.tasks),
): QuerySubject => ({
  ec2InstanceId: instance.ec2InstanceId,
  agentConnected: instance.agentConnected,
  agentVersion: instance.agentVersion,
  registeredAt: instance.registeredAt,
  runningTasksCount: groups.length,
  attributes: instance.attributes,
  taskGroups: groups,
});

export const groupsToRun = (tasks: readonly RunningTask[]): readonly string[] =>
  tasks.flatMap(({ desiredStatus, group }) => (desiredStatus === 'RUNNING' ? [group] : []));
