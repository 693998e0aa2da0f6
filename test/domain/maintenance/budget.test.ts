import { describe, expect, it } from 'vitest';
import { allowedFor, allowedOf, defaultBudget } from '../../../domain/maintenance/budget.ts';
import type { Share } from '../../../events/disruption.ts';

const subjects = [1, 2, 3, 7, 10, 40];

describe('a share of what exists', () => {
  it.each<readonly [string, Share, readonly number[]]>([
    ['a tenth rounds down, but not to nothing', { percent: 10 }, [1, 1, 1, 1, 1, 4]],
    ['a quarter', { percent: 25 }, [1, 1, 1, 1, 2, 10]],
    ['a third', { percent: 33.3 }, [1, 1, 1, 2, 3, 13]],
    ['half', { percent: 50 }, [1, 1, 1, 3, 5, 20]],
    ['nearly all', { percent: 99 }, [1, 1, 2, 6, 9, 39]],
    ['all', { percent: 100 }, [1, 2, 3, 7, 10, 40]],
    ['none, when that is said', { percent: 0 }, [0, 0, 0, 0, 0, 0]],
    ['a count, but no more than there are', { count: 3 }, [1, 2, 3, 3, 3, 3]],
    ['a count of none', { count: 0 }, [0, 0, 0, 0, 0, 0]],
  ])('%s', (_name, share, allowed) => {
    expect(subjects.map((total) => allowedOf(share, total))).toEqual(allowed);
  });

  it.each<readonly [string, Share]>([
    ['a negative percent', { percent: -10 }],
    ['more than everything', { percent: 101 }],
    ['no number', { percent: Number.NaN }],
    ['endless', { percent: Number.POSITIVE_INFINITY }],
    ['a negative count', { count: -1 }],
    ['half an instance', { count: 1.5 }],
    ['a count that is no number', { count: Number.NaN }],
  ])('%s is zero and not a surprise', (_name, share) => {
    expect(subjects.map((total) => allowedOf(share, total))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('of nothing, or of a number that is none, is nothing', () => {
    for (const total of [0, -1, 2.5, Number.NaN]) {
      expect([allowedOf({ percent: 100 }, total), allowedOf({ count: 5 }, total)]).toEqual([0, 0]);
    }
  });
});

describe('a budget', () => {
  it('gives a reason that it does not list nothing, not everything', () => {
    expect(allowedFor(defaultBudget, 'patch', 'instance', 40)).toBe(4);
    for (const reason of ['drift', 'scaleIn', 'rebalancing'] as const) {
      expect(allowedFor(defaultBudget, reason, 'instance', 40)).toBe(0);
    }
    expect(allowedFor({ ...defaultBudget, reasons: [] }, 'patch', 'service', 40)).toBe(0);
  });

  it('counts instances and services apart', () => {
    const budget = { ...defaultBudget, instances: { count: 2 }, services: { count: 5 } };
    expect(allowedFor(budget, 'patch', 'instance', 40)).toBe(2);
    expect(allowedFor(budget, 'patch', 'service', 40)).toBe(5);
  });
});
