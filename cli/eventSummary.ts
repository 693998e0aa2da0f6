import { shortArn } from './text.ts';

const lengthMax = 110;

/**
 * The data of an event on one line, for a person: `name=value`, ARNs and digests cut short, lists
 * by their length, moments left out because the commit has one. `--json` shows all of it.
 */
export const eventSummary = (data: unknown): string => {
  const line = partsOf(data, 1).join(' ');
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax - 1)}…`;
};

/** Looks one level into what the event is about (`task`, `instance`), and no further. */
const partsOf = (value: unknown, depth: number): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    if (member === null || member === undefined || isMoment(name)) return [];
    if (Array.isArray(member)) return [`${name}[${member.length}]`];
    if (typeof member === 'object') return depth > 0 ? partsOf(member, depth - 1) : [];
    return [`${name}=${typeof member === 'string' ? shown(member) : member}`];
  });
};

const isMoment = (name: string): boolean => /At$|^at$|^since$/.test(name);

const shown = (text: string): string => {
  if (text.startsWith('arn:')) return shortArn(text);
  if (/^sha256:[0-9a-f]+$/.test(text)) return text.slice(0, 'sha256:'.length + 12);
  if (/^[!-~]+$/.test(text)) return text;
  // Text from outside may hold control characters, and a terminal would obey them.
  return JSON.stringify(text).replace(/\p{Cc}/gu, '?');
};
