/**
 * The here-documents that an instruction opens, and the line after the last of them. One that never
 * ends is none: the rest of the file would be lost in it.
 */
export const splitHeredocs = (
  text: string,
  lines: readonly string[],
  after: number,
): { readonly bodies: readonly string[]; readonly end: number } => {
  const bodies: string[] = [];
  let end = after;
  if (!/^\s*(run|copy|add)\b/i.test(text)) return { bodies, end };
  for (const [, dash = '', , name = ''] of text.matchAll(
    /(?:^|\s)\d*<<(-?)(["']?)([A-Za-z_]\w*)\2(?=\s|$)/g,
  )) {
    const isEnd = (line: string) => (dash === '' ? line : line.replace(/^\t+/, '')) === name;
    const last = lines.findIndex((line, index) => index >= end && isEnd(line));
    if (last === -1) break;
    bodies.push(lines.slice(end, last).join('\n'));
    end = last + 1;
  }
  return { bodies, end };
};
