/** Where a line stands last, by its text without leading tabs. */
export type LastLines = ReadonlyMap<string, number>;

export const lastLinesOf = (lines: readonly string[]): LastLines =>
  new Map(lines.map((line, index) => [withoutTabs(line), index]));

const withoutTabs = (line: string): string => line.replace(/^\t+/, '');

/**
 * The here-documents that an instruction opens, and the line after the last of them. One that never
 * ends is none: the rest of the file would be lost in it. `last` keeps a file of nothing but such
 * from being searched to its end for each.
 */
export const splitHeredocs = (
  text: string,
  lines: readonly string[],
  last: LastLines,
  after: number,
): { readonly bodies: readonly string[]; readonly end: number } => {
  const bodies: string[] = [];
  let end = after;
  if (!/^\s*(run|copy|add)\b/i.test(text)) return { bodies, end };
  for (const [, dash = '', , name = ''] of text.matchAll(
    /(?:^|\s)\d*<<(-?)(["']?)([A-Za-z_]\w*)\2(?=\s|$)/g,
  )) {
    if ((last.get(name) ?? -1) < end) break;
    let closing = end;
    while (closing < lines.length && !ends(lines[closing] ?? '', dash, name)) closing += 1;
    if (closing === lines.length) break;
    bodies.push(lines.slice(end, closing).join('\n'));
    end = closing + 1;
  }
  return { bodies, end };
};

const ends = (line: string, dash: string, name: string): boolean =>
  (dash === '' ? line : withoutTabs(line)) === name;
