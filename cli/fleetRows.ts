import { freeOn, osReserveDefaultMiB as osReserveMiB } from '../domain/fleet/capacity.ts';
import { type FleetView, tasksOfService, tasksOn } from '../domain/fleet/fleetView.ts';
import { instanceBuild } from '../domain/windows/instanceBuild.ts';
import type { ObservedInstance, ObservedService, ObservedTask } from '../events/fleet.ts';
import type { Views } from '../infra/views/views.ts';

import { printable } from './printable.ts';
import { moment, shortArn } from './text.ts';

/**
 * What `tuesday fleet` knows of each thing: `--json` prints it as it is, the tables show its main
 * parts.
 */
export const instanceRecord = (views: Views, view: FleetView, instance: ObservedInstance) => {
  const free = freeOn(view, instance, { osReserveMiB });
  const { containerInstanceArn, ec2InstanceId, status, agentConnected, registered } = instance;
  return {
    kind: 'instance',
    containerInstanceArn,
    ec2InstanceId: ec2InstanceId ?? null,
    status,
    agentConnected,
    agentVersion: instance.agentVersion ?? null,
    availabilityZone: instance.attributes['ecs.availability-zone'] ?? null,
    instanceType: instance.attributes['ecs.instance-type'] ?? null,
    amiId: instance.attributes['ecs.ami-id'] ?? null,
    osFamily: instance.attributes['ecs.os-family'] ?? null,
    build: instanceBuild(instance, views.amis, views.channels),
    registered: { cpu: registered.cpu, memoryMiB: registered.memoryMiB },
    /** Memory less the reserve of the operating system. */
    free: { cpu: free.cpu, memoryMiB: free.memoryMiB, osReserveMiB },
    /** Those that the agent reserved at registration are left out. */
    portsTaken: free.tcpPorts.filter((port) => !registered.tcpPorts.includes(port)),
    tasks: tasksOn(view, containerInstanceArn).length,
    notices: (ec2InstanceId && view.notices.get(ec2InstanceId)) ?? null,
    version: instance.version,
  };
};

export const serviceRecord = (view: FleetView, service: ObservedService) => ({
  kind: 'service',
  ...service,
  describedAt: new Date(service.describedAt).toISOString(),
  tasksSeen: tasksOfService(view, service.serviceName).length,
});

export const taskRecord = (task: ObservedTask) => ({
  kind: 'task',
  ...task,
  createdAt: isoOf(task.createdAt),
  startedAt: isoOf(task.startedAt),
  stoppedAt: isoOf(task.stoppedAt),
});

const isoOf = (instant: number | undefined): string | null =>
  instant === undefined ? null : new Date(instant).toISOString();

export const instanceHeader =
  'instance|EC2 id|status|agent|zone|type|CPU free|of|MiB free|of|ports|AMI|build|tasks'.split('|');

export const instanceCells = (instance: ReturnType<typeof instanceRecord>): readonly string[] =>
  [
    shortArn(instance.containerInstanceArn).slice(0, 12),
    instance.ec2InstanceId ?? '-',
    noticed(instance),
    instance.agentConnected ? (instance.agentVersion ?? 'connected') : 'disconnected',
    instance.availabilityZone ?? '-',
    instance.instanceType ?? '-',
    String(instance.free.cpu),
    String(instance.registered.cpu),
    String(instance.free.memoryMiB),
    String(instance.registered.memoryMiB),
    fewOf(instance.portsTaken),
    instance.amiId ?? '-',
    buildText(instance.build),
    String(instance.tasks),
  ].map(printable);

/** Of a notice the gravest is shown beside the status. */
const noticed = ({ status, notices }: ReturnType<typeof instanceRecord>): string => {
  if (!notices) return status;
  if (notices.interruption) return `${status}, Spot ${notices.interruption.action}`;
  if (notices.terminationHook) return `${status}, terminating`;
  return notices.rebalance ? `${status}, rebalance` : status;
};

const buildText = (build: ReturnType<typeof instanceBuild>): string =>
  build.status === 'known' ? `${build.build} (${build.evidence})` : 'unknown';

const fewOf = (ports: readonly number[]): string => {
  if (ports.length === 0) return '-';
  const shown = ports.slice(0, 3).join(',');
  return ports.length > 3 ? `${shown} +${ports.length - 3}` : shown;
};

export const serviceHeader =
  'service|status|desired|running|pending|min %|max %|task definition|deployment'.split('|');

export const serviceCells = (service: ObservedService): readonly string[] => {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  return [
    service.serviceName,
    service.status,
    String(service.desiredCount),
    String(service.runningCount),
    String(service.pendingCount),
    String(service.minimumHealthyPercent),
    String(service.maximumPercent),
    shortArn(service.taskDefinitionArn),
    primary?.rolloutState ?? '-',
  ].map(printable);
};

export const taskHeader = 'task|group|status|instance|started|image|digest'.split('|');

export const taskCells = (task: ObservedTask): readonly string[] => {
  const { lastStatus, desiredStatus, containerInstanceArn, startedAt } = task;
  const [container] = task.containers;
  const leaving = desiredStatus === 'STOPPED' && lastStatus !== 'STOPPED';
  return [
    shortArn(task.taskArn).slice(0, 12),
    task.group,
    leaving ? `${lastStatus}, stopping` : lastStatus,
    containerInstanceArn === undefined ? '-' : shortArn(containerInstanceArn).slice(0, 12),
    startedAt === undefined ? '-' : moment(startedAt),
    container?.image ?? '-',
    container?.imageDigest?.slice(0, 'sha256:'.length + 12) ?? '-',
  ].map(printable);
};
