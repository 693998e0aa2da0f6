import { type DockerfileFinding, findingOf, type LintRules, learn, quoted } from '../finding.ts';
import { isLinuxCommand } from '../shellWords.ts';
import { type Instruction, jsonWords, placeIn } from './parse.ts';
import { type Stage, withShell } from './stages.ts';

const dockerfilePage = learn('manage-docker/manage-windows-dockerfile');
const optimizePage = learn('manage-docker/optimize-windows-dockerfile');

export const commandRules = {
  'windows-update-in-build': {
    severity: 'error',
    reason:
      'Windows is patched by building on the base image of the month, not by updating inside ' +
      'of a container',
    source: learn('deploy-containers/update-containers'),
  },
  'linux-command': {
    severity: 'error',
    reason: 'no Windows base image has this program',
    source: learn('manage-containers/container-base-images'),
  },
  'powershell-missing': {
    severity: 'error',
    reason: 'Nano Server has no Windows PowerShell',
    source: learn('manage-containers/container-base-images'),
  },
  'powershell-errors-continue': {
    severity: 'warning',
    reason:
      'PowerShell goes on after an error and ends with 0, so a download that failed gives an image',
    source: dockerfilePage,
  },
  'start-process-without-wait': {
    severity: 'warning',
    reason: 'Start-Process returns at once, and the layer is closed before the installer is done',
    source: dockerfilePage,
  },
  'web-request-progress': {
    severity: 'info',
    reason: 'in Windows PowerShell the progress bar makes Invoke-WebRequest many times slower',
    source: 'PowerShell/PowerShell#2138',
  },
  'download-kept': {
    severity: 'warning',
    reason:
      'what a layer holds at its end is pulled by every instance, and removing it later does not ' +
      'make it smaller',
    source: optimizePage,
  },
  'add-url': {
    severity: 'warning',
    reason: 'the file is checked by nothing and stays in a layer of its own',
    source: `${optimizePage}; Docker docs, Dockerfile reference, ADD --checksum`,
  },
} as const satisfies LintRules;

const finding = findingOf(commandRules);

/** What a line of a build runs, wherever it is written. */
type Line = {
  readonly instruction: Instruction;
  readonly text: string;
  readonly shell: readonly string[] | undefined;
};

export const checkCommands = (
  stages: readonly Stage[],
  shippedInOrder: readonly Stage[],
): readonly DockerfileFinding[] => {
  const shipped = new Set(shippedInOrder);
  return stages.flatMap((stage) => {
    if (stage.family === 'linux') return [];
    const lines = linesOf(stage);
    return [
      ...lines.flatMap((line) => [
        ...windowsUpdate(line),
        ...(stage.family === 'windows' ? linux(line) : []),
        ...(stage.flavour === 'nanoserver' ? powerShell(line) : []),
        ...unattended(line),
        ...webRequest(line),
        ...(shipped.has(stage) ? downloads(line) : []),
      ]),
      ...errorsContinue(stage, lines),
      ...addedUrls(stage),
    ];
  });
};

const linesOf = (stage: Stage): readonly Line[] =>
  withShell(stage).flatMap(({ instruction, shell }) => {
    if (!['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK'].includes(instruction.keyword)) return [];
    const { keyword, heredocs } = instruction;
    const bodies = heredocs.map((body) => ({ instruction, text: body, shell }));
    if (heredocs.length > 0) return bodies;
    const text =
      keyword === 'HEALTHCHECK' ? instruction.text.replace(/^CMD\s+/, '') : instruction.text;
    const words = jsonWords(text);
    const command = words?.join(' ') ?? text;
    return [{ instruction, text: command, shell: words === undefined ? shell : undefined }];
  });

/** The place of a match; the JSON form and here-documents are found by their instruction. */
const placeOf = ({ instruction, text }: Line, index: number) => {
  const start = instruction.text.indexOf(text);
  const { line, column } = instruction;
  return start === -1 ? { line, column } : placeIn(instruction, start + index);
};

const updating = new RegExp(
  [
    String.raw`\b(?:wuauclt|usoclient|wusa|(?:Install|Get)-WindowsUpdate|PSWindowsUpdate)\b`,
    String.raw`\bMicrosoft\.Update\.Session\b`,
    String.raw`\.msu\b`,
  ].join('|'),
  'i',
);

const windowsUpdate = (line: Line) => {
  const found = updating.exec(line.text);
  if (found === null) return [];
  const fix = 'remove it; build again when the base image of the month is out';
  return [finding('windows-update-in-build', placeOf(line, found.index), quoted(found[0]), fix)];
};

const linux = (line: Line) => {
  // In the order of the file, the first of each instruction is enough.
  for (const { 0: command, index } of line.text.matchAll(/[^;&|\n]+/g)) {
    const lead = command.length - command.trimStart().length;
    if (!isLinuxCommand(command)) continue;
    const fix = 'write it in cmd or PowerShell';
    const word = command.trim().split(/\s+/, 1)[0] ?? '';
    return [finding('linux-command', placeOf(line, index + lead), quoted(word), fix)];
  }
  return [];
};

const powerShell = (line: Line) => {
  const index = /^(?:[\w:\\/.]*[\\/])?powershell(?:\.exe)?(?=\s|$)/i.exec(line.text)?.index;
  const byShell = /powershell(\.exe)?$/i.test(line.shell?.[0] ?? '');
  if (index === undefined && !byShell) return [];
  const { keyword } = line.instruction;
  const found = `${keyword} runs PowerShell on nanoserver`;
  const fix =
    keyword === 'RUN'
      ? 'do this in a stage on servercore and COPY --from it'
      : 'use cmd and curl.exe, which Nano Server has';
  return [finding('powershell-missing', placeOf(line, index ?? 0), found, fix)];
};

const unattended = (line: Line) => {
  const found = /\bStart-Process\b[^;&|\n]*/i.exec(line.text);
  if (found === null || /-Wait\b|WaitForExit/i.test(line.text)) return [];
  if (line.instruction.keyword !== 'RUN') return [];
  const fix = 'write Start-Process -Wait';
  return [finding('start-process-without-wait', placeOf(line, found.index), quoted(found[0]), fix)];
};

const webRequest = (line: Line) => {
  const found = /\b(?:Invoke-WebRequest|iwr)\b/i.exec(line.text);
  if (found === null || line.instruction.keyword !== 'RUN') return [];
  if (/ProgressPreference/i.test(`${line.shell?.join(' ')} ${line.text}`)) return [];
  const fix = "write $ProgressPreference = 'SilentlyContinue' into SHELL, or use curl.exe";
  return [finding('web-request-progress', placeOf(line, found.index), quoted(found[0]), fix)];
};

const target = new RegExp(
  String.raw`(?:-OutFile|--output|-o|DownloadFile\([^,\n]{0,300},)\s*['"]?` +
    String.raw`([^\s'";)]+\.(?:zip|msi|exe|7z|tgz|tar\.gz|cab|iso))`,
  'i',
);
const removes = /\b(?:Remove-Item|del|erase|rm|ri|rmdir)\b/i;

const downloads = (line: Line) => {
  const found = target.exec(line.text);
  const file = found?.[1] ?? '';
  if (found === null || removes.test(line.text) || line.instruction.keyword !== 'RUN') return [];
  // A program that is named once is the thing wanted, not a package to be unpacked.
  const isProgram = /\.exe$/i.test(file);
  const name = file.replace(/^.*[\\/]/, '');
  if (isProgram && line.text.indexOf(name) === line.text.lastIndexOf(name)) return [];
  const fix = `end the same RUN with Remove-Item ${file}, or download in another stage`;
  return [finding('download-kept', placeOf(line, found.index), `${quoted(file)} stays`, fix)];
};

const isPowerShellWord = /(^|[\\/])(powershell|pwsh)(\.exe)?$/i;
const stops = /ErrorActionPreference\s*=\s*['"]?Stop/i;

const errorsContinue = (stage: Stage, lines: readonly Line[]) => {
  const inline = lines.flatMap((line) => {
    const [first = ''] = line.text.trim().split(/\s+/, 1);
    if (line.instruction.keyword !== 'RUN' || !isPowerShellWord.test(first)) return [];
    if (!line.text.includes(';') || stops.test(line.text)) return [];
    const fix = "begin with $ErrorActionPreference = 'Stop';";
    return [
      finding('powershell-errors-continue', placeOf(line, 0), 'several commands in one line', fix),
    ];
  });
  const byShell = Map.groupBy(lines, ({ shell }) => shell);
  const shells = stage.instructions.flatMap((instruction) => {
    const { keyword, words = [], line, column } = instruction;
    if (keyword !== 'SHELL' || !isPowerShellWord.test(words[0] ?? '')) return [];
    const using = (byShell.get(words) ?? []).filter((each) => each.instruction.keyword === 'RUN');
    if (stops.test(words.join(' ')) || using.every(({ text }) => stops.test(text))) return [];
    const fix = `write SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]`;
    const found = 'SHELL without $ErrorActionPreference';
    return [finding('powershell-errors-continue', { line, column }, found, fix)];
  });
  return [...shells, ...inline];
};

const addedUrls = ({ instructions }: Stage) =>
  instructions.flatMap((instruction) => {
    const { keyword, text, flags } = instruction;
    if (keyword !== 'ADD' || flags.some(({ name }) => name === 'checksum')) return [];
    const url = /https?:\/\/[^\s"',]+/i.exec(text);
    if (url === null) return [];
    const fix = 'write ADD --checksum=sha256:..., or download, check and unpack in one RUN';
    return [finding('add-url', placeIn(instruction, url.index), quoted(url[0]), fix)];
  });
