// What an expression may cost. The first is ECS's own (API Reference, PlacementConstraint); the
// rest are Tuesday's, so that no expression can hold up a tick.

export const expressionLengthMax = 2000;

export const comparisonsMax = 20;

/** How deep `and`, `or` and `not` may stand in one another. */
export const nestingMax = 5;

/** How many parentheses and `not` may be open at once: every level written out takes two. */
export const openMax = 2 * nestingMax;

/** As many instance ids as fit into an expression. */
export const listLengthMax = 100;

export const patternLengthMax = 128;

/**
 * Instructions of all compiled patterns of an expression, ten times what a long list of instance
 * types takes. On the longest text that is matched an expression takes at most 200 x 256 steps.
 */
export const instructionsMax = 200;

/** Answers that a pattern remembers: a fleet has few different values of an attribute. */
export const rememberedMax = 1000;

/** Whether a longer text matches is not known. A value of an attribute has 128 at most. */
export const matchedLengthMax = 256;
