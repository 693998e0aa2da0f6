import type { Instant } from '../../events/ids.ts';

/** One rule of an ECR lifecycle policy (Amazon ECR User Guide, "Lifecycle policy parameters"). */
export type LifecycleRule = {
  readonly rulePriority: number;
  readonly tagStatus: 'tagged' | 'untagged' | 'any';
  /** An image must have a tag for each. */
  readonly tagPrefixes: readonly string[];
  /** The same with `*` for any text. */
  readonly tagPatterns: readonly string[];
  readonly count:
    | { readonly type: 'imageCountMoreThan'; readonly images: number }
    | { readonly type: 'sinceImagePushed'; readonly days: number }
    /** A rule that is newer than this Tuesday, such as `sinceImagePulled`. */
    | { readonly type: 'notUnderstood'; readonly name: string };
};

export type HeldImage = {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: Instant;
};

/** When a repository lets go of an image, by which rule. ECR deletes within a day of that. */
export type Expiry =
  | { readonly when: 'never' }
  | { readonly when: 'at'; readonly at: Instant; readonly rulePriority: number }
  /** Once so many more images that the rule selects were pushed; 0: now. */
  | { readonly when: 'pushes'; readonly pushesLeft: number; readonly rulePriority: number }
  | { readonly when: 'unknown'; readonly rulePriority: number; readonly reason: string };

const dayMs = 86_400_000;

/**
 * What the policy does to one image of the repository. The rule of the lowest priority that selects
 * an image decides about it, and no later one does (Amazon ECR User Guide, "How lifecycle policies
 * work"). `images` are all of the repository; Tuesday knows those that were pushed since it
 * watches, so a count may come out too low, and an expiry too late by the images it never saw.
 */
export const expiryOf = (
  digest: string,
  images: readonly HeldImage[],
  rules: readonly LifecycleRule[],
): Expiry => {
  const subject = images.find((each) => each.digest === digest);
  if (subject === undefined) return { when: 'never' };
  const inOrder = rules.toSorted((a, b) => a.rulePriority - b.rulePriority);
  const rule = inOrder.find((each) => selects(each, subject));
  if (rule === undefined) return { when: 'never' };
  const { rulePriority, count } = rule;
  switch (count.type) {
    case 'sinceImagePushed':
      return { when: 'at', at: (subject.pushedAt + count.days * dayMs) as Instant, rulePriority };
    case 'imageCountMoreThan': {
      const newer = images.filter(
        (each) => each.pushedAt > subject.pushedAt && selects(rule, each),
      );
      const pushesLeft = Math.max(0, count.images - newer.length);
      return { when: 'pushes', pushesLeft, rulePriority };
    }
    case 'notUnderstood': {
      const reason = `rule ${rulePriority} counts by ${count.name}, which is not understood`;
      return { when: 'unknown', rulePriority, reason };
    }
    default:
      return count satisfies never;
  }
};

const selects = (
  { tagStatus, tagPrefixes, tagPatterns }: LifecycleRule,
  { tags }: HeldImage,
): boolean => {
  if (tagStatus === 'any') return true;
  if (tagStatus === 'untagged') return tags.length === 0;
  return (
    tags.length > 0 &&
    tagPrefixes.every((prefix) => tags.some((tag) => tag.startsWith(prefix))) &&
    tagPatterns.every((pattern) => tags.some((tag) => matchesPattern(tag, pattern)))
  );
};

/** Piece by piece and not by a regular expression: a policy may come from anyone. */
const matchesPattern = (tag: string, pattern: string): boolean => {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return tag === pattern;
  if (!tag.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = tag.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return tag.length - last.length >= at && tag.endsWith(last);
};
