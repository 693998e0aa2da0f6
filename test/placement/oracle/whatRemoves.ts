import {
  type PlacementRule,
  type PlacementRules,
  type PlacementTask,
  placementRules,
} from '../../../domain/placement/placementProblem.ts';
import { answerQuery } from './answerQuery.ts';
import type { Needs, Standing } from './standing.ts';
import { type CompatibilityReason, whyItCannotRun } from './whyItCannotRun.ts';

type Asked = {
  readonly task: PlacementTask;
  readonly needs: Needs;
  readonly standing: Standing;
  readonly rules: PlacementRules;
};

/** The first rule that keeps the task off this instance; `null`: none, it is a candidate. */
export const whatRemoves = (asked: Asked): PlacementRule | null =>
  placementRules.find((rule) => removes[rule](asked)) ?? null;

const removes: Record<PlacementRule, (asked: Asked) => boolean> = {
  NotActive: ({ standing }) => standing.instance.status !== 'ACTIVE',
  AgentDisconnected: ({ standing }) => !standing.instance.agentConnected,
  NotProven: ({ standing }) => !standing.instance.isProven,
  Cpu: ({ needs, standing }) => needs.cpu > standing.cpu,
  Memory: ({ needs, standing }) => needs.memoryMiB > standing.memoryMiB,
  Gpu: ({ needs, standing }) => needs.gpus > standing.gpus,
  Ports: (asked) => {
    const { needs, standing } = asked;
    const agents = agentPorts(asked);
    return (
      needs.tcpPorts.some((port) => standing.tcpPorts.has(port) || agents.includes(port)) ||
      needs.udpPorts.some((port) => standing.udpPorts.has(port))
    );
  },
  PortLimit: (asked) => {
    const { needs, standing } = asked;
    if (needs.tcpPorts.length + needs.udpPorts.length === 0) return false;
    const tcp = new Set([...standing.tcpPorts, ...agentPorts(asked), ...needs.tcpPorts]);
    const udp = new Set([...standing.udpPorts, ...needs.udpPorts]);
    return [...tcp, ...udp].filter((port) => port < 49152).length > 100;
  },
  NetworkInterfaces: ({ needs, standing }) => needs.networkInterfaces > standing.networkInterfaces,
  Attribute: ({ task, standing: { instance } }) =>
    task.requiredAttributes.some(
      ({ name, value }) =>
        !Object.hasOwn(instance.attributes, name) ||
        (value !== null && instance.attributes[name] !== value),
    ),
  DistinctInstance: ({ task, standing }) =>
    task.constraints.some(({ type }) => type === 'distinctInstance') &&
    standing.groups.includes(task.group),
  MemberOf: ({ task, standing: { instance, groups } }) =>
    task.constraints.some(
      (constraint) =>
        constraint.type === 'memberOf' &&
        answerQuery(constraint.query, {
          ...instance,
          runningTasksCount: groups.length,
          taskGroups: groups,
        }) !== true,
    ),
  OsReserve: ({ needs, standing, rules: { windows } }) =>
    windows !== null && needs.memoryMiB > standing.memoryMiB - windows.osReserveMiB,
  BuildUnknown: ({ standing, rules: { windows } }) =>
    windows !== null && windows.compatibility !== null && standing.instance.build === null,
  BuildMismatch: (asked) => compatibilityReason(asked) === 'BuildMismatch',
  RevisionMustMatch: (asked) => compatibilityReason(asked) === 'RevisionMustMatch',
  KnownBadPair: (asked) => compatibilityReason(asked) === 'KnownBadPair',
  BelowFloor: (asked) => compatibilityReason(asked) === 'BelowFloor',
  HostVolume: ({ task, standing, rules: { windows } }) =>
    windows !== null &&
    task.hostVolumeInstanceId !== null &&
    task.hostVolumeInstanceId !== standing.instance.id,
};

/** TCP ports that are never free there. The credentials endpoint of task roles listens on 80. */
const agentPorts = ({ standing, rules }: Asked): readonly number[] => {
  const taskRoles = 'com.amazonaws.ecs.capability.task-iam-role';
  const hasTaskRoles = Object.hasOwn(standing.instance.attributes, taskRoles);
  const keeps80 = rules.windows !== null && hasTaskRoles;
  return keeps80 ? [...rules.reservedTcpPorts, 80] : rules.reservedTcpPorts;
};

/** That of the first container that has one. */
const compatibilityReason = ({ task, standing, rules }: Asked): CompatibilityReason | null => {
  const policy = rules.windows?.compatibility ?? null;
  const { build } = standing.instance;
  if (policy === null || build === null) return null;
  for (const { imageBuild } of task.containers) {
    const reason = imageBuild === null ? null : whyItCannotRun(imageBuild, build, policy);
    if (reason !== null) return reason;
  }
  return null;
};
