import { readFileSync, statSync } from 'node:fs';
import { UserError } from './userError.ts';

/** A file whole; nothing of it is believed yet. */
export type SourceFile = {
  readonly file: string;
  readonly text: string;
  readonly writtenAtMs: number;
};

const fileBytesMax = 256 * 1024 * 1024;

/**
 * Reads every file before anything is done with one. Throws `UserError` naming the first that
 * cannot be read.
 */
export const readSourceFiles = (files: readonly string[]): readonly SourceFile[] =>
  files.map((file) => {
    try {
      const { size, mtimeMs } = statSync(file);
      if (size > fileBytesMax) throw new Error('is larger than 256 MiB');
      return { file, text: decoded(readFileSync(file)), writtenAtMs: Math.floor(mtimeMs) };
    } catch (error) {
      throw new UserError(`${file}: cannot be read`, whyUnreadable(error), { cause: error });
    }
  });

const whyUnreadable = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder; name the files in it';
  return error instanceof Error ? error.message : String(error);
};

/**
 * `>` in Windows PowerShell 5 writes UTF-16 with a byte order mark; JSON tools write UTF-8, some
 * with a mark.
 */
const decoded = (bytes: Buffer): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  return bytes.toString('utf8').replace(/^\ufeff/, '');
};

/**
 * The JSON texts in a file: one value, the members of one list, one value a line, or values one
 * after another as a loop over `aws` prints them. What is no JSON comes back as one text, for the
 * reader to judge. An empty file holds none.
 */
export const jsonTextsIn = (text: string): readonly string[] => {
  if (text.trim() === '') return [];
  const whole = parsed(text);
  if (Array.isArray(whole)) return whole.map((member) => JSON.stringify(member));
  if (whole !== undefined) return [text];
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  // A line that is no JSON among lines that are: it alone is wrong.
  if (
    lines.length > 1 &&
    lines.filter((line) => isObject(parsed(line))).length * 2 > lines.length
  ) {
    return lines;
  }
  const values = valuesOneAfterAnother(text);
  return values.length > 1 && values.every((value) => parsed(value) !== undefined)
    ? values
    : [text];
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/**
 * Cuts after each bracket that closes the outermost one; brackets inside of strings do not count.
 */
const valuesOneAfterAnother = (text: string): readonly string[] => {
  const values: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth > 0 || token.startsWith('"')) continue;
    values.push(text.slice(start, index + 1));
    start = index + 1;
  }
  return text.slice(start).trim() === '' ? values : [...values, text.slice(start)];
};
