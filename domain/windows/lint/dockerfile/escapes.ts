import { type DockerfileFinding, findingOf, type LintRules, learn, quoted } from '../finding.ts';
import { type Dockerfile, type Instruction, placeIn } from './parse.ts';

const reference = (part: string) => `Docker docs, Dockerfile reference, ${part}`;

export const escapeRules = {
  'escape-path-continues-line': {
    severity: 'error',
    reason: 'the last backslash of the path joins the next line to it, whose instruction is lost',
    source: reference('escape'),
  },
  'escape-backslash-eaten': {
    severity: 'error',
    reason: 'while the escape character is \\, Docker takes it away: C:\\app becomes C:app',
    source: reference('escape'),
  },
  'escape-wrong-character': {
    severity: 'error',
    reason: 'the line is not continued: the escape directive names another character',
    source: reference('escape'),
  },
  'escape-directive-late': {
    severity: 'error',
    reason: 'after the first comment, blank line or instruction it is a comment like any other',
    source: reference('parser directives'),
  },
  'escape-directive-invalid': {
    severity: 'error',
    reason: 'the escape character is \\ or `',
    source: reference('escape'),
  },
  'json-form-invalid': {
    severity: 'error',
    reason:
      'it is not JSON (backslashes doubled, double quotes), so Docker runs it as a shell line',
    source: learn('manage-docker/manage-windows-dockerfile'),
  },
  'unknown-instruction': {
    severity: 'error',
    reason: 'Docker has no such instruction, and stops here',
    source: reference('format'),
  },
  'from-missing': {
    severity: 'error',
    reason: 'an image begins with FROM and its base; only ARG may stand before',
    source: reference('FROM'),
  },
} as const satisfies LintRules;

const finding = findingOf(escapeRules);
const useBacktick = 'write "# escape=`" as the very first line';

export const checkEscapes = (file: Dockerfile): readonly DockerfileFinding[] => [
  ...file.directives.flatMap(({ name, value, line, column }) =>
    name !== 'escape' || value === '`' || value === '\\'
      ? []
      : [finding('escape-directive-invalid', { line, column }, quoted(value), useBacktick)],
  ),
  ...file.lateDirectives.map(({ line, column }) =>
    finding('escape-directive-late', { line, column }, `on line ${line}`, 'move it to line 1'),
  ),
  ...file.instructions.flatMap((instruction) => [
    ...wrongEscape(instruction, file),
    ...(file.escapeCharacter === '\\' ? backslashes(instruction) : []),
    ...jsonForm(instruction),
  ]),
  ...misplaced(file.instructions),
];

const wrongEscape = ({ segments }: Instruction, { escapeCharacter }: Dockerfile) => {
  const wrong = segments.find((segment) => segment.wrongEscape);
  if (wrong === undefined) return [];
  const { line, raw } = wrong;
  const column = raw.trimEnd().length;
  const last = raw.trimEnd().at(-1);
  const found = `the line ends in ${last}, and the escape character is ${escapeCharacter}`;
  const fix = escapeCharacter === '\\' ? useBacktick : 'end the lines of an instruction in `';
  return [finding('escape-wrong-character', { line, column }, found, fix)];
};

/** Docker reads these word by word and takes escapes out; a command of RUN it leaves alone. */
const readByWords = new Set('ADD ARG COPY ENV EXPOSE LABEL USER VOLUME WORKDIR'.split(' '));

const backslashes = (instruction: Instruction) => {
  const path = pathContinues(instruction);
  if (path !== undefined) return [path];
  const { keyword, text, words } = instruction;
  if (!readByWords.has(keyword) || words !== undefined) return [];
  const eaten = eatenBackslash(text);
  if (eaten === undefined) return [];
  const place = placeIn(instruction, eaten);
  const word = /\S*$/.exec(text.slice(0, eaten))?.[0] + (/^\S*/.exec(text.slice(eaten))?.[0] ?? '');
  const fix = `${useBacktick}, or write ${quoted(word.replaceAll('\\', '/'))}`;
  return [finding('escape-backslash-eaten', place, quoted(word), fix)];
};

const pathContinues = ({ segments }: Instruction) => {
  const wrong = segments.find((segment) => segment.pathContinues);
  if (wrong === undefined) return undefined;
  const end = wrong.raw.trimEnd();
  const path = end.split(/\s/).at(-1) ?? '';
  const place = { line: wrong.line, column: end.length };
  const fix = `${useBacktick}, or slashes: ${path.replaceAll('\\', '/')}`;
  return finding('escape-path-continues-line', place, `${quoted(path)} ends the line`, fix);
};

/** The first backslash outside of quotes before anything but itself. */
const eatenBackslash = (text: string): number | undefined => {
  let quote: string | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === quote) quote = undefined;
    else if (quote === undefined && (character === '"' || character === "'")) quote = character;
    if (character !== '\\' || quote !== undefined) continue;
    const next = text[index + 1];
    if (next !== undefined && /[\w.{%]/.test(next)) return index;
    index += 1;
  }
  return undefined;
};

const takesJson = new Set('ADD CMD COPY ENTRYPOINT HEALTHCHECK RUN SHELL VOLUME'.split(' '));

const jsonForm = (instruction: Instruction) => {
  const { keyword, text, words } = instruction;
  if (words !== undefined || !takesJson.has(keyword)) return [];
  // PowerShell begins a line with [Type]:: too; a quote behind the bracket is meant as JSON.
  const start = /^(?:CMD\s+)?(?=\[\s*["'])/.exec(text)?.[0].length;
  if (start === undefined && keyword !== 'SHELL') return [];
  if (start !== undefined && isJson(text.slice(start))) return [];
  const fix = 'write ["C:\\\\app\\\\server.exe", "--option"]';
  return [finding('json-form-invalid', placeIn(instruction, start ?? 0), quoted(text), fix)];
};

const isJson = (text: string): boolean => {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
};

const known = new Set([
  ...takesJson,
  ...readByWords,
  ...'FROM MAINTAINER ONBUILD STOPSIGNAL'.split(' '),
]);

const misplaced = (instructions: readonly Instruction[]) => {
  const unknown = instructions.filter(({ keyword }) => !known.has(keyword));
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  const early = (first === -1 ? instructions : instructions.slice(0, first)).find(
    ({ keyword }) => keyword !== 'ARG' && known.has(keyword),
  );
  const empty = instructions.find(({ keyword, text }) => keyword === 'FROM' && text === '');
  const lacking = early ?? empty ?? (first === -1 ? { line: 1, column: 1 } : undefined);
  return [
    ...unknown.map(({ keyword, line, column }) =>
      finding(
        'unknown-instruction',
        { line, column },
        quoted(keyword),
        'mend the word, or end the line before it in the escape character',
      ),
    ),
    ...(lacking === undefined
      ? []
      : [
          finding(
            'from-missing',
            { line: lacking.line, column: lacking.column },
            lackingText(early, empty),
            'write FROM mcr.microsoft.com/windows/servercore:ltsc2022',
          ),
        ]),
  ];
};

const lackingText = (early: Instruction | undefined, empty: Instruction | undefined): string => {
  if (early !== undefined) return `${early.keyword} before any FROM`;
  return empty === undefined ? 'no FROM' : 'FROM without an image';
};
