/**
 * Text from outside, safe for a terminal: control and direction characters, which it would obey,
 * become `?`.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
