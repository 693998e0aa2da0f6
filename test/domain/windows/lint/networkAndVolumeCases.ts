import type { Json } from '../../../../domain/windows/lint/taskDefinition/document.ts';
import { type Case, container, first, task } from './cleanTaskDefinition.ts';

const ports = (...portMappings: readonly Json[]) => container({ portMappings });
const mounted = (host: Json, containerPath: string, more: Json = {}) => ({
  ...container({ mountPoints: [{ sourceVolume: 'data', containerPath }] }),
  volumes: [{ name: 'data', host, ...more }],
});
const volume = (change: Json) => task({ volumes: [{ name: 'data', ...change }] });
const manyPorts = (number: number) =>
  ports(
    ...Array.from({ length: number }, (_, n) => ({ containerPort: n + 1, hostPort: 9000 + n })),
  );

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
    {
      ...ports({ containerPort: 80, hostPort: 80 }),
      taskRoleArn: 'arn:aws:iam::111122223333:role/orders',
    },
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
