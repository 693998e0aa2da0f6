import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFunctions } from '../infra/local/template.ts';

// What the linter cannot say about the source, said here. Each test lists all that offends.

const root = join(import.meta.dirname, '..');
const rooms = '{events,domain,infra,functions,cli,console,bench,test}';

type Source = { readonly file: string; readonly lines: readonly string[] };
const read = (...patterns: readonly string[]): readonly Source[] =>
  globSync(patterns, { cwd: root, exclude: (file) => file.includes('node_modules') })
    .toSorted()
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n') }));

const code = read('*.ts', `${rooms}/**/*.ts`);
const shipped = code.filter(({ file }) => !file.startsWith('test/'));
const inDomain = code.filter(({ file }) => file.startsWith('domain/'));

/** `<file>:<line>: <text>` of every line that `offends`. */
const offences = (sources: readonly Source[], offends: (line: string) => boolean) =>
  sources.flatMap(({ file, lines }) =>
    lines.flatMap((line, index) =>
      offends(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 60)}`] : [],
    ),
  );

const isComment = (line: string) => /^\s*(\/\/|\/\*|\*)/.test(line);
const indentOf = (line: string) => line.search(/\S|$/);

describe('sizes', () => {
  it('no file is longer than 300 lines', () => {
    const long = code.filter(({ lines }) => lines.length > 301);
    expect(long.map(({ file, lines }) => `${file}: ${lines.length - 1}`)).toEqual([]);
  });

  it('no line is longer than 100 columns', () => {
    const wide = [...code, ...read('*.yml', `${rooms}/**/*.yml`, '.ci/run')];
    expect(offences(wide, (line) => [...line].length > 100)).toEqual([]);
  });

  // The formatter puts the end of a function under its beginning, so indents are enough.
  it('no function is longer than 70 lines', () => {
    const opens = /(=> [({[]+|\bfunction\b.*\{|^\s+(async )?\w+\(.*\).* \{)$/;
    const long = code.flatMap(({ file, lines }) =>
      lines.flatMap((line, start) => {
        if (!opens.test(line) || /^\s*(describe|if|for|while|switch)\b/.test(line)) return [];
        if (/^\s*describe\b/.test(lines[start + 1] ?? '')) return []; // a suite told twice
        const closes = (other: string) =>
          indentOf(other) === indentOf(line) && /^\s*[})\]]/.test(other);
        const length = lines.slice(start + 1).findIndex(closes) + 2;
        return length > 70 ? [`${file}:${start + 1}: ${length}`] : [];
      }),
    );
    expect(long).toEqual([]);
  });
});

describe('names and marks', () => {
  it('no barrel files, and no folder for things without a place', () => {
    const vague = /(^|\/)(utils?|common|shared|core|types|interfaces|helpers|lib)\//;
    const found = code.filter(({ file }) => /(^|\/)index\.ts$/.test(file) || vague.test(file));
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  it('nothing is left for later', () => {
    const mark = /\b(TO(?:DO)|FIX(?:ME))\b/; // written so that it does not find itself
    expect(offences(code, (line) => mark.test(line))).toEqual([]);
  });

  it('no path of one machine', () => {
    expect(offences(shipped, (line) => /(^|['"`\s(])\/(work|tmp|home|Users)\//.test(line))).toEqual(
      [],
    );
  });
});

describe('the domain', () => {
  it('knows no clock and no chance, and does not wait', () => {
    const impure = /\b(async|await|Promise|Math\.random|Date|setTimeout)\b/;
    expect(offences(inDomain, (line) => !isComment(line) && impure.test(line))).toEqual([]);
  });

  it('takes types alone from events/', () => {
    const asValue = inDomain.flatMap(({ file, lines }) =>
      importsOf(lines)
        .filter(({ from, text }) => from.includes('/events/') && !text.startsWith('import type'))
        .map(({ from }) => `${file}: ${from}`),
    );
    expect(asValue).toEqual([]);
  });

  // A room may import those before its own level, and nothing beside or after it.
  const levels = [
    ['fleet'],
    ['windows', 'maintenance'],
    ['parking', 'requests'],
    ['service'],
    ['placement'],
    ['enforcement'],
    ['draining', 'patching'],
    ['rollout'],
    ['scaling'],
    ['simulation'],
  ];
  const roomOf = (file: string) => file.match(/^domain\/([^/]+)\//)?.[1];
  const levelOf = (room: string) => levels.findIndex((level) => level.includes(room));

  it('has only rooms that have a level', () => {
    const found = new Set(inDomain.flatMap(({ file }) => roomOf(file) ?? []));
    expect([...found].filter((room) => levelOf(room) < 0)).toEqual([]);
  });

  it('imports downhill', () => {
    const uphill = inDomain.flatMap(({ file, lines }) =>
      importsOf(lines).flatMap(({ from }) => {
        const [here, there] = [roomOf(file), roomOf(normalize(join(file, '..', from)))];
        if (there === undefined || there === here) return [];
        return here !== undefined && levelOf(there) < levelOf(here) ? [] : [`${file}: ${from}`];
      }),
    );
    expect(uphill).toEqual([]);
  });
});

describe('serverless.yml', () => {
  it('names source files that exist', () => {
    const missing = readFunctions(join(root, 'serverless.yml')).filter(
      ({ source }) => !existsSync(join(root, source)),
    );
    expect(missing.map(({ name, source }) => `${name}: ${source}`)).toEqual([]);
  });
});

/** Every `import ... from` and `export ... from`, on however many lines. */
const importsOf = (lines: readonly string[]) =>
  [...lines.join('\n').matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)';/gm)].map(
    ([text, from = '']) => ({ text, from }),
  );
