import type { Observation } from '../../../domain/fleet/observation.ts';
import type { ObservedInstance, ObservedService, ObservedTask } from '../../../events/fleet.ts';
import type {
  ContainerInstanceArn,
  Ec2InstanceId,
  Instant,
  ServiceArn,
  TaskArn,
  TaskDefinitionArn,
} from '../../../events/ids.ts';

const prefix = 'arn:aws:ecs:eu-west-1:111122223333';

export const at = (ms: number): Instant => ms as Instant;
export const instanceArn = (name: string) =>
  `${prefix}:container-instance/shop/${name}` as ContainerInstanceArn;
export const taskArn = (name: string) => `${prefix}:task/shop/${name}` as TaskArn;
export const serviceArn = (name: string) => `${prefix}:service/shop/${name}` as ServiceArn;
export const definitionArn = (name: string) =>
  `${prefix}:task-definition/${name}` as TaskDefinitionArn;

export const anInstance = (
  name: string,
  version: number,
  fields: Partial<ObservedInstance> = {},
): ObservedInstance => ({
  containerInstanceArn: instanceArn(name),
  ec2InstanceId: 'i-0a1b2c3d4e5f60718' as Ec2InstanceId,
  version,
  status: 'ACTIVE',
  agentConnected: true,
  registered: { cpu: 8192, memoryMiB: 32767, tcpPorts: [3389], udpPorts: [] },
  remaining: { cpu: 8192 - version, memoryMiB: 32767, tcpPorts: [3389], udpPorts: [] },
  attributes: { 'ecs.os-type': 'windows' },
  ...fields,
});

export const aTask = (
  name: string,
  version: number,
  fields: Partial<ObservedTask> = {},
): ObservedTask => ({
  taskArn: taskArn(name),
  version,
  containerInstanceArn: instanceArn('a'),
  taskDefinitionArn: definitionArn('orders:1'),
  group: 'service:orders',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  containers: [],
  ...fields,
});

export const aService = (name: string, describedAt: number, runningCount = 2): ObservedService => ({
  serviceArn: serviceArn(name),
  serviceName: name,
  status: 'ACTIVE',
  schedulingStrategy: 'REPLICA',
  deploymentController: 'ECS',
  desiredCount: 2,
  runningCount,
  pendingCount: 0,
  minimumHealthyPercent: 50,
  maximumPercent: 200,
  taskDefinitionArn: definitionArn('orders:1'),
  deployments: [],
  describedAt: at(describedAt),
});

export const seenInstance = (
  instance: ObservedInstance,
  from: 'event' | 'describe' = 'event',
): Observation => ({ kind: 'instance', instance, from });

export const seenTask = (task: ObservedTask, told?: Instant): Observation => ({
  kind: 'task',
  task,
  from: 'event',
  ...(told === undefined ? {} : { at: told }),
});

export const seenService = (service: ObservedService): Observation => ({
  kind: 'service',
  service,
});

export const seenAction = (eventId: string, createdAt: number): Observation => ({
  kind: 'serviceAction',
  action: {
    eventId,
    serviceArn: serviceArn('orders'),
    eventName: 'SERVICE_STEADY_STATE',
    severity: 'INFO',
    createdAt: at(createdAt),
  },
});
