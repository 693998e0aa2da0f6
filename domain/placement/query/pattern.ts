import { RE2JS, RE2JSException } from 're2js';
import { assert } from '../../assert.ts';
import { matchedLengthMax, patternLengthMax, rememberedMax } from './limits.ts';
import { type PatternFault, scanPattern } from './scanPattern.ts';

/**
 * Whether a text matches, all of it from beginning to end; `undefined` for a text longer than 256
 * characters. Takes time in proportion to the text times the pattern's instructions.
 */
export type Matcher = (text: string) => boolean | undefined;

/**
 * What makes `pattern` unfit, and where in it; otherwise how many instructions it compiles to. ECS
 * matches with java.util.regex, Tuesday with RE2: what they do not share is refused.
 */
export const judgePattern = (
  pattern: string,
  instructionsLeft: number,
): { readonly fault: PatternFault } | { readonly instructions: number } => {
  if (pattern.length > patternLengthMax) {
    const sentence = `a pattern has at most ${patternLengthMax} characters; shorten it`;
    return { fault: { at: patternLengthMax, sentence } };
  }
  const scan = scanPattern(pattern);
  if ('fault' in scan) return scan;
  if (scan.instructionsMax > instructionsLeft) {
    const sentence = 'the patterns of the expression are too large; repeat less, or fewer times';
    return { fault: { at: 0, sentence } };
  }
  try {
    const instructions = RE2JS.compile(pattern).programSize();
    assert(instructions <= scan.instructionsMax, 'a pattern is no larger than was reckoned');
    return { instructions };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { fault: faultOf(pattern, error.message) };
  }
};

/** RE2 quotes the part that it refuses, which is therefore found again. */
const faultOf = (pattern: string, message: string): PatternFault => {
  const [, reason = message, part = ''] =
    /^error parsing regexp: (.*?)(?:: `(.*)`)?$/s.exec(message) ?? [];
  return {
    at: Math.max(0, pattern.indexOf(part)),
    sentence: `${reason}, says RE2; write it otherwise`,
  };
};

export const matcherOf = (pattern: string): Matcher => {
  const expression = RE2JS.compile(pattern);
  const remembered = new Map<string, boolean>();
  return (text) => {
    if (text.length > matchedLengthMax) return undefined;
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const answer = expression.matches(text);
    if (remembered.size === rememberedMax) remembered.clear();
    remembered.set(text, answer);
    return answer;
  };
};
