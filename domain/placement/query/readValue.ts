import type { Subject } from './ast.ts';
import { instructionsMax, listLengthMax } from './limits.ts';
import { judgePattern } from './pattern.ts';
import { quoted, type Reader, refuse, refuseNext, skipSpace, take } from './reader.ts';
import { whyNotValue } from './values.ts';

/** What may stand without quotes as a value: every character of ECS's values but the space. */
export const bareValue = /[A-Za-z0-9_./\\@:+#$%*;?^`{}-]+/y;

/** Up to a space, parenthesis, quote or doubled `&` or `|`: a comparison has no parentheses. */
export const barePattern = /(?:(?!&&|\|\|)[!#-&*-~])+/y;

export const readValue = (reader: Reader, subject: Subject): string => {
  skipSpace(reader);
  const { at } = reader;
  const value = readQuoted(reader) ?? take(reader, bareValue);
  if (value === undefined) {
    const isList = reader.text[at] === '[';
    return refuseNext(reader, ['a value'], isList ? 'use in for a list' : '');
  }
  const wanted = whyNotValue(subject.type, value);
  if (wanted === undefined) return value;
  const sentence = `${subject.type} is compared with ${wanted}, not with ${quoted(value)}.`;
  return refuse(reader, at, 'ValueNotAllowed', sentence);
};

export const readList = (reader: Reader, subject: Subject): readonly string[] => {
  skipSpace(reader);
  if (take(reader, /\[/y) === undefined) {
    return refuseNext(reader, ['['], 'in takes a list such as [a, b]');
  }
  const values: string[] = [];
  do {
    skipSpace(reader);
    if (values.length === listLengthMax) {
      const sentence = `a list has at most ${listLengthMax} values; split it.`;
      refuse(reader, reader.at, 'ListTooLong', sentence);
    }
    values.push(readValue(reader, subject));
    skipSpace(reader);
  } while (take(reader, /,/y) !== undefined);
  if (take(reader, /\]/y) === undefined) refuseNext(reader, [',', ']']);
  return values;
};

export const readPattern = (reader: Reader): string => {
  skipSpace(reader);
  const { at } = reader;
  const pattern = readQuoted(reader) ?? take(reader, barePattern);
  if (pattern === undefined) {
    const isGroup = reader.text[at] === '(';
    return refuseNext(
      reader,
      ['a pattern'],
      isGroup ? 'put a pattern with parentheses in quotes' : '',
    );
  }
  const judged = judgePattern(pattern, instructionsMax - reader.instructions);
  if ('fault' in judged) {
    const place = offsetWithin(reader.text, at, judged.fault.at);
    return refuse(reader, place, 'PatternNotAllowed', `${judged.fault.sentence}.`);
  }
  reader.instructions += judged.instructions;
  return pattern;
};

/**
 * A text in single or double quotes. In it a backslash takes away the meaning of its own quote and
 * of a backslash; before anything else it is itself, as patterns need it.
 */
const readQuoted = (reader: Reader): string | undefined => {
  const { text, at } = reader;
  const quote = text[at];
  if (quote !== "'" && quote !== '"') return undefined;
  let value = '';
  let next = at + 1;
  while (text[next] !== quote) {
    const unit = text[next];
    if (unit === undefined) {
      return refuse(
        reader,
        at,
        'NotReadable',
        `this ${quote} is not closed; write ${quote} at its end.`,
        [quote],
      );
    }
    if (unit < ' ' || unit === '\x7f') {
      return refuse(
        reader,
        next,
        'NotReadable',
        'a text in quotes holds no control characters; leave it out.',
      );
    }
    const width = widthOf(text, next, quote);
    value += text[next + width - 1];
    next += width;
  }
  reader.at = next + 1;
  return value;
};

/** How many units of the expression make one of the quoted text. */
const widthOf = (text: string, at: number, quote: string): 1 | 2 => {
  const isEscape = text[at] === '\\' && (text[at + 1] === quote || text[at + 1] === '\\');
  return isEscape ? 2 : 1;
};

/** Where in the expression the unit at `index` of the text stands that was written at `at`. */
const offsetWithin = (text: string, at: number, index: number): number => {
  const quote = text[at] ?? '';
  if (quote !== "'" && quote !== '"') return at + index;
  let offset = at + 1;
  for (let unit = 0; unit < index; unit += 1) offset += widthOf(text, offset, quote);
  return offset;
};
