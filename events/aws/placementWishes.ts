import * as z from 'zod';
import { present } from './present.ts';
import { Word } from './text.ts';

// What services and task definitions ask of placement (ECS API Reference, PlacementConstraint,
// PlacementStrategy, Attribute). Nothing asked is left out.

const wishes = <Schema extends z.ZodType>(wish: Schema, most: number) =>
  z
    .array(wish)
    .max(most)
    .nullish()
    .transform((list) => (list === null || list?.length === 0 ? undefined : list));

/** At most ten, an expression at most 2,000 characters long. */
export const Constraints = wishes(
  z.object({ type: Word, expression: z.string().max(2_000).nullish() }).transform(present),
  10,
);

/** At most five. */
export const Strategies = wishes(
  z.object({ type: Word, field: z.string().max(256).nullish() }).transform(present),
  5,
);

export const RequiredAttributes = wishes(
  z.object({ name: z.string().max(256), value: z.string().max(256).nullish() }).transform(present),
  200,
);
