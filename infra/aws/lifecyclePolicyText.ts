import * as z from 'zod';
import type { LifecycleRule } from '../../domain/windows/lifecyclePolicy.ts';
import { readShape } from './awsShape.ts';
import { GatewayError } from './gateways.ts';

const Selection = z.object({
  tagStatus: z.enum(['tagged', 'untagged', 'any']),
  tagPrefixList: z.array(z.string().max(300)).max(100).default([]),
  tagPatternList: z.array(z.string().max(300)).max(100).default([]),
  countType: z.string().max(100),
  countNumber: z.int().min(0),
});

const Policy = z.object({
  rules: z.array(z.object({ rulePriority: z.int().min(1), selection: Selection })).max(100),
});

/** `lifecyclePolicyText` as GetLifecyclePolicy answers it. Throws `GatewayError`. */
export const readLifecyclePolicy = (text: string, what: string): readonly LifecycleRule[] => {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    const message = `lifecycle policy of ${what}: not JSON`;
    throw new GatewayError('refused', 'UnexpectedShape', message, { cause });
  }
  const { rules } = readShape(Policy, document, `lifecycle policy of ${what}`);
  return rules.map(({ rulePriority, selection }) => ({
    rulePriority,
    tagStatus: selection.tagStatus,
    tagPrefixes: selection.tagPrefixList,
    tagPatterns: selection.tagPatternList,
    count: countOf(selection),
  }));
};

const countOf = ({
  countType,
  countNumber,
}: z.output<typeof Selection>): LifecycleRule['count'] => {
  if (countType === 'imageCountMoreThan') return { type: countType, images: countNumber };
  if (countType === 'sinceImagePushed') return { type: countType, days: countNumber };
  return { type: 'notUnderstood', name: countType };
};
