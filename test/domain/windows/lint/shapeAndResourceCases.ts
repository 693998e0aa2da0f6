import type { Json } from '../../../../domain/windows/lint/taskDefinition/document.ts';
import {
  type Case,
  cleanContainer,
  container,
  first,
  of,
  platform,
  task,
} from './cleanTaskDefinition.ts';

const constrained = (type: string, expression: string) =>
  task({ placementConstraints: [{ type, expression }] });
const sidecar = (change: Json) => of({ name: 'sidecar', portMappings: undefined, ...change });
const after = (condition: string, target: Json) =>
  task({
    containerDefinitions: [
      of({ dependsOn: [{ containerName: 'sidecar', condition }] }),
      sidecar(target),
    ],
  });

export const shapeCases: readonly Case[] = [
  [
    'unknown-parameter',
    `${first}.portMapping`,
    container({ portMapping: [{ containerPort: 80 }] }),
    container({}),
  ],
  ['wrong-type', `${first}.memory`, container({ memory: '2048' }), container({ memory: 2048 })],
  ['wrong-type', `${first}.command[1]`, container({ command: ['a', 1] }), container({})],
  [
    'backslash-single',
    `${first}.workingDirectory`,
    container({ workingDirectory: 'C:\temp' }),
    container({ workingDirectory: 'C:\\temp' }),
  ],
  ['containers-missing', 'containerDefinitions', task({ containerDefinitions: [] }), task({})],
  [
    'containers-limit',
    'containerDefinitions',
    task({ containerDefinitions: Array.from({ length: 11 }, (_, n) => of({ name: `web-${n}` })) }),
    task({ containerDefinitions: Array.from({ length: 10 }, (_, n) => of({ name: `web-${n}` })) }),
  ],
  [
    'container-name',
    'containerDefinitions[1].name',
    task({ containerDefinitions: [cleanContainer, cleanContainer] }),
    task({ containerDefinitions: [cleanContainer, sidecar({})] }),
  ],
  [
    'essential-missing',
    'containerDefinitions',
    container({ essential: false }),
    container({ essential: undefined }),
  ],
  [
    'dependency-unknown',
    `${first}.dependsOn[0].containerName`,
    container({ dependsOn: [{ containerName: 'nobody', condition: 'START' }] }),
    after('START', {}),
  ],
  [
    'dependency-condition',
    `${first}.dependsOn[0].condition`,
    after('HEALTHY', { healthCheck: undefined }),
    after('HEALTHY', {}),
  ],
  [
    'dependency-condition',
    `${first}.dependsOn[0].condition`,
    after('SUCCESS', { essential: true }),
    after('SUCCESS', { essential: false }),
  ],
];

export const platformCases: readonly Case[] = [
  [
    'operating-system-family-missing',
    'runtimePlatform.operatingSystemFamily',
    platform(undefined),
    platform('WINDOWS_SERVER_2022_FULL'),
  ],
  [
    'operating-system-family-linux',
    'runtimePlatform.operatingSystemFamily',
    platform('LINUX'),
    task({}),
  ],
  [
    'operating-system-family-invalid',
    'runtimePlatform.operatingSystemFamily',
    platform('WINDOWS_SERVER_2022'),
    task({}),
  ],
  [
    'operating-system-family-ended',
    'runtimePlatform.operatingSystemFamily',
    platform('WINDOWS_SERVER_20H2_CORE'),
    task({}),
  ],
  [
    'operating-system-family-ending',
    'runtimePlatform.operatingSystemFamily',
    platform('WINDOWS_SERVER_2016_FULL'),
    platform('WINDOWS_SERVER_2019_CORE'),
  ],
  [
    'cpu-architecture-unsupported',
    'runtimePlatform.cpuArchitecture',
    task({ runtimePlatform: { cpuArchitecture: 'ARM64' } }),
    task({}),
  ],
  [
    'placement-constraint-invalid',
    'placementConstraints[0].type',
    constrained('distinctInstance', ''),
    constrained('memberOf', 'agentConnected == true'),
  ],
  [
    'placement-constraint-family',
    'placementConstraints[0].expression',
    constrained('memberOf', 'attribute:ecs.os-family == WINDOWS_SERVER_2019_CORE'),
    constrained('memberOf', 'attribute:ecs.os-family == WINDOWS_SERVER_2022_CORE'),
  ],
];

export const parameterCases: readonly Case[] = [
  ...Object.entries({
    disableNetworking: true,
    dnsServers: ['10.0.0.2'],
    dnsSearchDomains: ['corp'],
    extraHosts: [{ hostname: 'a', ipAddress: '10.0.0.1' }],
    linuxParameters: { initProcessEnabled: true },
    privileged: true,
    readonlyRootFilesystem: true,
    user: 'ContainerUser',
    ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 1 }],
    systemControls: [{ namespace: 'net.core.somaxconn', value: '1' }],
  }).map(
    ([key, value]): Case => [
      'unsupported-parameter',
      `${first}.${key}`,
      container({ [key]: value }),
      // What describe-task-definition prints where nothing was written.
      container({ [key]: Array.isArray(value) ? [] : value === true ? false : undefined }),
    ],
  ),
  ['unsupported-parameter', 'pidMode', task({ pidMode: 'task' }), task({})],
  ['unsupported-parameter', 'ipcMode', task({ ipcMode: 'task' }), task({})],
  [
    'links-unsupported',
    `${first}.links`,
    container({ links: ['cache'] }),
    container({ links: [] }),
  ],
  ['task-size-ignored', 'memory', task({ memory: '4096' }), task({})],
  [
    'security-option-unsupported',
    `${first}.dockerSecurityOptions[0]`,
    container({ dockerSecurityOptions: ['no-new-privileges'] }),
    container({ dockerSecurityOptions: ['credentialspec:arn:aws:s3:::gmsa/orders.json'] }),
  ],
  [
    'fargate-parameter',
    'ephemeralStorage',
    task({ ephemeralStorage: { sizeInGiB: 30 } }),
    task({}),
  ],
  [
    'fargate-compatibility',
    'requiresCompatibilities',
    task({ requiresCompatibilities: ['FARGATE'] }),
    task({ requiresCompatibilities: ['EC2'] }),
  ],
  ['memory-hard-limit', `${first}.memory`, container({ memory: undefined }), container({})],
  [
    'memory-reservation-ignored',
    `${first}.memoryReservation`,
    container({ memoryReservation: 1024 }),
    container({ memoryReservation: 0 }),
  ],
  [
    'memory-reservation-above-limit',
    `${first}.memoryReservation`,
    container({ memoryReservation: 2048 }),
    container({ memoryReservation: 2047 }),
  ],
  ['memory-below-minimum', `${first}.memory`, container({ memory: 5 }), container({ memory: 6 })],
  ['cpu-unset', `${first}.cpu`, container({ cpu: 0 }), container({ cpu: 256 })],
  ['task-size-exceeded', 'memory', task({ memory: '2047' }), task({ memory: '2 GB' })],
];
