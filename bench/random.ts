/** The same numbers for the same seed (mulberry32). */
export const createRandom = (seed: number) => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const oneOf = <Value>(values: readonly Value[]): Value => {
    const value = values[below(values.length)];
    if (value === undefined) throw new Error('there is one to choose');
    return value;
  };
  const text = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[below(alphabet.length)]).join('');
  const hex = (length: number) => text('0123456789abcdef', length);
  return {
    next,
    below,
    oneOf,
    hex,
    digits: (length: number) => text('0123456789', length),
    uuid: () => [8, 4, 4, 4, 12].map(hex).join('-'),
    shuffled: <Value>(values: readonly Value[]): readonly Value[] =>
      values
        .map((value, index) => ({ value, index, key: next() }))
        .toSorted((a, b) => a.key - b.key || a.index - b.index)
        .map(({ value }) => value),
  };
};
