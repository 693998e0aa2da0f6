import {
  ecsApi,
  findingOf,
  type LintRules,
  quoted,
  type TaskDefinitionFinding,
} from '../finding.ts';
import { flavourNamed } from '../imageFacts.ts';
import { isLinuxCommand, isPowerShell, shellOf } from '../shellWords.ts';
import {
  at,
  type Container,
  numberAt,
  objectAt,
  type TaskDefinitionDocument,
  textAt,
  textsAt,
} from './document.ts';

const stopPage = ecsApi('ContainerDefinition, stopTimeout');
const healthPage = ecsApi('HealthCheck');
const agentTimeoutSeconds = 30;
const fargateTimeoutMaxSeconds = 120;

export const lifecycleRules = {
  'stop-timeout-unset': {
    severity: 'info',
    reason: `after ${agentTimeoutSeconds} s, or what the instance says, the container is killed`,
    source: stopPage,
  },
  'stop-timeout-invalid': {
    severity: 'error',
    reason: `it is a whole number of seconds, at most ${fargateTimeoutMaxSeconds} on Fargate`,
    source: stopPage,
  },
  'stop-timeout-short': {
    severity: 'warning',
    reason: 'it ends before CTRL_SHUTDOWN_EVENT could be handled, so each drain kills requests',
    source: ecsApi('StopTask'),
  },
  'shell-swallows-shutdown': {
    severity: 'warning',
    reason:
      'Windows has no signals: CTRL_SHUTDOWN_EVENT goes to the first process, and a shell does ' +
      'not hand it on',
    source: 'moby#25982; Windows-Containers#466',
  },
  'linux-command': {
    severity: 'error',
    reason: 'no Windows image has this program',
    source: 'Microsoft Learn, container-base-images',
  },
  'powershell-missing': {
    severity: 'error',
    reason: 'Nano Server has no Windows PowerShell',
    source: 'Microsoft Learn, container-base-images',
  },
  'health-check-form': {
    severity: 'error',
    reason: 'the command of a health check begins with CMD or CMD-SHELL, which is cmd on Windows',
    source: healthPage,
  },
  'health-check-range': {
    severity: 'error',
    reason: 'ECS refuses a health check outside its limits',
    source: healthPage,
  },
  'health-check-slow-shell': {
    severity: 'warning',
    reason: 'PowerShell under a hard CPU cap may need longer to start than the default of 5 s',
    source: `${healthPage}; ${ecsApi('ContainerDefinition, cpu')}`,
  },
} as const satisfies LintRules;

const finding = findingOf(lifecycleRules);

export const checkLifecycle = (
  document: TaskDefinitionDocument,
): readonly TaskDefinitionFinding[] =>
  document.containers.flatMap((container) => [
    ...stopTimeout(container, document.isFargate),
    ...firstProcess(container),
    ...healthCheck(container),
  ]);

const stopTimeout = ({ json, path }: Container, isFargate: boolean) => {
  const place = { path: `${path}.stopTimeout` };
  const value = at(json, 'stopTimeout');
  if (value === undefined || value === null) {
    const fix = 'write how long the longest request takes, such as "stopTimeout": 60';
    return [finding('stop-timeout-unset', place, 'no stopTimeout', fix)];
  }
  const seconds = numberAt(json, 'stopTimeout');
  if (seconds === undefined) return [];
  const max = isFargate ? fargateTimeoutMaxSeconds : Number.POSITIVE_INFINITY;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > max) {
    return [finding('stop-timeout-invalid', place, `stopTimeout is ${seconds}`, 'write 2-120')];
  }
  if (seconds >= 2) return [];
  return [finding('stop-timeout-short', place, `stopTimeout is ${seconds} s`, 'write 30 or more')];
};

/** What Windows starts: the entry point, then the command; an image's own are not known here. */
const firstProcess = ({ json, path }: Container) => {
  const entryPoint = textsAt(json, 'entryPoint');
  const command = textsAt(json, 'command');
  const key = entryPoint.length > 0 ? 'entryPoint' : 'command';
  const words = key === 'entryPoint' ? entryPoint : command;
  const [program = ''] = words;
  const place = { path: `${path}.${key}` };
  if (program === '') return [];
  if (isLinuxCommand(program)) {
    const fix = 'name the program itself, with its drive and path';
    return [finding('linux-command', place, quoted(words.join(' ')), fix)];
  }
  const shell = shellOf(words);
  if (shell === undefined) return [];
  const flavour = flavourNamed(textAt(json, 'image') ?? '');
  if (flavour === 'nanoserver' && isPowerShell(program)) {
    const fix = 'start the program itself, or build on servercore';
    return [finding('powershell-missing', place, quoted(words.join(' ')), fix)];
  }
  const fix = `start the program itself: "${key}": ["C:\\\\app\\\\server.exe"]`;
  return [finding('shell-swallows-shutdown', place, `${shell} is the first process`, fix)];
};

const limits = [
  ['interval', 5, 300],
  ['timeout', 2, 60],
  ['retries', 1, 10],
  ['startPeriod', 0, 300],
] as const;

const healthCheck = ({ json, path }: Container) => {
  const check = objectAt(json, 'healthCheck');
  if (check === undefined) return [];
  const place = { path: `${path}.healthCheck.command` };
  const words = textsAt(check, 'command');
  const [form = '', ...rest] = words;
  const text = rest.join(' ');
  const timeoutSeconds = numberAt(check, 'timeout') ?? 5;
  return [
    ...(form === 'CMD' || form === 'CMD-SHELL'
      ? []
      : [
          finding(
            'health-check-form',
            place,
            form === '' ? 'no command' : `it begins with ${quoted(form)}`,
            'write ["CMD-SHELL", "curl -f http://localhost/ || exit 1"]',
          ),
        ]),
    ...(rest.length > 0 && (isLinuxCommand(text) || text.includes('/dev/null'))
      ? [finding('linux-command', place, quoted(text), 'write it for cmd: NUL for /dev/null')]
      : []),
    ...(isPowerShell(text) && timeoutSeconds <= 5
      ? [
          finding(
            'health-check-slow-shell',
            place,
            `PowerShell with a timeout of ${timeoutSeconds} s`,
            'write "timeout": 30, or use curl.exe, which every base image has',
          ),
        ]
      : []),
    ...limits.flatMap(([key, min, max]) => {
      const value = numberAt(check, key);
      if (value === undefined || (value >= min && value <= max)) return [];
      const where = { path: `${path}.healthCheck.${key}` };
      return [finding('health-check-range', where, `${key} is ${value}`, `write ${min} to ${max}`)];
    }),
  ];
};
