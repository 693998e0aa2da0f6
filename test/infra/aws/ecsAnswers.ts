import type { ContainerInstance, Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { Instant } from '../../../events/ids.ts';

// Answers of the ECS API, made by hand after its API Reference.

export const at = Instant.parse(Date.parse('2025-10-14T17:00:00Z'));
export const clusterArn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop';
const arn = (kind: string, name: string) =>
  `arn:aws:ecs:eu-west-1:123456789012:${kind}/shop/${name}`;
export const instanceArn = (number: number) => arn('container-instance', `ci-${number}`);
export const taskArn = (number: number) => arn('task', `t-${number}`);
export const serviceArn = (number: number) => arn('service', `s-${number}`);

const resource = (name: string, integerValue: number) => ({ name, type: 'INTEGER', integerValue });
const ports = (name: string, ...stringSetValue: string[]) => ({
  name,
  type: 'STRINGSET',
  stringSetValue,
});

export const containerInstance = {
  containerInstanceArn: instanceArn(1),
  ec2InstanceId: 'i-0123456789abcdef0',
  version: 7,
  status: 'ACTIVE',
  agentConnected: true,
  versionInfo: { agentVersion: '1.99.0' },
  registeredResources: [
    resource('CPU', 4096),
    resource('MEMORY', 16_383),
    ports('PORTS', '3389', '135'),
    ports('PORTS_UDP', '137'),
  ],
  remainingResources: [resource('CPU', 1024), resource('MEMORY', 4095), ports('PORTS', '3389')],
  attributes: [
    { name: 'ecs.ami-id', value: 'ami-0123456789abcdef0' },
    { name: 'ecs.capability.task-eni' },
  ],
  registeredAt: new Date(at),
} satisfies ContainerInstance;

const taskDefinitionArn = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:1';

export const task = {
  taskArn: taskArn(1),
  version: 3,
  containerInstanceArn: instanceArn(1),
  taskDefinitionArn,
  group: 'service:shop',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  createdAt: new Date(at),
  containers: [
    {
      name: 'web',
      image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1',
      imageDigest: `sha256:${'a'.repeat(64)}`,
      lastStatus: 'RUNNING',
      networkBindings: [{ hostPort: 49_153, containerPort: 80, protocol: 'tcp' }],
    },
  ],
} satisfies Task;

export const service = {
  serviceArn: serviceArn(1),
  serviceName: 'shop',
  status: 'ACTIVE',
  schedulingStrategy: 'REPLICA',
  deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 },
  desiredCount: 4,
  runningCount: 4,
  pendingCount: 0,
  taskDefinition: taskDefinitionArn,
  deployments: [
    {
      id: 'ecs-svc/1',
      status: 'PRIMARY',
      taskDefinition: taskDefinitionArn,
      desiredCount: 4,
      runningCount: 4,
      pendingCount: 0,
    },
  ],
} satisfies Service;

export const taskDefinition = {
  taskDefinitionArn,
  family: 'shop',
  revision: 1,
  runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
  containerDefinitions: [
    {
      name: 'web',
      image: 'shop:1',
      cpu: 512,
      memory: 1024,
      portMappings: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 81 }],
    },
    { name: 'log', image: 'log:1', memoryReservation: 128 },
  ],
  volumes: [{ name: 'data', host: { sourcePath: 'C:\\data' } }, { name: 'scratch' }],
} satisfies TaskDefinition;
