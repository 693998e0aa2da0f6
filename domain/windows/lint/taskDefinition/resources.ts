import { osReserveDefaultMiB } from '../../../fleet/capacity.ts';
import {
  ecsApi,
  findingOf,
  guide,
  type LintRules,
  type TaskDefinitionFinding,
} from '../finding.ts';
import {
  at,
  type Container,
  isSet,
  type Json,
  numberAt,
  plainAt,
  type TaskDefinitionDocument,
} from './document.ts';

export const resourceRules = {
  'memory-hard-limit': {
    severity: 'error',
    reason:
      'Windows has no out-of-memory killer and task-level memory is ignored, so one container ' +
      'without a limit can starve the instance; Tuesday places none',
    source: `${guide('windows_task_definitions')}; amazon-ecs-agent#1144`,
  },
  'memory-reservation-ignored': {
    severity: 'warning',
    reason: 'Windows has no soft limit: nothing gives the memory between the two values back',
    source: guide('task_definition_parameters, memoryReservation'),
  },
  'memory-reservation-above-limit': {
    severity: 'error',
    reason: 'ECS refuses a definition whose memory is not greater than its memoryReservation',
    source: ecsApi('ContainerDefinition, memoryReservation'),
  },
  'memory-below-minimum': {
    severity: 'error',
    reason: 'Docker 20.10 and later takes no container below 6 MiB',
    source: ecsApi('ContainerDefinition, memory'),
  },
  'memory-above-instance': {
    severity: 'error',
    reason:
      `no overcommit: the containers and the ${osReserveDefaultMiB} MiB that Tuesday keeps for ` +
      'Windows must fit into the instance, which the ECS agent does not check',
    source: 'amazon-ecs-agent README, ECS_RESERVED_MEMORY (0 by default on Windows)',
  },
  'cpu-unset': {
    severity: 'error',
    reason: 'cpu is a hard cap on Windows, and none or 0 means 1% of one CPU',
    source: ecsApi('ContainerDefinition, cpu'),
  },
  'task-size-exceeded': {
    severity: 'error',
    reason: 'ECS refuses a definition whose containers together ask for more than the task has',
    source: ecsApi('ContainerDefinition, cpu and memory'),
  },
} as const satisfies LintRules;

const finding = findingOf(resourceRules);

export const checkResources = (
  document: TaskDefinitionDocument,
  instanceMemoryMiB: number | undefined,
): readonly TaskDefinitionFinding[] => [
  ...document.containers.flatMap((container) => [
    ...memoryLimit(container),
    ...memoryReservation(container),
    ...(document.isFargate ? [] : cpuCap(container)),
  ]),
  ...taskSums(document),
  ...(instanceMemoryMiB === undefined ? [] : instanceSum(document, instanceMemoryMiB)),
];

const memoryLimit = ({ json, path }: Container) => {
  const memory = numberAt(json, 'memory');
  const place = { path: `${path}.memory` };
  // A text or a list in its place is another rule's finding.
  if (memory === undefined && isSet(at(json, 'memory'))) return [];
  if (memory === undefined || memory <= 0) {
    const reservation = numberAt(json, 'memoryReservation');
    const wanted = reservation === undefined || reservation < 6 ? 1024 : reservation;
    const fix = `write "memory": ${wanted} (MiB), or what the container was seen to use at most`;
    return [finding('memory-hard-limit', place, 'no hard memory limit', fix)];
  }
  if (memory >= 6) return [];
  return [finding('memory-below-minimum', place, `memory is ${memory} MiB`, 'write 6 or more')];
};

const memoryReservation = ({ json, path }: Container) => {
  const reservation = numberAt(json, 'memoryReservation');
  if (reservation === undefined || reservation === 0) return [];
  const memory = numberAt(json, 'memory') ?? 0;
  const place = { path: `${path}.memoryReservation` };
  const found = `memoryReservation is ${reservation} MiB`;
  return [
    finding(
      'memory-reservation-ignored',
      place,
      found,
      memory > 0 ? 'remove it' : 'write "memory" in its place',
    ),
    ...(memory > 0 && reservation >= memory
      ? [
          finding(
            'memory-reservation-above-limit',
            place,
            `${found}, memory is ${memory}`,
            'remove it, or write less than "memory"',
          ),
        ]
      : []),
  ];
};

const cpuCap = ({ json, path }: Container) => {
  const cpu = numberAt(json, 'cpu');
  if (cpu === undefined && isSet(at(json, 'cpu'))) return [];
  if (cpu !== undefined && cpu >= 2) return [];
  const found = cpu === undefined ? 'no cpu' : `cpu is ${cpu}`;
  const fix = 'write "cpu": 1024 for one vCPU, or the share that it needs at its busiest';
  return [finding('cpu-unset', { path: `${path}.cpu` }, found, fix)];
};

const sumOf = ({ containers }: TaskDefinitionDocument, key: string): number =>
  containers.reduce((sum, { json }) => sum + Math.max(0, numberAt(json, key) ?? 0), 0);

const taskSums = (document: TaskDefinitionDocument) =>
  ['cpu', 'memory'].flatMap((key) => {
    const limit = taskLevel(document.json, key);
    const sum = sumOf(document, key);
    if (limit === undefined || sum <= limit) return [];
    const found = `the containers' ${key} adds up to ${sum}, the task has ${limit}`;
    const fix = `lower "${key}" of the containers, or remove the task-level value`;
    return [finding('task-size-exceeded', { path: `${document.prefix}${key}` }, found, fix)];
  });

/** `"1024"`, `1024`, `"1 vCPU"` or `"2 GB"`: all four are accepted by ECS. */
const taskLevel = (json: Json, key: string): number | undefined => {
  const parts = /^\s*(\d+(?:\.\d+)?)\s*(vcpu|gb)?\s*$/i.exec(plainAt(json, key));
  return parts === null ? undefined : Number(parts[1]) * (parts[2] === undefined ? 1 : 1_024);
};

const instanceSum = (document: TaskDefinitionDocument, instanceMemoryMiB: number) => {
  const sum = sumOf(document, 'memory');
  const free = instanceMemoryMiB - osReserveDefaultMiB;
  if (sum <= free) return [];
  const found = `the containers' memory adds up to ${sum} MiB, ${Math.max(0, free)} MiB are free`;
  const fix = `lower "memory", or use instances with at least ${sum + osReserveDefaultMiB} MiB`;
  const place = { path: `${document.prefix}containerDefinitions` };
  return [finding('memory-above-instance', place, found, fix)];
};
