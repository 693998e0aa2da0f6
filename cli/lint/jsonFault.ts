/** Where a text stops being JSON. Both count from 1. */
export type JsonFault = {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
};

const text = /"(?:[^"\\\r\n]|\\.)*"/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const badEscape = /\\(?!["\\/bfnrt]|u[\da-fA-F]{4})/;

type Awaited = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma' | 'end';
const wanted: Readonly<Record<Awaited, string>> = {
  value: 'a value',
  'value or ]': 'a value or ]',
  key: 'a name in double quotes (a comma too many?)',
  'key or }': 'a name in double quotes or }',
  colon: 'a colon',
  comma: 'a comma or a closing bracket',
  end: 'nothing more',
};

/**
 * The first place where `source` is no JSON. V8's own message has no position for most faults. For
 * text that JSON.parse has refused.
 */
export const jsonFault = (source: string): JsonFault => {
  const open: ('{' | '[')[] = [];
  let awaited: Awaited = 'value';
  let offset = 0;
  for (;;) {
    offset += /^[ \t\r\n]*/.exec(source.slice(offset, offset + 4_096))?.[0].length ?? 0;
    const character = source[offset];
    if (character !== undefined && /[ \t\r\n]/.test(character)) continue;
    const step = taken(source, offset, awaited, open);
    if (step === undefined) return faultAt(source, offset, awaited);
    const inside = faultInText(source.slice(offset, offset + step.length));
    if (inside !== undefined) {
      const { line, column } = faultAt(source, offset + inside, awaited);
      return { line, column, expected: 'two backslashes for one, as in "C:\\\\app"' };
    }
    offset += step.length;
    awaited = step.awaited;
  }
};

/** Where a text in quotes has an escape that JSON does not know, as in `"C:\\app"`. */
const faultInText = (token: string): number | undefined => {
  if (!token.startsWith('"')) return undefined;
  // Pairs of backslashes are passed over, so that the second of them begins nothing.
  const single = token.replace(/\\\\/g, '..');
  const found = badEscape.exec(single);
  return found?.index;
};

const afterValue = (open: readonly string[]): Awaited => (open.length === 0 ? 'end' : 'comma');

/** What the text has at `offset`, if it may be there; opens and closes brackets in `open`. */
const taken = (
  source: string,
  offset: number,
  awaited: Awaited,
  open: ('{' | '[')[],
): { readonly length: number; readonly awaited: Awaited } | undefined => {
  const character = source[offset];
  const inObject = open.at(-1) === '{';
  const closes =
    (character === '}' && inObject && (awaited === 'comma' || awaited === 'key or }')) ||
    (character === ']' && !inObject && (awaited === 'comma' || awaited === 'value or ]'));
  if (closes && open.length > 0) {
    open.pop();
    return { length: 1, awaited: afterValue(open) };
  }
  if (awaited === 'colon') return character === ':' ? { length: 1, awaited: 'value' } : undefined;
  if (awaited === 'comma') {
    if (character !== ',') return undefined;
    return { length: 1, awaited: inObject ? 'key' : 'value' };
  }
  if (awaited === 'end') return undefined;
  if (awaited === 'key' || awaited === 'key or }') {
    const length = matched(text, source, offset);
    return length === 0 ? undefined : { length, awaited: 'colon' };
  }
  if (character === '{' || character === '[') {
    open.push(character);
    return { length: 1, awaited: character === '{' ? 'key or }' : 'value or ]' };
  }
  const length = matched(text, source, offset) || matched(scalar, source, offset);
  return length === 0 ? undefined : { length, awaited: afterValue(open) };
};

const matched = (form: RegExp, source: string, offset: number): number => {
  form.lastIndex = offset;
  return form.exec(source)?.[0].length ?? 0;
};

const faultAt = (source: string, offset: number, awaited: Awaited): JsonFault => {
  const before = source.slice(0, offset).split(/\r\n|\n|\r/);
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    expected: `${wanted[awaited]}${offset >= source.length ? ', but the file ends' : ''}`,
  };
};
