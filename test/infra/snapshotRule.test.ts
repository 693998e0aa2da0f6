import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonBytesWithin } from '../../infra/eventStore/plainJson.ts';
import {
  commitsPerLargeState,
  commitsPerState,
  crossesMark,
  keepsState,
  largeStateBytes,
} from '../../infra/eventStore/snapshotRule.ts';

describe('the snapshot rule', () => {
  it.each([
    { version: 1, commitBytes: 500, stateBytes: 524, keeps: true },
    { version: 1, commitBytes: 500, stateBytes: 525, keeps: false },
    { version: 3, commitBytes: 2000, stateBytes: 10, keeps: false },
    { version: 4, commitBytes: 2000, stateBytes: 10, keeps: true },
    { version: 4, commitBytes: 10, stateBytes: 8192, keeps: true },
    { version: 4, commitBytes: 10, stateBytes: 8193, keeps: false },
    { version: 31, commitBytes: 10, stateBytes: Number.POSITIVE_INFINITY, keeps: false },
    { version: 32, commitBytes: 10, stateBytes: Number.POSITIVE_INFINITY, keeps: true },
  ])('at version $version, $commitBytes + $stateBytes bytes: $keeps', (given) => {
    expect(keepsState(given.version, given)).toBe(given.keeps);
  });

  it('never leaves a load more than three commits of tail, or thirty-one of a large state', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.nat(5000),
        fc.nat(3 * largeStateBytes),
        (first, commitBytes, stateBytes) => {
          const among = stateBytes > largeStateBytes ? commitsPerLargeState : commitsPerState;
          const versions = Array.from({ length: among }, (_, index) => first + index);
          expect(versions.some((version) => keepsState(version, { commitBytes, stateBytes }))).toBe(
            true,
          );
        },
      ),
    );
  });
});

describe('a mark', () => {
  it('is crossed once for each multiple of it that is passed, by the commit that passes it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 }),
        (mark, costs) => {
          let after = 0;
          let crossed = 0;
          const multiples = new Set<number>();
          for (const cost of costs) {
            const before = after;
            after += cost;
            if (!crossesMark({ before, after, mark })) continue;
            crossed += 1;
            multiples.add(Math.floor(after / mark));
          }
          expect(crossed * mark).toBeLessThanOrEqual(after);
          expect(multiples.size).toBe(crossed);
          expect(crossed > 0).toBe(after >= mark);
        },
      ),
    );
  });

  it('is crossed by the commit that reaches it', () => {
    expect(crossesMark({ before: 30, after: 31, mark: 32 })).toBe(false);
    expect(crossesMark({ before: 31, after: 32, mark: 32 })).toBe(true);
    expect(crossesMark({ before: 32, after: 63, mark: 32 })).toBe(false);
  });
});

describe('the bytes of a state', () => {
  it('are those of its JSON, up to the limit and Infinity beyond', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(300), (value, limit) => {
        const bytes = Buffer.byteLength(JSON.stringify(value));
        expect(jsonBytesWithin(limit, value)).toBe(
          bytes > limit ? Number.POSITIVE_INFINITY : bytes,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('leave out what JSON leaves out', () => {
    expect(jsonBytesWithin(100, { a: undefined, b: 1 })).toBe('{"b":1}'.length);
  });
});
