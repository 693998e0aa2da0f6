import type { Refused } from './refused.ts';

// What java.util.regex and RE2 do not share, and what would cost too much.

export const refusedPatterns: readonly Refused[] = [
  [
    "attribute:a =~ '‸(?=b)c'",
    'look-around and atomic groups cannot be matched in bounded time; leave them out.',
  ],
  [
    "attribute:a =~ 'b‸(?!c)'",
    'look-around and atomic groups cannot be matched in bounded time; leave them out.',
  ],
  [
    "attribute:a =~ 'b‸(?<=c)'",
    'look-around and atomic groups cannot be matched in bounded time; leave them out.',
  ],
  [
    "attribute:a =~ '‸(?>c)'",
    'look-around and atomic groups cannot be matched in bounded time; leave them out.',
  ],
  ["attribute:a =~ '(b)‸\\1'", 'a back-reference cannot be matched in bounded time; leave it out.'],
  [
    "attribute:a =~ '(?<n>b)‸\\k<n>'",
    'a back-reference cannot be matched in bounded time; leave it out.',
  ],
  [
    "attribute:a =~ '‸(?P<n>b)'",
    'this kind of group is not the same in Java and RE2; write (?:...) or (...).',
  ],
  [
    "attribute:a =~ '‸(?x)b'",
    'this kind of group is not the same in Java and RE2; write (?:...) or (...).',
  ],
  [
    "attribute:a =~ '‸(?U)b'",
    'this kind of group is not the same in Java and RE2; write (?:...) or (...).',
  ],
  ["attribute:a =~ '‸(b'", 'this parenthesis is not closed.'],
  ["attribute:a =~ 'b‸)'", 'this parenthesis closes nothing; write \\).'],
  ['attribute:a =~ b‸[c', 'this bracket is not closed.'],
  ['attribute:a =~ [a‸[b]]', 'Java and RE2 differ on a bracket within brackets; write \\[.'],
  ["attribute:a =~ '[a-z‸&&b]'", 'RE2 knows no && within brackets; list what you mean.'],
  ['attribute:a =~ [‸z-a]', 'invalid character class range, says RE2; write it otherwise.'],
  [
    'attribute:a =~ ‸*b',
    'there is nothing to repeat before it; write a backslash before the sign.',
  ],
  [
    'attribute:a =~ b|‸+',
    'there is nothing to repeat before it; write a backslash before the sign.',
  ],
  ['attribute:a =~ b*‸*', 'a repetition is repeated; put the first into (?:...).'],
  ['attribute:a =~ b*‸+', 'a possessive repetition is unknown to RE2; leave out the second sign.'],
  ['attribute:a =~ b?‸{2}', 'a repetition is repeated; put the first into (?:...).'],
  ['attribute:a =~ b‸{,2}', 'a brace begins a count such as {2,3}; write \\{ for the sign.'],
  ['attribute:a =~ b‸{c', 'a brace begins a count such as {2,3}; write \\{ for the sign.'],
  ['attribute:a =~ b‸{3,2}', 'invalid repeat count, says RE2; write it otherwise.'],
  ['attribute:a =~ b‸\\', 'a backslash stands at the end; write \\\\ for the sign.'],
  ['attribute:a =~ b‸\\h', '\\h is not the same in Java and RE2; write it otherwise.'],
  ['attribute:a =~ b‸\\Z', '\\Z is not the same in Java and RE2; write it otherwise.'],
  ['attribute:a =~ b‸\\Qc\\E', '\\Q is not the same in Java and RE2; write it otherwise.'],
  ['attribute:a =~ [b‸\\h]', '\\h is not the same in Java and RE2; write it otherwise.'],
  ["attribute:a =~ '\\\\\\\\b\\'‸\\h'", '\\h is not the same in Java and RE2; write it otherwise.'],
  ['attribute:a =~ ‸\\p{IsLatin}', 'invalid character class range, says RE2; write it otherwise.'],
  [
    'attribute:a =~ ‸b{600}',
    'the patterns of the expression are too large; repeat less, or fewer times.',
  ],
  [
    "attribute:a =~ '‸((b{100}){100}){100}'",
    'the patterns of the expression are too large; repeat less, or fewer times.',
  ],
  [
    'attribute:a =~ b{90} and attribute:c =~ ‸b{90}',
    'the patterns of the expression are too large; repeat less, or fewer times.',
  ],
  [`attribute:a =~ ${'b'.repeat(128)}‸b`, 'a pattern has at most 128 characters; shorten it.'],
];
