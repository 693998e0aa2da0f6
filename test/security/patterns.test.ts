import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { instructionsMax, patternLengthMax } from '../../domain/placement/query/limits.ts';
import { parseQuery } from '../../domain/placement/query/parse.ts';
import { judgePattern, matcherOf } from '../../domain/placement/query/pattern.ts';

// X8: a pattern of a user costs at most `instructionsMax` steps for each character of a text of at
// most 256. Steps are counted, time is not measured.

const root = join(import.meta.dirname, '../..');

const atom = fc.constantFrom(
  ...['a', 'b', '.', 'x', '\\d', '\\w', '[a-z]', '[^a]', '[\\d_-]', '\\.', '', '\u00e9', '2022'],
  ...['(?=a)', '(?<=a)', '(?!a)', '\\1', '(?<n>a)', '\\k<n>', '\\Q', '(?>a)', 'a++', '\\G', '\\R'],
);
const times = fc.constantFrom('*', '+', '?', '*?', '{2}', '{3,}', '{0,9}', '{1000}', '{9}{9}', '');
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    atom,
    fc.tuple(tie('pattern'), times).map(([inner, often]) => `(${inner})${often}`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `(${left}|${right})*`),
    fc.array(fc.tuple(atom, times), { maxLength: 12 }).map((parts) => parts.flat().join('')),
    fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?.^$\\-,19'.split('')), maxLength: 140 }),
  ),
}));

const longest = 'a'.repeat(256);

describe('a pattern of a user', () => {
  it('is bounded in steps, or refused: 10,000 of them', () => {
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(pattern, (text) => {
        const judged = judgePattern(text, instructionsMax);
        if ('fault' in judged) {
          seen.refused += 1;
          expect(judged.fault.sentence).not.toBe('');
          return;
        }
        seen.taken += 1;
        expect(text.length).toBeLessThanOrEqual(patternLengthMax);
        expect(RE2JS.compile(text).programSize()).toBeLessThanOrEqual(instructionsMax);
        expect(typeof matcherOf(text)(longest)).toBe('boolean');
        expect(matcherOf(text)(`${longest}a`)).toBeUndefined();
      }),
      { numRuns: 10_000, seed: 20_251_014 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(1_000);
  });

  it.each(['(?=a)b', '(?<=a)b', '(?!a)b', '(a)\\1', '(?>a)b'])('may not look round: %s', (text) => {
    const asked = parseQuery(`attribute:stack =~ '${text}'`);
    expect(asked).toMatchObject({ refused: { message: expect.stringMatching(/\w{3}/) } });
  });

  it.each([
    ['characters of a pattern', `attribute:a =~ ${'a'.repeat(129)}`],
    ['comparisons', Array.from({ length: 21 }, () => 'attribute:a exists').join(' and ')],
    ['levels', `${'not '.repeat(6)}attribute:a exists`],
    ['steps, all patterns together', `attribute:a =~ '${'(a{9}){9}'.repeat(3)}'`],
  ])('is refused with too many %s', (_, text) => {
    expect(parseQuery(text)).toHaveProperty('refused');
  });
});

describe("a pattern of V8's", () => {
  const makes = /\bRegExp\s*\(|\.(match|matchAll|search)\((?!\s*(\/|$))/;
  const code = globSync('{domain,infra,functions,events,cli}/**/*.ts', { cwd: root });
  const made = code.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => makes.test(line) && !/^\s*(\/\/|\*)/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );

  it('is made of words of ours alone, once, when it is loaded', () => {
    expect(made.toSorted()).toEqual([
      'domain/windows/lint/dockerfile/commands.ts: const target = new RegExp(',
      'domain/windows/lint/dockerfile/commands.ts: const updating = new RegExp(',
      expect.stringContaining('dockerfile/parse.ts: const instructionStart = new RegExp('),
      expect.stringContaining('events/ids.ts: .regex(new RegExp(`^arn:aws[a-z-]*:ecs:'),
    ]);
  });
});
