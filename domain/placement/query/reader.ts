import type { QueryRefusal, QueryRefusalCode } from './ast.ts';

/** An expression and how far it has been read. */
export type Reader = {
  readonly text: string;
  /** Offset of what is read next. */
  at: number;
  /** How many comparisons were read, and instructions of their patterns. */
  comparisons: number;
  instructions: number;
  /** Parentheses and `not` that are open here. */
  open: number;
};

export const readerOf = (text: string): Reader => ({
  text,
  at: 0,
  comparisons: 0,
  instructions: 0,
  open: 0,
});

/** Carries a refusal out of the grammar; parseQuery catches it. */
export class Unreadable extends Error {
  readonly refusal: QueryRefusal;

  constructor(refusal: QueryRefusal) {
    super(refusal.message);
    this.name = 'Unreadable';
    this.refusal = refusal;
  }
}

/** Refuses what stands at `at`; `sentence` begins after the place and names the remedy. */
export const refuse = (
  { text }: Reader,
  at: number,
  code: QueryRefusalCode,
  sentence: string,
  expected: readonly string[] = [],
): never => {
  const before = text.slice(0, at).split(/\r\n|\r|\n/);
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const place = /[\r\n]/.test(text) ? `Line ${line}, column ${column}` : `Column ${column}`;
  const message = `${place}: ${sentence}`;
  throw new Unreadable({ code, message, offset: at, line, column, expected });
};

/** Refuses what is next because one of `expected` should stand there. */
export const refuseNext = (reader: Reader, expected: readonly string[], hint = ''): never =>
  refuse(
    reader,
    reader.at,
    'NotReadable',
    `expected ${inWords(expected)}, found ${foundAt(reader)}${hint && `; ${hint}`}.`,
    expected,
  );

/** `a, b or c` */
export const inWords = (words: readonly string[]): string =>
  words.length < 2
    ? (words[0] ?? '')
    : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;

const foundAt = ({ text, at }: Reader): string => {
  if (at >= text.length) return 'the end';
  const word = /[A-Za-z0-9_.:/\\-]+/y;
  word.lastIndex = at;
  const found = word.exec(text)?.[0] ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
  return quoted(found);
};

/** For messages: short, and without what would disturb a terminal. */
export const quoted = (text: string): string => {
  const short = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  const codeOf = (unit: string) => unit.charCodeAt(0).toString(16).padStart(4, '0');
  return `"${short.replace(/[^\x20-\x7e]/g, (unit) => `\\u${codeOf(unit)}`)}"`;
};

export const skipSpace = (reader: Reader): void => {
  while (/[ \t\r\n]/.test(reader.text[reader.at] ?? '')) reader.at += 1;
};

/** Reads what `pattern`, which is sticky, finds here; `undefined`, and nothing read, if nothing. */
export const take = (reader: Reader, pattern: RegExp): string | undefined => {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  reader.at += found?.length ?? 0;
  return found;
};
