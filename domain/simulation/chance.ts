import { assert } from '../assert.ts';

/**
 * State of an sfc32 generator: four unsigned 32-bit numbers, kept inside the world so that a world
 * is its own history.
 */
export type Chance = [number, number, number, number];

export const chanceFrom = (seed: number): Chance => {
  const chance: Chance = [seed >>> 0, Math.floor(seed / 0x1_0000_0000) >>> 0, 0x9e3779b9, 1];
  // The first draws of neighbouring seeds resemble one another.
  for (let round = 0; round < 15; round++) draw(chance);
  return chance;
};

/** A number in [0, 1). Moves the generator on. */
export const draw = (chance: Chance): number => {
  const [a, b, c, counter] = chance;
  const sum = (a + b + counter) >>> 0;
  chance[3] = (counter + 1) >>> 0;
  chance[0] = (b ^ (b >>> 9)) >>> 0;
  chance[1] = (c + (c << 3)) >>> 0;
  chance[2] = (((c << 21) | (c >>> 11)) + sum) >>> 0;
  return sum / 0x1_0000_0000;
};

/** A whole number from `least` to `most`, both included. */
export const drawBetween = (chance: Chance, least: number, most: number): number =>
  least + Math.floor(draw(chance) * (most - least + 1));

export const drawOne = <Item>(chance: Chance, items: readonly Item[]): Item => {
  const item = items[drawBetween(chance, 0, items.length - 1)];
  assert(item !== undefined, 'there is something to draw from');
  return item;
};

export const drawHex = (chance: Chance, digits: number): string => {
  let text = '';
  while (text.length < digits) {
    text += drawBetween(chance, 0, 0xffff_ffff).toString(16).padStart(8, '0');
  }
  return text.slice(0, digits);
};

/** Decimal digits that do not begin with 0, as in the id of an ECS deployment. */
export const drawDigits = (chance: Chance, digits: number): string => {
  let text = String(drawBetween(chance, 1, 9));
  while (text.length < digits) text += String(drawBetween(chance, 0, 9));
  return text;
};
