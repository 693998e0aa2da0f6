import { reservedPorts } from '../../reservedPorts.ts';
import {
  ecsApi,
  findingOf,
  guide,
  type LintRules,
  type TaskDefinitionFinding,
} from '../finding.ts';
import { isSet, membersAt, numberAt, type TaskDefinitionDocument, textAt } from './document.ts';

const portsMax = 100;
const dynamicFrom = 49_152;
const agentSource = 'amazon-ecs-agent, config_windows.go';
const hostPortPage = ecsApi('PortMapping, hostPort');

export const networkRules = {
  'network-mode-invalid': {
    severity: 'error',
    reason: 'Windows instances have two network modes, default (NAT) and awsvpc',
    source: ecsApi('TaskDefinition, networkMode'),
  },
  'network-mode-bridge': {
    severity: 'warning',
    reason:
      'there is no bridge on Windows: the agent rewrites it to nat, another network than it says',
    source: 'amazon-ecs-agent, task_windows.go',
  },
  'awsvpc-host-port': {
    severity: 'error',
    reason: 'with awsvpc a port belongs to the interface of the task, so both must be the same',
    source: hostPortPage,
  },
  'awsvpc-interfaces': {
    severity: 'info',
    reason: 'Windows has no ENI trunking: each task takes one network interface of its instance',
    source: guide('windows_task_definitions'),
  },
  'port-conflict': {
    severity: 'error',
    reason: 'a host port, or a port of the interface of a task, can be bound once a protocol',
    source: hostPortPage,
  },
  'port-reserved': {
    severity: 'error',
    reason: 'Windows or the ECS agent listens there, so no instance ever has it free',
    source: agentSource,
  },
  'port-80-task-roles': {
    severity: 'error',
    reason: 'the credential proxy for task roles takes host port 80 on instances in default mode',
    source: guide('windows_task_IAM_roles'),
  },
  'port-dynamic-range': {
    severity: 'error',
    reason: 'Windows hands ports 49152-65535 out by itself; whether it is free is chance',
    source: hostPortPage,
  },
  'port-static': {
    severity: 'info',
    reason:
      'a fixed host port allows one such task an instance, so a rollout needs a spare instance',
    source: guide('task-placement'),
  },
  'port-limit': {
    severity: 'error',
    reason: `an instance has at most ${portsMax} reserved host ports, those of its own included`,
    source: hostPortPage,
  },
  'port-invalid': {
    severity: 'error',
    reason: 'ports are 0-65535, and ECS takes any protocol but udp as tcp',
    source: ecsApi('PortMapping'),
  },
} as const satisfies LintRules;

const finding = findingOf(networkRules);

type Port = {
  readonly path: string;
  readonly container: number | undefined;
  readonly host: number | undefined;
  readonly protocol: string;
};

export const checkNetwork = (
  document: TaskDefinitionDocument,
): readonly TaskDefinitionFinding[] => {
  const ports = document.containers.flatMap(({ json, path }) =>
    membersAt(json, 'portMappings', `${path}.`).map((mapping) => ({
      path: mapping.path,
      container: numberAt(mapping.json, 'containerPort'),
      host: numberAt(mapping.json, 'hostPort'),
      protocol: textAt(mapping.json, 'protocol') ?? 'tcp',
    })),
  );
  const valid = ports.filter((port) => invalid(port).length === 0);
  return [
    ...networkMode(document),
    ...ports.flatMap(invalid),
    ...(document.isAwsvpc ? awsvpcPorts(valid) : natPorts(valid, document)),
  ];
};

const networkMode = ({ networkMode: mode, prefix }: TaskDefinitionDocument) => {
  const place = { path: `${prefix}networkMode` };
  const fix = 'remove it (Windows then uses NAT), or write "awsvpc"';
  if (mode === 'bridge') {
    return [finding('network-mode-bridge', place, 'networkMode is bridge', fix)];
  }
  if (mode === 'awsvpc') {
    const fix = 'nothing to do; count interfaces, not only memory, when you size instances';
    return [finding('awsvpc-interfaces', place, 'networkMode is awsvpc', fix)];
  }
  if (mode === 'default' || mode === '<default>') return [];
  return [finding('network-mode-invalid', place, `networkMode is ${mode}`, fix)];
};

const invalid = ({ path, container, host, protocol }: Port) => [
  ...(
    [
      ['containerPort', container],
      ['hostPort', host],
    ] as const
  ).flatMap(([key, value]) =>
    value === undefined || (Number.isInteger(value) && value >= 0 && value <= 65_535)
      ? []
      : [
          finding(
            'port-invalid',
            { path: `${path}.${key}` },
            `${key} is ${value}`,
            'write 1-65535',
          ),
        ],
  ),
  ...(protocol === 'tcp' || protocol === 'udp'
    ? []
    : [
        finding(
          'port-invalid',
          { path: `${path}.protocol` },
          `protocol is ${protocol}`,
          'write "tcp" or "udp", in small letters',
        ),
      ]),
];

const awsvpcPorts = (ports: readonly Port[]) => [
  ...ports
    .filter(({ container, host }) => isSet(host) && host !== 0 && host !== container)
    .map(({ path, container, host }) =>
      finding(
        'awsvpc-host-port',
        { path: `${path}.hostPort` },
        `hostPort ${host} for containerPort ${container ?? 'none'}`,
        'remove hostPort',
      ),
    ),
  ...conflicts(ports, 'containerPort', ({ container }) => container, 'listen on another port'),
];

const natPorts = (ports: readonly Port[], { json, prefix }: TaskDefinitionDocument) => {
  const fixed = ports.filter(({ host }) => host !== undefined && host !== 0);
  const hasTaskRole = textAt(json, 'taskRoleArn') !== undefined;
  const room = portsMax - reservedPorts.size - (hasTaskRole ? 1 : 0);
  return [
    ...fixed.flatMap((port) => fixedPort(port, hasTaskRole)),
    ...conflicts(fixed, 'hostPort', ({ host }) => host, 'remove hostPort from one of them'),
    ...(fixed.length <= room
      ? []
      : [
          finding(
            'port-limit',
            { path: `${prefix}containerDefinitions` },
            `${fixed.length} fixed host ports, ${room} are left`,
            'remove hostPort: ports that ECS hands out do not count',
          ),
        ]),
  ];
};

const fixedPort = ({ path, host = 0 }: Port, hasTaskRole: boolean) => {
  const place = { path: `${path}.hostPort` };
  const fix = 'remove hostPort and let the load balancer learn the port that ECS hands out';
  const owner = reservedPorts.get(host);
  if (owner !== undefined) {
    return [finding('port-reserved', place, `host port ${host} belongs to ${owner}`, fix)];
  }
  if (host === 80 && hasTaskRole) {
    return [finding('port-80-task-roles', place, 'host port 80 together with taskRoleArn', fix)];
  }
  if (host >= dynamicFrom) {
    return [finding('port-dynamic-range', place, `host port ${host} is in the dynamic range`, fix)];
  }
  return [finding('port-static', place, `host port ${host} is fixed`, fix)];
};

const conflicts = (
  ports: readonly Port[],
  key: string,
  numberOf: (port: Port) => number | undefined,
  fix: string,
) => {
  const taken = new Map<string, Port>();
  return ports.flatMap((port) => {
    const number = numberOf(port);
    if (number === undefined) return [];
    const name = `${number}/${port.protocol}`;
    const first = taken.get(name);
    if (first === undefined) {
      taken.set(name, port);
      return [];
    }
    const found = `${key} ${name} is taken by ${first.path}`;
    return [finding('port-conflict', { path: `${port.path}.${key}` }, found, fix)];
  });
};
