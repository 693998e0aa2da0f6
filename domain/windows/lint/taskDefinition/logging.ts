import {
  ecsApi,
  findingOf,
  guide,
  type LintRules,
  type TaskDefinitionFinding,
} from '../finding.ts';
import {
  at,
  type Container,
  isSet,
  type Json,
  objectAt,
  type TaskDefinitionDocument,
  textAt,
} from './document.ts';

const agentSource = 'amazon-ecs-agent README, ECS_AVAILABLE_LOGGING_DRIVERS';

export const loggingRules = {
  'log-driver-unsupported': {
    severity: 'error',
    reason: 'no Windows container instance offers this log driver, so the task is never placed',
    source: guide('windows_task_definitions'),
  },
  'log-driver-not-registered': {
    severity: 'warning',
    reason: 'an agent on Windows offers json-file, awslogs and none unless its instance says more',
    source: agentSource,
  },
  'awslogs-options-missing': {
    severity: 'error',
    reason: 'the awslogs driver starts no container without them',
    source: ecsApi('LogConfiguration, options'),
  },
  'log-configuration-missing': {
    severity: 'info',
    reason: 'the log stays on the instance, and a patched instance is a new one',
    source: ecsApi('ContainerDefinition, logConfiguration'),
  },
  'firelens-unsupported': {
    severity: 'error',
    reason: 'FireLens routers run on Linux alone',
    source: guide('windows_task_definitions'),
  },
} as const satisfies LintRules;

const finding = findingOf(loggingRules);

/** FireLens, and journald of systemd. */
const impossible = new Set(['awsfirelens', 'journald']);
const offeredByDefault = new Set(['json-file', 'awslogs', 'none']);

export const checkLogging = ({
  containers,
}: TaskDefinitionDocument): readonly TaskDefinitionFinding[] =>
  containers.flatMap((container) => {
    const configuration = objectAt(container.json, 'logConfiguration');
    return [
      ...(configuration === undefined
        ? missing(container)
        : driverOf(configuration, `${container.path}.logConfiguration`)),
      ...(isSet(at(container.json, 'firelensConfiguration'))
        ? [
            finding(
              'firelens-unsupported',
              { path: `${container.path}.firelensConfiguration` },
              'the container is a FireLens router',
              'remove it and use awslogs',
            ),
          ]
        : []),
    ];
  });

const missing = ({ path }: Container) => [
  finding(
    'log-configuration-missing',
    { path: `${path}.logConfiguration` },
    'no logConfiguration',
    'write "logConfiguration" with the driver awslogs',
  ),
];

const driverOf = (configuration: Json, path: string) => {
  const driver = textAt(configuration, 'logDriver');
  const place = { path: `${path}.logDriver` };
  if (driver === undefined) return [];
  if (impossible.has(driver)) {
    const fix = 'write "awslogs"';
    return [finding('log-driver-unsupported', place, `the log driver ${driver}`, fix)];
  }
  if (driver === 'awslogs') return awslogs(configuration, path);
  if (offeredByDefault.has(driver)) return [];
  const fix = `write "awslogs", or set ECS_AVAILABLE_LOGGING_DRIVERS with ${driver} on instances`;
  return [finding('log-driver-not-registered', place, `the log driver ${driver}`, fix)];
};

const awslogs = (configuration: Json, path: string) => {
  const options = objectAt(configuration, 'options') ?? {};
  const lacking = ['awslogs-group', 'awslogs-region'].filter((key) => !isSet(at(options, key)));
  if (lacking.length === 0) return [];
  const fix = `write ${lacking.map((key) => `"${key}"`).join(' and ')} into options`;
  const found = `awslogs without ${lacking.join(' and ')}`;
  return [finding('awslogs-options-missing', { path: `${path}.options` }, found, fix)];
};
