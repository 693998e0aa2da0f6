import { reservedPorts } from '../../reservedPorts.ts';
import { type DockerfileFinding, findingOf, type LintRules, learn, quoted } from '../finding.ts';
import { shellOf } from '../shellWords.ts';
import { type Instruction, placeIn } from './parse.ts';
import type { Stage } from './stages.ts';

const reference = (part: string) => `Docker docs, Dockerfile reference, ${part}`;

export const runtimeRules = {
  'entrypoint-shell-form': {
    severity: 'warning',
    reason:
      'Windows has no signals: CTRL_SHUTDOWN_EVENT goes to the first process, here a shell, ' +
      'which does not hand it on',
    source: `moby#25982; ${reference('ENTRYPOINT, shell form')}`,
  },
  'stop-signal-ignored': {
    severity: 'warning',
    reason: 'Windows has no signals; a container gets CTRL_SHUTDOWN_EVENT whatever is written here',
    source: 'Amazon ECS API Reference, StopTask',
  },
  'user-administrator': {
    severity: 'warning',
    reason: 'whoever breaks into the program owns everything in the container',
    source: learn('manage-containers/container-security'),
  },
  'expose-reserved-port': {
    severity: 'info',
    reason: 'as a fixed host port it is refused: Windows or the ECS agent listens there',
    source: 'amazon-ecs-agent, config_windows.go',
  },
  'health-check-not-read': {
    severity: 'info',
    reason: 'ECS looks at the health check of the task definition alone',
    source: 'Amazon ECS API Reference, HealthCheck',
  },
  'volume-system-drive': {
    severity: 'error',
    reason: 'a volume on Windows is an empty or new directory, or a drive other than C:',
    source: reference('VOLUME'),
  },
  'run-layers-not-rebasable': {
    severity: 'info',
    reason:
      'on Windows a RUN layer carries changes to the registry that depend on the base, so the ' +
      'image can be rebuilt on a new base but not moved onto it',
    source: 'google/go-containerregistry#1111',
  },
} as const satisfies LintRules;

const finding = findingOf(runtimeRules);

/** What the image that comes out will do; `shipped` are the stages that it consists of. */
export const checkRuntime = (shipped: readonly Stage[]): readonly DockerfileFinding[] => {
  const last = shipped.at(-1);
  if (last === undefined || last.family === 'linux') return [];
  const instructions = shipped.flatMap((stage) => stage.instructions);
  return [
    ...firstProcess(instructions),
    ...administrator(instructions),
    ...notRebasable(instructions),
    ...instructions.flatMap((instruction) => [
      ...stopSignal(instruction),
      ...exposed(instruction),
      ...healthCheck(instruction),
      ...volume(instruction),
    ]),
  ];
};

const placeOf = ({ line, column }: Instruction) => ({ line, column });

/** Only the last of each counts, and CMD is a process of its own only without ENTRYPOINT. */
const firstProcess = (instructions: readonly Instruction[]) => {
  const entryPoint = instructions.findLast(({ keyword }) => keyword === 'ENTRYPOINT');
  const command = instructions.findLast(({ keyword }) => keyword === 'CMD');
  const first = entryPoint ?? command;
  if (first === undefined) return [];
  const fix = `write ${first.keyword} ["C:\\\\app\\\\server.exe"]`;
  if (first.words === undefined) {
    if (/^\[\s*["']/.test(first.text)) return []; // broken JSON is another finding
    const found = `${first.keyword} in shell form`;
    return [finding('entrypoint-shell-form', placeOf(first), found, fix)];
  }
  const shell = shellOf(first.words);
  if (shell === undefined || first.words.length === 1) return [];
  const found = `${first.keyword} starts ${shell}`;
  return [finding('entrypoint-shell-form', placeOf(first), found, fix)];
};

const administrator = (instructions: readonly Instruction[]) => {
  const user = instructions.findLast(({ keyword }) => keyword === 'USER');
  if (user === undefined || !/^["']?ContainerAdministrator\b/i.test(user.text)) return [];
  const fix = 'end with USER ContainerUser, once everything is installed';
  return [finding('user-administrator', placeOf(user), `runs as ${user.text}`, fix)];
};

const notRebasable = (instructions: readonly Instruction[]) => {
  const runs = instructions.filter(({ keyword }) => keyword === 'RUN');
  const [first] = runs;
  if (first === undefined) return [];
  const found = runs.length === 1 ? 'one RUN' : `${runs.length} RUNs`;
  const fix = 'nothing to do; RUN in an earlier stage and COPY --from it where rebuilds are slow';
  return [finding('run-layers-not-rebasable', placeOf(first), `${found} in what is shipped`, fix)];
};

const stopSignal = (instruction: Instruction) => {
  if (instruction.keyword !== 'STOPSIGNAL') return [];
  const fix = 'remove it and handle CTRL_SHUTDOWN_EVENT in the program';
  return [finding('stop-signal-ignored', placeOf(instruction), instruction.text, fix)];
};

const exposed = (instruction: Instruction) => {
  if (instruction.keyword !== 'EXPOSE') return [];
  return [...instruction.text.matchAll(/\b(\d{1,5})(?:\/(?:tcp|udp))?\b/g)].flatMap((match) => {
    const owner = reservedPorts.get(Number(match[1]));
    if (owner === undefined) return [];
    const fix = 'leave hostPort out of the task definition, or listen elsewhere';
    const place = placeIn(instruction, match.index);
    return [finding('expose-reserved-port', place, `${match[0]} belongs to ${owner}`, fix)];
  });
};

const healthCheck = (instruction: Instruction) => {
  if (instruction.keyword !== 'HEALTHCHECK' || /^NONE\b/i.test(instruction.text)) return [];
  const fix = 'write it as "healthCheck" of the container definition';
  return [finding('health-check-not-read', placeOf(instruction), 'HEALTHCHECK', fix)];
};

const volume = (instruction: Instruction) => {
  if (instruction.keyword !== 'VOLUME') return [];
  const words = instruction.words ?? instruction.text.split(/\s+/);
  const drive = words.find((word) => /^"?c:[\\/]*"?$/i.test(word));
  if (drive === undefined) return [];
  return [finding('volume-system-drive', placeOf(instruction), quoted(drive), 'write C:/data')];
};
