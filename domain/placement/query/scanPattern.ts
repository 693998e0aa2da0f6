// Reads a pattern before RE2 does: refuses what java.util.regex and RE2 understand differently or
// one of them does not know, says where, and reckons how large the compiled pattern can become.

/** `at` counts UTF-16 units of the pattern. */
export type PatternFault = { readonly at: number; readonly sentence: string };

type Scan = {
  readonly pattern: string;
  at: number;
  /** Instructions of each open group, the outermost first. */
  readonly groups: { readonly openedAt: number; size: number }[];
  /** Instructions of what a repetition would repeat; `null` where nothing can be repeated. */
  last: number | null;
  fault?: PatternFault;
};

/** The start and the end of a program, and what an empty one does between them. */
const frame = 3;

export const scanPattern = (
  pattern: string,
): { readonly fault: PatternFault } | { readonly instructionsMax: number } => {
  const scan: Scan = { pattern, at: 0, groups: [{ openedAt: 0, size: frame }], last: null };
  while (scan.at < pattern.length && scan.fault === undefined) step(scan);
  const [outermost, unclosed] = [scan.groups[0], scan.groups[1]];
  if (scan.fault === undefined && unclosed !== undefined) {
    refuse(scan, unclosed.openedAt, 'this parenthesis is not closed');
  }
  return scan.fault === undefined
    ? { instructionsMax: outermost?.size ?? 0 }
    : { fault: scan.fault };
};

const step = (scan: Scan): void => {
  switch (scan.pattern[scan.at]) {
    case '\\':
      readEscape(scan);
      break;
    case '[':
      readClass(scan);
      break;
    case '(':
      openGroup(scan);
      break;
    case ')':
      closeGroup(scan);
      break;
    case '*':
    case '+':
    case '?':
      repeat(scan, scan.at, 1, (size) => size + 2);
      break;
    case '{':
      readCount(scan);
      break;
    case '|':
      scan.last = null;
      scan.at += 1;
      add(scan, 2, null);
      break;
    default:
      scan.at += 1;
      add(scan, 1, 1);
  }
};

const refuse = (scan: Scan, at: number, sentence: string): void => {
  scan.fault ??= { at, sentence };
};

const add = (scan: Scan, size: number, last: number | null): void => {
  const group = scan.groups[scan.groups.length - 1];
  if (group !== undefined) group.size += size;
  scan.last = last;
};

const readEscape = (scan: Scan): void => {
  skipEscape(scan);
  add(scan, 1, 1);
};

/** Both engines read these alike; `\p` and `\x` go on, and RE2 judges the rest of them. */
const sharedEscape = /^[dDwWsSbBAztnrfapPx]$/;

const skipEscape = (scan: Scan): void => {
  const letter = scan.pattern[scan.at + 1] ?? '';
  if (letter === '')
    refuse(scan, scan.at, 'a backslash stands at the end; write \\\\ for the sign');
  else if (/[1-9k]/.test(letter)) {
    refuse(scan, scan.at, 'a back-reference cannot be matched in bounded time; leave it out');
  } else if (/[A-Za-z0-9]/.test(letter) && !sharedEscape.test(letter)) {
    refuse(scan, scan.at, `\\${letter} is not the same in Java and RE2; write it otherwise`);
  } else if (letter.charCodeAt(0) > 0x7e || letter.charCodeAt(0) < 0x20) {
    refuse(scan, scan.at, 'only signs of ASCII can be escaped; leave out the backslash');
  }
  scan.at += 2;
  if (!/[pPx]/.test(letter)) return;
  const braces = /\{[^{}]*\}/y;
  braces.lastIndex = scan.at;
  scan.at += braces.exec(scan.pattern)?.[0].length ?? 0;
};

const readClass = (scan: Scan): void => {
  const openedAt = scan.at;
  scan.at += scan.pattern[scan.at + 1] === '^' ? 2 : 1;
  // A bracket that closes nothing yet is a member.
  if (scan.pattern[scan.at] === ']') scan.at += 1;
  while (scan.fault === undefined && scan.pattern[scan.at] !== ']') {
    const unit = scan.pattern[scan.at];
    if (unit === undefined) refuse(scan, openedAt, 'this bracket is not closed');
    else if (unit === '[')
      refuse(scan, scan.at, 'Java and RE2 differ on a bracket within brackets; write \\[');
    else if (unit === '&' && scan.pattern[scan.at + 1] === '&') {
      refuse(scan, scan.at, 'RE2 knows no && within brackets; list what you mean');
    } else if (unit === '\\') skipEscape(scan);
    else scan.at += 1;
  }
  scan.at += 1;
  add(scan, 1, 1);
};

const openGroup = (scan: Scan): void => {
  const { pattern, at } = scan;
  const opening = /\((?:\?(?:<[A-Za-z][A-Za-z0-9]*>|[ims]*(?:-[ims]+)?[:)]))?/y;
  opening.lastIndex = at;
  const opened = opening.exec(pattern)?.[0] ?? '(';
  if (/^\(\?(?:[=!>]|<[=!])/.test(pattern.slice(at, at + 4))) {
    refuse(
      scan,
      at,
      'look-around and atomic groups cannot be matched in bounded time; leave them out',
    );
  } else if (opened === '(' && pattern[at + 1] === '?') {
    refuse(scan, at, 'this kind of group is not the same in Java and RE2; write (?:...) or (...)');
  }
  scan.at += opened.length;
  scan.last = null;
  // `(?i)` opens nothing.
  if (!opened.endsWith(')')) scan.groups.push({ openedAt: at, size: frame });
};

const closeGroup = (scan: Scan): void => {
  if (scan.groups.length === 1)
    return void refuse(scan, scan.at, 'this parenthesis closes nothing; write \\)');
  const size = scan.groups.pop()?.size ?? 0;
  scan.at += 1;
  add(scan, size, size);
};

const readCount = (scan: Scan): void => {
  const counted = /\{(\d{1,4})(?:(,)(\d{0,4}))?\}/y;
  counted.lastIndex = scan.at;
  const match = counted.exec(scan.pattern);
  if (match === null)
    return void refuse(
      scan,
      scan.at,
      'a brace begins a count such as {2,3}; write \\{ for the sign',
    );
  const [whole, least, , most] = match;
  const times = Math.max(1, Number(least), Number(most ?? 0));
  repeat(scan, scan.at, whole.length, (size) => times * (size + 1) + 2);
};

const repeat = (scan: Scan, at: number, length: number, sizeOf: (size: number) => number): void => {
  if (scan.last === null)
    return void refuse(
      scan,
      at,
      'there is nothing to repeat before it; write a backslash before the sign',
    );
  scan.at += length;
  if (scan.pattern[scan.at] === '+') {
    return void refuse(
      scan,
      scan.at,
      'a possessive repetition is unknown to RE2; leave out the second sign',
    );
  }
  if (scan.pattern[scan.at] === '?') scan.at += 1;
  const next = scan.pattern[scan.at] ?? '';
  if (/[*+?{]/.test(next))
    return void refuse(scan, scan.at, 'a repetition is repeated; put the first into (?:...)');
  add(scan, sizeOf(scan.last) - scan.last, null);
};
