import { readFileSync } from 'node:fs';

export type Row = Readonly<Record<string, string>>;

/** A table of infra/local/data by its name; SOURCES.md there says what each column is. */
export const readTable = (name: string): readonly Row[] => {
  const text = readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8');
  const [header = '', ...lines] = text.trim().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']));
  });
};
