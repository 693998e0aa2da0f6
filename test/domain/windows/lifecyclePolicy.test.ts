import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expiryOf,
  type HeldImage,
  type LifecycleRule,
} from '../../../domain/windows/lifecyclePolicy.ts';
import type { Instant } from '../../../events/ids.ts';

const day = 86_400_000;
const image = (digest: string, daysAgo: number, ...tags: readonly string[]): HeldImage => ({
  digest,
  tags,
  pushedAt: (100 * day - daysAgo * day) as Instant,
});
const rule = (fields: Partial<LifecycleRule> & Pick<LifecycleRule, 'count'>): LifecycleRule => ({
  rulePriority: 1,
  tagStatus: 'any',
  tagPrefixes: [],
  tagPatterns: [],
  ...fields,
});
const days = (count: number) => ({ type: 'sinceImagePushed', days: count }) as const;
const most = (count: number) => ({ type: 'imageCountMoreThan', images: count }) as const;

describe('a lifecycle rule', () => {
  it('by age names the day', () => {
    const rules = [rule({ tagStatus: 'untagged', count: days(14) })];
    expect(expiryOf('old', [image('old', 10)], rules)).toEqual({
      when: 'at',
      at: 104 * day,
      rulePriority: 1,
    });
  });

  it('by count names how many pushes are left', () => {
    const images = [image('a', 3), image('b', 2), image('c', 1)];
    expect(expiryOf('a', images, [rule({ count: most(3) })])).toMatchObject({ pushesLeft: 1 });
    expect(expiryOf('a', images, [rule({ count: most(2) })])).toMatchObject({ pushesLeft: 0 });
    expect(expiryOf('c', images, [rule({ count: most(3) })])).toMatchObject({ pushesLeft: 3 });
  });

  it('by count counts what an earlier rule decides about', () => {
    const rules = [
      rule({ tagStatus: 'tagged', tagPrefixes: ['live'], count: most(50) }),
      rule({ rulePriority: 2, count: most(2) }),
    ];
    const images = [image('a', 3), image('b', 2, 'live'), image('c', 1, 'live')];
    expect(expiryOf('a', images, rules)).toMatchObject({ rulePriority: 2, pushesLeft: 0 });
  });

  it('of the lowest priority decides, and shields what it selects from the others', () => {
    const rules = [
      rule({ rulePriority: 2, count: days(1) }),
      rule({ tagStatus: 'tagged', tagPrefixes: ['live'], count: most(50) }),
    ];
    expect(expiryOf('kept', [image('kept', 30, 'live')], rules)).toMatchObject({
      when: 'pushes',
      rulePriority: 1,
    });
    expect(expiryOf('old', [image('old', 30)], rules)).toMatchObject({ when: 'at' });
  });

  it('selects tagged images by every prefix, and by patterns with *', () => {
    const selected = (tag: string, fields: Partial<LifecycleRule>) =>
      expiryOf(
        'x',
        [image('x', 1, tag)],
        [rule({ tagStatus: 'tagged', count: days(1), ...fields })],
      ).when === 'at';
    expect(selected('prod-1', { tagPrefixes: ['prod'] })).toBe(true);
    expect(selected('prod-1', { tagPrefixes: ['prod', 'test'] })).toBe(false);
    expect(selected('prod-1', { tagPatterns: ['*prod*'] })).toBe(true);
    expect(selected('a-prod', { tagPatterns: ['prod*'] })).toBe(false);
    expect(selected('prod', { tagPatterns: ['prod*d'] })).toBe(false);
    expect(selected('prod', { tagPatterns: ['prod'] })).toBe(true);
  });

  it('that is not understood is said, and decides nothing', () => {
    const count = { type: 'notUnderstood', name: 'sinceImagePulled' } as const;
    expect(expiryOf('x', [image('x', 1)], [rule({ count })])).toEqual({
      when: 'unknown',
      rulePriority: 1,
      reason: 'rule 1 counts by sinceImagePulled, which is not understood',
    });
  });

  it('is the same in whatever order rules and images come', () => {
    const images = [image('a', 3), image('b', 2, 'live'), image('c', 1)];
    const rules = [
      rule({ rulePriority: 1, tagStatus: 'tagged', count: most(1) }),
      rule({ rulePriority: 2, tagStatus: 'untagged', count: most(1) }),
      rule({ rulePriority: 3, count: days(5) }),
    ];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(images, { minLength: 3 }),
        fc.shuffledSubarray(rules, { minLength: 3 }),
        (some, of) => {
          for (const { digest } of images) {
            expect(expiryOf(digest, some, of)).toEqual(expiryOf(digest, images, rules));
          }
        },
      ),
    );
  });
});
