/** Chance from a seed: the same seed draws the same for ever. */
export type Randomness = {
  /** From [0, 1). */
  readonly draw: () => number;
  /** A whole number, both ends included. */
  readonly whole: (least: number, most: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** Each item on its own with this probability, in the order given. */
  readonly some: <Item>(items: readonly Item[], probability: number) => readonly Item[];
  readonly shuffled: <Item>(items: readonly Item[]) => readonly Item[];
  readonly times: <Item>(count: number, make: (position: number) => Item) => readonly Item[];
};

/** mulberry32 by Tommy Ettinger, which is quick and even enough to choose test data. */
const mulberry32 = (seed: number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

/** `index` numbers the sequences of one seed, so that any of them can be drawn alone. */
export const randomness = (seed: number, index: number): Randomness => {
  const draw = mulberry32(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const whole = (least: number, most: number) => least + Math.floor(draw() * (most - least + 1));
  const chance = (probability: number) => draw() < probability;
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[whole(0, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  return {
    draw,
    whole,
    chance,
    pick,
    some: (items, probability) => items.filter(() => chance(probability)),
    shuffled: (items) =>
      items
        .map((item) => ({ item, at: draw() }))
        .sort((left, right) => left.at - right.at)
        .map(({ item }) => item),
    times: (count, make) => Array.from({ length: count }, (_, position) => make(position)),
  };
};
