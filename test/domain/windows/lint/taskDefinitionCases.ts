import type { Json } from '../../../../domain/windows/lint/taskDefinition/document.ts';
import { cleanContainer, container, digest, of, task } from './cleanTaskDefinition.ts';

/** What sets the rule off, and the nearest thing that does not. */
export type Case = readonly [rule: string, path: string, faulty: Json, sound: Json];

const first = 'containerDefinitions[0]';
const ports = (...portMappings: readonly Json[]) => container({ portMappings });
const image = (text: string) => container({ image: text });
const logs = (logConfiguration: Json | undefined) => container({ logConfiguration });
const platform = (operatingSystemFamily: string | undefined) =>
  task({
    runtimePlatform: operatingSystemFamily === undefined ? {} : { operatingSystemFamily },
  });
const mounted = (host: Json, containerPath: string, more: Json = {}) => ({
  ...container({ mountPoints: [{ sourceVolume: 'data', containerPath }] }),
  volumes: [{ name: 'data', host, ...more }],
});
const constrained = (type: string, expression: string) =>
  task({ placementConstraints: [{ type, expression }] });
const arn = 'arn:aws:ssm:eu-west-1:111122223333:parameter/orders';
const role = 'arn:aws:iam::111122223333:role/orders';
const awslogs = {
  logDriver: 'awslogs',
  options: { 'awslogs-group': 'orders', 'awslogs-region': 'eu-west-1' },
};
const volume = (change: Json) => task({ volumes: [{ name: 'data', ...change }] });
const sidecar = (change: Json) => of({ name: 'sidecar', portMappings: undefined, ...change });
const after = (condition: string, target: Json) =>
  task({
    containerDefinitions: [
      of({ dependsOn: [{ containerName: 'sidecar', condition }] }),
      sidecar(target),
    ],
  });
const manyPorts = (number: number) =>
  ports(
    ...Array.from({ length: number }, (_, n) => ({ containerPort: n + 1, hostPort: 9000 + n })),
  );

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

export const networkCases: readonly Case[] = [
  [
    'network-mode-invalid',
    'networkMode',
    task({ networkMode: 'host' }),
    task({ networkMode: '<default>' }),
  ],
  ['network-mode-bridge', 'networkMode', task({ networkMode: 'bridge' }), task({})],
  ['awsvpc-interfaces', 'networkMode', task({ networkMode: 'awsvpc' }), task({})],
  [
    'awsvpc-host-port',
    `${first}.portMappings[0].hostPort`,
    { ...ports({ containerPort: 80, hostPort: 8080 }), networkMode: 'awsvpc' },
    { ...ports({ containerPort: 80, hostPort: 80 }), networkMode: 'awsvpc' },
  ],
  [
    'port-conflict',
    `${first}.portMappings[1].hostPort`,
    ports({ containerPort: 80, hostPort: 8080 }, { containerPort: 81, hostPort: 8080 }),
    ports(
      { containerPort: 53, hostPort: 8080, protocol: 'tcp' },
      { containerPort: 53, hostPort: 8080, protocol: 'udp' },
    ),
  ],
  [
    'port-conflict',
    `${first}.portMappings[1].containerPort`,
    { ...ports({ containerPort: 80 }, { containerPort: 80 }), networkMode: 'awsvpc' },
    ports({ containerPort: 80 }, { containerPort: 80 }),
  ],
  [
    'port-reserved',
    `${first}.portMappings[0].hostPort`,
    ports({ containerPort: 80, hostPort: 51678 }),
    ports({ containerPort: 51678, hostPort: 0 }),
  ],
  [
    'port-80-task-roles',
    `${first}.portMappings[0].hostPort`,
    { ...ports({ containerPort: 80, hostPort: 80 }), taskRoleArn: role },
    ports({ containerPort: 80, hostPort: 80 }),
  ],
  [
    'port-dynamic-range',
    `${first}.portMappings[0].hostPort`,
    ports({ containerPort: 80, hostPort: 49152 }),
    ports({ containerPort: 80, hostPort: 49151 }),
  ],
  [
    'port-static',
    `${first}.portMappings[0].hostPort`,
    ports({ containerPort: 80, hostPort: 8080 }),
    ports({ containerPort: 80 }),
  ],
  ['port-limit', 'containerDefinitions', manyPorts(90), manyPorts(89)],
  [
    'port-invalid',
    `${first}.portMappings[0].containerPort`,
    ports({ containerPort: 65536 }),
    ports({ containerPort: 65535 }),
  ],
  [
    'port-invalid',
    `${first}.portMappings[0].protocol`,
    ports({ containerPort: 80, protocol: 'TCP' }),
    ports({ containerPort: 80, protocol: 'udp' }),
  ],
];

export const volumeCases: readonly Case[] = [
  [
    'volume-path-linux',
    'volumes[0].host.sourcePath',
    mounted({ sourcePath: '/var/data' }, 'C:\\data'),
    mounted({ sourcePath: 'C:\\data' }, 'C:\\data'),
  ],
  [
    'volume-path-linux',
    `${first}.mountPoints[0].containerPath`,
    mounted({}, '/data'),
    mounted({}, 'c:/data'),
  ],
  [
    'volume-drive',
    'volumes[0].host.sourcePath',
    mounted({ sourcePath: 'D:\\data' }, 'D:\\data'),
    mounted({ sourcePath: 'D:\\' }, 'D:\\'),
  ],
  [
    'volume-across-drives',
    `${first}.mountPoints[0].containerPath`,
    mounted({ sourcePath: 'D:\\' }, 'C:\\data'),
    mounted({ sourcePath: 'd:\\' }, 'D:\\'),
  ],
  [
    'volume-type-unsupported',
    'volumes[0].efsVolumeConfiguration',
    volume({ efsVolumeConfiguration: { fileSystemId: 'fs-1' } }),
    volume({ fsxWindowsFileServerVolumeConfiguration: { fileSystemId: 'fs-1' } }),
  ],
  [
    'docker-volume',
    'volumes[0].dockerVolumeConfiguration',
    volume({ dockerVolumeConfiguration: { driver: 'local' } }),
    volume({}),
  ],
  [
    'docker-volume-driver',
    'volumes[0].dockerVolumeConfiguration',
    volume({ dockerVolumeConfiguration: { driver: 'rexray/ebs' } }),
    volume({ dockerVolumeConfiguration: { driver: 'local' } }),
  ],
  [
    'volume-unknown',
    `${first}.mountPoints[0].sourceVolume`,
    container({ mountPoints: [{ sourceVolume: 'data', containerPath: 'C:\\data' }] }),
    mounted({}, 'C:\\data'),
  ],
  [
    'mount-path-duplicate',
    `${first}.mountPoints[1].containerPath`,
    {
      ...container({
        mountPoints: [
          { sourceVolume: 'a', containerPath: 'C:\\Data' },
          { sourceVolume: 'b', containerPath: 'c:\\data\\' },
        ],
      }),
      volumes: [{ name: 'a' }, { name: 'b' }],
    },
    mounted({}, 'C:\\Data'),
  ],
  [
    'docker-engine-pipe',
    'volumes[0].host.sourcePath',
    mounted({ sourcePath: '\\\\.\\pipe\\docker_engine' }, '\\\\.\\pipe\\docker_engine'),
    mounted({ sourcePath: '\\\\.\\pipe\\orders' }, '\\\\.\\pipe\\orders'),
  ],
  [
    'host-volume',
    'volumes[0].host.sourcePath',
    mounted({ sourcePath: 'C:\\data' }, 'C:\\data'),
    mounted({}, 'C:\\data'),
  ],
];

export const roleAndLogCases: readonly Case[] = [
  [
    'log-driver-unsupported',
    `${first}.logConfiguration.logDriver`,
    logs({ logDriver: 'awsfirelens' }),
    logs({ logDriver: 'json-file' }),
  ],
  [
    'log-driver-not-registered',
    `${first}.logConfiguration.logDriver`,
    logs({ logDriver: 'splunk' }),
    logs(awslogs),
  ],
  [
    'awslogs-options-missing',
    `${first}.logConfiguration.options`,
    logs({ logDriver: 'awslogs', options: { 'awslogs-group': 'orders' } }),
    logs(awslogs),
  ],
  ['log-configuration-missing', `${first}.logConfiguration`, logs(undefined), logs(awslogs)],
  [
    'firelens-unsupported',
    `${first}.firelensConfiguration`,
    container({ firelensConfiguration: { type: 'fluentbit' } }),
    container({}),
  ],
  [
    'task-role-credentials',
    'taskRoleArn',
    task({ taskRoleArn: role }),
    task({ taskRoleArn: role, networkMode: 'awsvpc' }),
  ],
  [
    'execution-role-missing',
    'executionRoleArn',
    { ...container({ secrets: [{ name: 'KEY', valueFrom: arn }] }), executionRoleArn: null },
    container({ secrets: [{ name: 'KEY', valueFrom: arn }] }),
  ],
  [
    'credential-spec-form',
    `${first}.credentialSpecs[0]`,
    container({ credentialSpecs: [arn] }),
    container({ credentialSpecs: [`credentialspec:${arn}`] }),
  ],
  [
    'credential-spec-limit',
    `${first}.credentialSpecs`,
    container({ credentialSpecs: [`credentialspec:${arn}`, `credentialspec:${arn}2`] }),
    container({ credentialSpecs: [`credentialspecdomainless:${arn}`] }),
  ],
  [
    'credential-spec-old-form',
    `${first}.dockerSecurityOptions[0]`,
    container({ dockerSecurityOptions: [`credentialspec:${arn}`] }),
    container({ credentialSpecs: [`credentialspec:${arn}`] }),
  ],
  [
    'credential-spec-file',
    `${first}.dockerSecurityOptions[0]`,
    container({ dockerSecurityOptions: ['credentialspec:file://orders.json'] }),
    container({ dockerSecurityOptions: [`credentialspec:${arn}`] }),
  ],
];

const check = (change: Json) =>
  container({ healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost'], ...change } });

export const lifecycleCases: readonly Case[] = [
  ['stop-timeout-unset', `${first}.stopTimeout`, container({ stopTimeout: undefined }), task({})],
  [
    'stop-timeout-invalid',
    `${first}.stopTimeout`,
    container({ stopTimeout: 1.5 }),
    container({ stopTimeout: 600 }),
  ],
  [
    'stop-timeout-short',
    `${first}.stopTimeout`,
    container({ stopTimeout: 0 }),
    container({ stopTimeout: 2 }),
  ],
  [
    'shell-swallows-shutdown',
    `${first}.entryPoint`,
    container({ entryPoint: ['cmd.exe', '/S', '/C', 'orders.exe'] }),
    container({ entryPoint: ['C:\\app\\command.exe'] }),
  ],
  [
    'linux-command',
    `${first}.entryPoint`,
    container({ entryPoint: ['/bin/sh', '-c', 'orders'] }),
    container({}),
  ],
  [
    'linux-command',
    `${first}.healthCheck.command`,
    check({ command: ['CMD-SHELL', 'curl -f http://localhost > /dev/null'] }),
    check({}),
  ],
  [
    'powershell-missing',
    `${first}.entryPoint`,
    container({ image: `orders:nanoserver-ltsc2022@${digest}`, entryPoint: ['powershell', 'a'] }),
    container({ image: `orders:ltsc2022@${digest}`, entryPoint: ['powershell', 'a'] }),
  ],
  [
    'health-check-form',
    `${first}.healthCheck.command`,
    check({ command: ['curl', 'http://localhost'] }),
    check({ command: ['CMD', 'curl.exe', 'http://localhost'] }),
  ],
  [
    'health-check-range',
    `${first}.healthCheck.interval`,
    check({ interval: 4 }),
    check({ interval: 5 }),
  ],
  [
    'health-check-slow-shell',
    `${first}.healthCheck.command`,
    check({ command: ['CMD-SHELL', 'powershell -Command exit 0'] }),
    check({ command: ['CMD-SHELL', 'powershell -Command exit 0'], timeout: 30 }),
  ],
];

export const imageCases: readonly Case[] = [
  ['image-missing', `${first}.image`, container({ image: undefined }), task({})],
  ['image-latest', `${first}.image`, image('orders'), image(`orders@${digest}`)],
  ['image-latest', `${first}.image`, image('host:5000/orders:latest'), image('orders:5.3')],
  ['image-not-pinned', `${first}.image`, image('orders:5.3-ltsc2022'), task({})],
  [
    'image-linux',
    `${first}.image`,
    image(`nginx:1.29-alpine@${digest}`),
    image(`caddy:2-windowsservercore-ltsc2022@${digest}`),
  ],
  [
    'image-family-mismatch',
    `${first}.image`,
    image(`orders:ltsc2025@${digest}`),
    // Windows Server 2025 runs images of 2022 (Microsoft's table).
    platform('WINDOWS_SERVER_2025_CORE'),
  ],
  [
    'image-revision-bound',
    `${first}.image`,
    { ...platform('WINDOWS_SERVER_2016_FULL'), ...containersOf(`orders:ltsc2016@${digest}`) },
    task({}),
  ],
  ['image-channel-ending', `${first}.image`, image(`orders:ltsc2016@${digest}`), task({})],
  ['image-windows-unknown', `${first}.image`, image(`orders:5.3@${digest}`), task({})],
];

function containersOf(text: string): Json {
  return { containerDefinitions: [of({ image: text })] };
}
