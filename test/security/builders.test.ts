import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../cli/printable.ts';
import { allowedBuilds, constrainedTo } from '../../domain/enforcement/buildConstraint.ts';
import type { Query } from '../../domain/placement/query/ast.ts';
import { parseQuery } from '../../domain/placement/query/parse.ts';
import { printQuery } from '../../domain/placement/query/print.ts';
import { compareBuilds } from '../../domain/windows/build.ts';
import type { WindowsBuild } from '../../events/ids.ts';

// X8 and X9: what is built for AWS, or for a terminal, is read back as what was meant.

const root = join(import.meta.dirname, '../..');

const aBuild = fc
  .tuple(fc.constantFrom(17763, 20348, 26100), fc.integer({ min: 1, max: 99_999 }))
  .map(([build, revision]) => `${build}.${revision}` as WindowsBuild);

/** What a text may hold that ends a value, a list or an expression somewhere. */
const hostile = fc.string({
  unit: fc.constantFrom(...'ab1 ,.[]()!=~<>\'"\\|&;$`{}\n\r\t\u0000\u001b\u202e'.split('')),
  maxLength: 30,
});

describe('an expression for memberOf', () => {
  it('of builds is read back as those builds, behind what the owner asks for', () => {
    fc.assert(
      fc.property(fc.uniqueArray(aBuild, { minLength: 1, maxLength: 40 }), (builds) => {
        const owner = { type: 'memberOf', expression: 'attribute:stack == blue' };
        const [first, ...more] = constrainedTo([owner], builds);
        expect(first).toEqual(owner);
        expect(allowedBuilds(more)).toEqual(builds.toSorted(compareBuilds));
      }),
    );
  });

  it('of any value is read back as it, or refused: it never says something else', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const query = {
          type: 'equals',
          subject: { type: 'attribute', name: 'stack' },
          value,
        } as unknown as Query;
        const written = written_(query);
        if (written === undefined) return;
        const read = parseQuery(written);
        if ('refused' in read) return;
        expect(read.ok).toEqual(query);
      }),
      { numRuns: 10_000 },
    );
  });
});

/** The printer may refuse what no expression can say. */
const written_ = (query: Query): string | undefined => {
  try {
    return printQuery(query);
  } catch {
    return undefined;
  }
};

describe('text from outside on a terminal', () => {
  it('moves no cursor and turns no line round', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(printable(text)).toHaveLength([...text].join('').length);
      }),
    );
  });
});

describe('regular expressions', () => {
  const code = globSync('{domain,infra,functions,events,cli}/**/*.ts', { cwd: root });
  const made = code.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => /\bnew RegExp\(/.test(line))
      .map(() => file),
  );

  it("of V8's are made of constants alone; users' run in an RE2 engine", () => {
    // Each of these joins words of ours, once, when it is loaded.
    expect([...new Set(made)].toSorted()).toEqual([
      'domain/windows/lint/dockerfile/commands.ts',
      'domain/windows/lint/dockerfile/parse.ts',
      'events/ids.ts',
    ]);
  });

  it('of users are bounded before they are compiled', () => {
    const long = parseQuery(`attribute:stack =~ ${'a'.repeat(129)}`);
    expect(long).toHaveProperty('refused');
    const looking = parseQuery('attribute:stack =~ (?=a)b');
    expect(looking).toHaveProperty('refused');
  });
});
