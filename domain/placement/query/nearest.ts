/**
 * The candidate that differs from `word` by the fewest letters, and by no more than a third of
 * them; of several the first in code-unit order. `undefined` when none is that near.
 */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  const lower = word.toLowerCase();
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of candidates) {
    const most = Math.max(1, Math.floor(Math.max(word.length, name.length) / 3));
    if (Math.abs(word.length - name.length) > most) continue;
    const distance = lettersBetween(lower, name.toLowerCase());
    if (distance > most) continue;
    const isNearer = best === undefined || distance < best.distance;
    const isBefore = best?.distance === distance && name < best.name;
    if (isNearer || isBefore) best = { name, distance };
  }
  return best?.name;
};

/** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other. */
const lettersBetween = (from: string, to: string): number => {
  let earlier: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwap =
        row > 1 &&
        column > 1 &&
        from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (earlier[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [earlier, previous] = [previous, current];
  }
  return previous[to.length] ?? 0;
};
