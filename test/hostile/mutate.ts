import { type Chance, draw, drawBetween, drawOne } from '../../domain/simulation/chance.ts';

// Bodies as nobody should send them, drawn from a seed: what is valid, broken in one of many ways,
// and what was never valid.

const strangeValues: readonly (() => unknown)[] = [
  () => null,
  () => -1,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER + 2,
  () => 0.1,
  () => '',
  () => 'x'.repeat(70_000),
  () => '\ud800',
  () => '\u0000\u202e',
  () => '../../etc/passwd',
  () => 'sha256:0',
  () => '10.0.20348.99999999999999999999',
  () => '10.0.-1.5',
  () => [],
  () => ({}),
  () => [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]],
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  () => Array.from({ length: 5_000 }, (_, index) => ({ index })),
  () => true,
];

type Spot = { readonly holder: Record<string, unknown>; readonly key: string };

/** Every member of every object and list, however deep. */
const spotsIn = (value: unknown): readonly Spot[] => {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...spotsIn(holder[key])]);
};

const breakOne = (chance: Chance, document: unknown): unknown => {
  const copy: unknown = structuredClone(document);
  const times = drawBetween(chance, 1, 3);
  for (let count = 0; count < times; count += 1) {
    const spots = spotsIn(copy);
    if (spots.length === 0) return copy;
    const { holder, key } = drawOne(chance, spots);
    const way = drawBetween(chance, 0, 3);
    if (way === 0) delete holder[key];
    else if (way === 1) holder[`${key}s`] = holder[key];
    else holder[key] = drawOne(chance, strangeValues)();
  }
  return copy;
};

const breakText = (chance: Chance, text: string): string => {
  const at = drawBetween(chance, 0, Math.max(0, text.length - 1));
  switch (drawBetween(chance, 0, 4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return `${text.slice(0, at)}\u0000${text.slice(at)}`;
    case 2:
      return `${text}${text}`;
    case 3:
      return text.slice(at);
    default:
      return text.replaceAll(':', drawOne(chance, [';', '::', '\ufeff:']));
  }
};

const nonsense: readonly string[] = [
  '',
  'null',
  '[]',
  '"Ref A: 0 Ref B: X Ref C: 2026-06-15T09:00:00Z"',
  'Ref A: 0 Ref B: X Ref C: 2026-06-15T09:00:00Z',
  '<html><body>503 Service Unavailable</body></html>',
  '['.repeat(90_000),
  `{"a":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_001)}`,
  '{"__proto__":{"manifests":[]}}',
  '9'.repeat(200_000),
  `"${'\\u0000'.repeat(30_000)}"`,
  'x'.repeat(1_100_000),
];

/** One hostile body made from a valid one; now and then the valid one itself. */
export const hostile = (chance: Chance, valid: unknown): string => {
  const share = draw(chance);
  if (share < 0.05) return JSON.stringify(valid);
  if (share < 0.1) return drawOne(chance, nonsense);
  if (share < 0.25) return breakText(chance, JSON.stringify(valid));
  return JSON.stringify(breakOne(chance, valid)) ?? '';
};
