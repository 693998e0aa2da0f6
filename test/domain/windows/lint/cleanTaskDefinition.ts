import type { Json } from '../../../../domain/windows/lint/taskDefinition/document.ts';

/** What sets the rule off, where, and the nearest thing that does not. */
export type Case = readonly [rule: string, path: string, faulty: Json, sound: Json];

export const first = 'containerDefinitions[0]';
export const digest = `sha256:${'4f'.repeat(32)}`;

export const cleanContainer: Json = {
  name: 'web',
  image: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders:5.3-ltsc2022@${digest}`,
  essential: true,
  cpu: 1024,
  memory: 2048,
  portMappings: [{ containerPort: 8080, hostPort: 0, protocol: 'tcp' }],
  entryPoint: ['C:\\app\\orders.exe'],
  command: ['--port', '8080'],
  environment: [{ name: 'ASPNETCORE_ENVIRONMENT', value: 'Production' }],
  stopTimeout: 60,
  healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/health || exit 1'] },
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': '/ecs/orders', 'awslogs-region': 'eu-west-1' },
  },
};

/** As a team that knows Windows on ECS writes it: nothing to say about it. */
export const cleanTask: Json = {
  family: 'orders',
  requiresCompatibilities: ['EC2'],
  executionRoleArn: 'arn:aws:iam::111122223333:role/ecsTaskExecutionRole',
  runtimePlatform: {
    cpuArchitecture: 'X86_64',
    operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
  },
  containerDefinitions: [cleanContainer],
};

/** The clean task with its container changed; `undefined` takes a field away. */
export const container = (change: Json): Json => task({ containerDefinitions: [of(change)] });

export const of = (change: Json): Json => without({ ...cleanContainer, ...change });

export const task = (change: Json): Json => without({ ...cleanTask, ...change });

const without = (json: Json): Json =>
  Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));

export const platform = (operatingSystemFamily: string | undefined) =>
  task({
    runtimePlatform: operatingSystemFamily === undefined ? {} : { operatingSystemFamily },
  });
