import type { ObservedService, ObservedTask } from '../events/fleet.ts';
import type { Instance } from '../functions/api/contract/fleet.ts';
import { printable } from './printable.ts';
import { moment, shortArn } from './text.ts';

export const instanceHeader =
  'instance|EC2 id|status|agent|zone|type|CPU free|of|MiB free|of|ports|AMI|build|tasks'.split('|');

export const instanceCells = (instance: Instance): readonly string[] =>
  [
    shortArn(instance.containerInstanceArn).slice(0, 12),
    instance.ec2InstanceId ?? '-',
    noticed(instance),
    agentText(instance),
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

const agentText = ({ agentConnected, agentVersion, silence }: Instance): string => {
  if (agentConnected) return agentVersion ?? 'connected';
  return silence?.status ?? 'disconnected';
};

/** One line for each instance whose agent is silent. */
export const silenceLines = (instances: readonly Instance[]): readonly string[] =>
  instances.flatMap(({ silence, containerInstanceArn, ec2InstanceId }) =>
    silence === null
      ? []
      : [printable(`${ec2InstanceId ?? shortArn(containerInstanceArn)}: ${silence.detail}`)],
  );

/** Of a notice the gravest is shown beside the status. */
const noticed = ({ status, notices }: Instance): string => {
  if (!notices) return status;
  if (notices.interruption) return `${status}, Spot ${notices.interruption.action}`;
  if (notices.terminationHook) return `${status}, terminating`;
  return notices.rebalance ? `${status}, rebalance` : status;
};

const buildText = (build: Instance['build']): string =>
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
