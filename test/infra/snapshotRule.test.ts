import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonBytesWithin } from '../../infra/eventStore/plainJson.ts';
import {
  commitsPerLargeState,
  commitsPerState,
  keepsState,
  largeStateBytes,
  makesSnapshotDue,
  tailPerSnapshot,
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

describe('a snapshot of a large state', () => {
  it('is due once in each stretch of commits that cost four times as much', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 }),
        (snapshotUnits, costs) => {
          let after = 0;
          let due = 0;
          for (const cost of costs) {
            const before = after;
            after += cost;
            if (makesSnapshotDue({ before, after, snapshotUnits })) due += 1;
          }
          expect(due * tailPerSnapshot * snapshotUnits).toBeLessThanOrEqual(after);
          const marks = Math.floor(after / (tailPerSnapshot * snapshotUnits));
          expect(due).toBeGreaterThanOrEqual(Math.min(1, marks));
        },
      ),
    );
  });

  it('is due after 32 write units where none has been written yet', () => {
    const snapshotUnits = undefined;
    expect(makesSnapshotDue({ before: 30, after: 31, snapshotUnits })).toBe(false);
    expect(makesSnapshotDue({ before: 31, after: 32, snapshotUnits })).toBe(true);
    expect(makesSnapshotDue({ before: 32, after: 63, snapshotUnits })).toBe(false);
    expect(makesSnapshotDue({ before: 63, after: 64, snapshotUnits })).toBe(true);
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
