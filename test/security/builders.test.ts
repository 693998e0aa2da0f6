import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../cli/printable.ts';
import { allowedBuilds, constrainedTo } from '../../domain/enforcement/buildConstraint.ts';
import type { Query } from '../../domain/placement/query/ast.ts';
import { parseQuery } from '../../domain/placement/query/parse.ts';
import { printQuery } from '../../domain/placement/query/print.ts';
import { compareBuilds } from '../../domain/windows/build.ts';
import type { WindowsBuild } from '../../events/ids.ts';

// X9: what is built for AWS, or for a terminal, is read back as what was meant.

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
    let readBack = 0;
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
        readBack += 1;
        expect(read.ok).toEqual(query);
      }),
      { numRuns: 10_000 },
    );
    // Some 5,000: or else nothing but refusals was looked at.
    expect(readBack).toBeGreaterThan(1_000);
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
