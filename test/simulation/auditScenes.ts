import type { GroundTruth } from '../../domain/simulation/groundTruth.ts';
import type { AuditedCall } from './audit.ts';

// What is true and what is called, in as few words as a hand-made history can bear.

export const arn = (kind: string, name: string) =>
  `arn:aws:ecs:eu-west-1:111122223333:${kind}/shop/${name}`;
export const instanceArn = (name: string) => arn('container-instance', name);
export const ec2 = (name: string) => `i-0000000${name}`;

type Instance = GroundTruth['instances'][number];
type Task = GroundTruth['tasks'][number];
type Service = GroundTruth['services'][number];

export const instance = (name: string, change: Partial<Instance> = {}): Instance => ({
  arn: instanceArn(name),
  ec2InstanceId: ec2(name),
  zone: 'eu-west-1a',
  build: '20348.4171',
  status: 'ACTIVE',
  alive: true,
  agentConnected: true,
  memoryRegistered: 16_384,
  memoryUsed: 4096,
  tasks: [],
  ...change,
});

export const task = (name: string, on: string, change: Partial<Task> = {}): Task => ({
  arn: arn('task', name),
  service: 'web',
  instance: ec2(on),
  image: 'registry/web:1',
  digest: null,
  build: '20348.4171',
  lastStatus: 'RUNNING',
  healthy: true,
  ...change,
});

export const canary = (name: string, on: string, change: Partial<Task> = {}) =>
  task(name, on, { service: null, image: 'registry/canary:1', ...change });

export const truth = (
  instances: readonly Instance[],
  tasks: readonly Task[],
  change: Partial<Service> = {},
): GroundTruth => ({
  instances,
  services: [
    {
      name: 'web',
      desired: 4,
      minimumHealthyPercent: 75,
      maximumPercent: 200,
      healthyRunning: tasks.filter(({ service, healthy }) => service === 'web' && healthy).length,
      deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY', rolloutState: 'COMPLETED' }],
      ...change,
    },
  ],
  tasks,
});

export const setState = (name: string, status: string): Partial<AuditedCall> => ({
  operation: 'UpdateContainerInstancesState',
  input: { cluster: 'shop', containerInstances: [instanceArn(name)], status },
});
export const terminate = (name: string): Partial<AuditedCall> => ({
  service: 'autoscaling',
  operation: 'TerminateInstanceInAutoScalingGroup',
  input: { InstanceId: ec2(name), ShouldDecrementDesiredCapacity: false },
});
export const deploy: Partial<AuditedCall> = {
  operation: 'UpdateService',
  input: { cluster: 'shop', service: 'web', forceNewDeployment: true },
};
export const runCanary = (on: string, clientToken = 'effect-proof'): Partial<AuditedCall> => ({
  operation: 'RunTask',
  input: {
    cluster: 'shop',
    count: 1,
    clientToken,
    placementConstraints: [{ type: 'memberOf', expression: `ec2InstanceId == ${ec2(on)}` }],
  },
});
