import {
  ecsApi,
  findingOf,
  guide,
  type LintRules,
  type TaskDefinitionFinding,
} from '../finding.ts';
import { at, isSet, plainAt, type TaskDefinitionDocument, textsAt } from './document.ts';

const windowsPage = guide('windows_task_definitions');

export const parameterRules = {
  'unsupported-parameter': {
    severity: 'error',
    reason: 'Windows container instances do not support it: it is refused, or silently dropped',
    source: windowsPage,
  },
  'links-unsupported': {
    severity: 'error',
    reason:
      'links need the bridge of Linux; containers of one task share only awsvpc or host ports',
    source: windowsPage,
  },
  'task-size-ignored': {
    severity: 'warning',
    reason: 'a task-level size is ignored on Windows: each container has its own limit or none',
    source: windowsPage,
  },
  'security-option-unsupported': {
    severity: 'error',
    reason:
      'Windows knows one security option, a credential spec; the others are of the Linux kernel',
    source: ecsApi('ContainerDefinition, dockerSecurityOptions'),
  },
  'fargate-parameter': {
    severity: 'warning',
    reason: 'it means something on Fargate alone; a Windows container instance pays no attention',
    source: ecsApi('RegisterTaskDefinition'),
  },
  'fargate-compatibility': {
    severity: 'warning',
    reason:
      'ECS then holds the definition to the rules of Fargate, and Tuesday patches instances of EC2',
    source: ecsApi('RegisterTaskDefinition, requiresCompatibilities'),
  },
} as const satisfies LintRules;

const finding = findingOf(parameterRules);

/** What Windows has instead of each (Amazon ECS Developer Guide, windows_task_definitions). */
const unsupportedInContainer: Readonly<Record<string, string>> = {
  disableNetworking: 'remove it; leave out portMappings for a container that nobody calls',
  dnsServers: 'remove it; set DNS by the DHCP options of the VPC',
  dnsSearchDomains: 'remove it; use full names, or the DHCP options of the VPC',
  extraHosts: 'remove it; use a private hosted zone of Route 53',
  linuxParameters: 'remove it; capabilities, devices, tmpfs and swap are of Linux',
  privileged: 'remove it; Windows containers on ECS have no privileged mode',
  readonlyRootFilesystem: 'remove it; run as ContainerUser and write to a volume',
  user: 'remove it; write USER into the Dockerfile (ContainerUser)',
  ulimits: 'remove it; limit with memory and cpu',
  systemControls: 'remove it; they are kernel parameters of Linux',
};
const unsupportedInTask: Readonly<Record<string, string>> = {
  proxyConfiguration: 'remove it; App Mesh has no Windows proxy',
  ipcMode: 'remove it; talk over the network or a shared volume',
  pidMode: 'remove it; Windows containers share no process namespace',
  inferenceAccelerators: 'remove it',
};

export const checkParameters = (
  document: TaskDefinitionDocument,
): readonly TaskDefinitionFinding[] => {
  const { json, prefix, containers, isFargate } = document;
  const unsupported = [
    ...Object.entries(unsupportedInTask).map(([key, fix]) => ({ json, key, fix, prefix })),
    ...containers.flatMap((container) =>
      Object.entries(unsupportedInContainer).map(([key, fix]) => ({
        json: container.json,
        key,
        fix,
        prefix: `${container.path}.`,
      })),
    ),
  ];
  return [
    ...unsupported
      .filter((each) => isSet(at(each.json, each.key)))
      .map((each) =>
        finding(
          'unsupported-parameter',
          { path: `${each.prefix}${each.key}` },
          `${each.key} is set`,
          each.fix,
        ),
      ),
    ...containers.flatMap(linksAndOptions),
    ...(isFargate ? fargate(document) : taskSize(document)),
  ];
};

const linksAndOptions = ({ json, path }: TaskDefinitionDocument['containers'][number]) => [
  ...(isSet(at(json, 'links'))
    ? [
        finding(
          'links-unsupported',
          { path: `${path}.links` },
          `links to ${textsAt(json, 'links').join(', ') || 'something'}`,
          'remove it; set "networkMode": "awsvpc" and call the other container on localhost',
        ),
      ]
    : []),
  ...textsAt(json, 'dockerSecurityOptions').flatMap((option, index) =>
    option.startsWith('credentialspec:')
      ? []
      : [
          finding(
            'security-option-unsupported',
            { path: `${path}.dockerSecurityOptions[${index}]` },
            `the security option ${option}`,
            'remove it; for Active Directory use credentialSpecs',
          ),
        ],
  ),
];

const taskSize = ({ json, prefix }: TaskDefinitionDocument) => [
  ...['cpu', 'memory']
    .filter((key) => isSet(at(json, key)))
    .map((key) =>
      finding(
        'task-size-ignored',
        { path: `${prefix}${key}` },
        `a task-level ${key} of ${plainAt(json, key) || 'some kind'}`,
        `remove it and set "${key}" in every container definition`,
      ),
    ),
  ...(isSet(at(json, 'ephemeralStorage'))
    ? [
        finding(
          'fargate-parameter',
          { path: `${prefix}ephemeralStorage` },
          'ephemeralStorage is set',
          'remove it; the disk is the one of the instance, or a volume',
        ),
      ]
    : []),
];

const fargate = ({ prefix }: TaskDefinitionDocument) => [
  finding(
    'fargate-compatibility',
    { path: `${prefix}requiresCompatibilities` },
    'FARGATE is among requiresCompatibilities',
    'write ["EC2"] for a task that runs on container instances',
  ),
];
