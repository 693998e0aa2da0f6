import type { TextPlace } from '../finding.ts';
import { type LastLines, lastLinesOf, splitHeredocs } from './heredocs.ts';

export type EscapeCharacter = '\\' | '`';

/** A piece of an instruction that stands on one line of the file. */
export type Segment = TextPlace & {
  /** Where it begins in the text of the instruction. */
  readonly offset: number;
  /** The line as it is written. */
  readonly raw: string;
  /** Ends in the character that continues a line under the other escape directive. */
  readonly wrongEscape: boolean;
  /** Continues the line by the last backslash of a path, where an instruction should begin. */
  readonly pathContinues: boolean;
};

export type Instruction = TextPlace & {
  /** Upper case. */
  readonly keyword: string;
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  /** What follows the flags, continued lines joined as Docker joins them. */
  readonly text: string;
  /** The arguments of the JSON form; absent for the shell form. */
  readonly words?: readonly string[];
  readonly heredocs: readonly string[];
  readonly segments: readonly Segment[];
};

export type Directive = TextPlace & { readonly name: string; readonly value: string };

export type Dockerfile = {
  readonly escapeCharacter: EscapeCharacter;
  readonly directives: readonly Directive[];
  /** Comments that would be directives further up. */
  readonly lateDirectives: readonly Directive[];
  readonly instructions: readonly Instruction[];
};

const directiveForm = /^#[ \t]*(syntax|escape|check)[ \t]*=[ \t]*(\S.*?)[ \t]*$/i;

/**
 * Reads a Dockerfile as BuildKit does (Docker docs, Dockerfile reference: parser directives,
 * escape, here-documents), but for two things: a line that ends in the other escape character
 * counts as continued, and one that ends in a path with a backslash before an instruction does not.
 * Both say so; the faults behind them are then found too. Never throws.
 */
export const parseDockerfile = (text: string): Dockerfile => {
  const lines = text.split(/\r\n|\n|\r/);
  const last = lastLinesOf(lines);
  const directives: Directive[] = [];
  let next = 0;
  // Directives end at the first line that is none, blank lines and comments included.
  for (; next < lines.length; next += 1) {
    const directive = directiveAt(lines[next] ?? '', next);
    if (directive === undefined) break;
    directives.push(directive);
  }
  const wanted = directives.find(({ name }) => name === 'escape')?.value;
  const escapeCharacter = wanted === '`' ? '`' : '\\';
  const late: Directive[] = [];
  const instructions: Instruction[] = [];
  while (next < lines.length) {
    const line = lines[next] ?? '';
    if (line.trim() === '' || line.trimStart().startsWith('#')) {
      const directive = directiveAt(line.trim(), next);
      if (directive?.name === 'escape') late.push(directive);
      next += 1;
      continue;
    }
    const { instruction, after } = instructionAt({ lines, last }, next, escapeCharacter);
    instructions.push(instruction);
    next = after;
  }
  return { escapeCharacter, directives, lateDirectives: late, instructions };
};

const directiveAt = (line: string, index: number): Directive | undefined => {
  const parts = directiveForm.exec(line);
  if (parts === null) return undefined;
  return {
    name: (parts[1] ?? '').toLowerCase(),
    value: parts[2] ?? '',
    line: index + 1,
    column: 1,
  };
};

/** A lone escape at the end; two of them are one escaped character and end nothing. */
const continues = { '\\': /(^|[^\\])\\$/, '`': /(^|[^`])`$/ } as const;
/** After a blank, so that a path that ends in `\` is not taken for one. */
const meantToContinue = { '\\': /(^|[ \t])\\$/, '`': /(^|[ \t])`$/ } as const;

/** `RUN build\` is a continuation without a blank; a path has a drive or another backslash. */
const isPath = (ended: string): boolean => {
  const word = ended.split(/\s/).at(-1) ?? '';
  return /^["']?[a-z]:/i.test(word) || word.slice(0, -1).includes('\\');
};

const keywords =
  'ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|ONBUILD|RUN|SHELL|STOPSIGNAL|' +
  'USER|VOLUME|WORKDIR';
const instructionStart = new RegExp(`^\\s*(${keywords})\\s`, 'i');
const beginsInstruction = (line = ''): boolean => instructionStart.test(line);

const instructionAt = (
  { lines, last }: { readonly lines: readonly string[]; readonly last: LastLines },
  first: number,
  character: EscapeCharacter,
) => {
  const other = character === '`' ? '\\' : '`';
  const segments: Segment[] = [];
  let joined = '';
  let next = first;
  for (; next < lines.length; next += 1) {
    const raw = lines[next] ?? '';
    // Comments and blank lines inside of an instruction are passed over.
    if (next > first && (raw.trim() === '' || raw.trimStart().startsWith('#'))) continue;
    const ended = raw.trimEnd();
    const continued = continues[character].test(ended);
    const pathContinues = continued && isPath(ended) && beginsInstruction(lines[next + 1]);
    const wrongEscape = !continued && meantToContinue[other].test(ended);
    const goesOn = (continued && !pathContinues) || wrongEscape;
    const place = { line: next + 1, column: 1, offset: joined.length };
    segments.push({ ...place, raw, wrongEscape, pathContinues });
    joined += goesOn ? ended.slice(0, -1) : raw;
    if (!goesOn) {
      next += 1;
      break;
    }
  }
  const after = Math.min(next, lines.length);
  const { bodies, end } = splitHeredocs(joined, lines, last, after);
  return { instruction: instructionOf(joined, segments, bodies), after: end };
};

const instructionOf = (
  joined: string,
  segments: readonly Segment[],
  heredocs: readonly string[],
): Instruction => {
  const [lead = '', keyword = ''] = /^(\s*)(\S*)/.exec(joined)?.slice(1) ?? [];
  const flags: { name: string; value: string }[] = [];
  let start = lead.length + keyword.length;
  for (;;) {
    const flag = /^\s+--([a-z-]+)(?:=(\S*))?(?=\s|$)/.exec(joined.slice(start));
    if (flag === null) break;
    flags.push({ name: flag[1] ?? '', value: flag[2] ?? '' });
    start += flag[0].length;
  }
  start += /^\s*/.exec(joined.slice(start))?.[0].length ?? 0;
  const text = joined.slice(start).trimEnd();
  const words = jsonWords(text);
  return {
    keyword: keyword.toUpperCase(),
    ...keywordPlace(segments, lead.length),
    flags,
    text,
    ...(words === undefined ? {} : { words }),
    heredocs,
    // Offsets count from `text`, so that a match in it leads back to its line.
    segments: segments.map((segment) => ({ ...segment, offset: segment.offset - start })),
  };
};

/** A continued line may be blank but for its escape: the keyword then stands further down. */
const keywordPlace = (segments: readonly Segment[], offset: number): TextPlace => {
  const segment = segments.findLast((each) => each.offset <= offset);
  return { line: segment?.line ?? 1, column: offset - (segment?.offset ?? 0) + 1 };
};

/** The strings of a JSON list; `undefined` for anything else. */
export const jsonWords = (text: string): readonly string[] | undefined => {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((each) => typeof each === 'string')
      ? value
      : undefined;
  } catch {
    return undefined;
  }
};

/** Where the character at `offset` of the text of an instruction stands in the file. */
export const placeIn = (
  { segments, text, line, column }: Instruction,
  offset: number,
): TextPlace => {
  const segment = segments.findLast((each) => each.offset <= offset);
  if (text === '' || segment === undefined) return { line, column };
  return { line: segment.line, column: offset - segment.offset + 1 };
};
