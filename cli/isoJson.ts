/** Fields that hold a moment in what the command line prints. */
const momentNames: ReadonlySet<string> = new Set([
  'at',
  'since',
  'until',
  'newestSince',
  'publishedAt',
]);

/** One line of JSON, in which moments are ISO 8601 text: a number is for the inside only. */
export const isoJson = (value: unknown): string =>
  JSON.stringify(value, (name, member: unknown) =>
    typeof member === 'number' && momentNames.has(name) ? new Date(member).toISOString() : member,
  );
