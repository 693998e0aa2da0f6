import type { Left } from './fill.ts';
import type { Kind } from './kinds.ts';
import { fits, type Room, take } from './room.ts';

type Paced = {
  readonly kinds: readonly Kind[];
  readonly scale: readonly number[];
};

/**
 * Takes into `room` what is behind: kinds of which a larger part is left than of all the work, the
 * furthest behind first. Of kinds that may be there only once always, else they are left to the
 * end, and then each of their tasks needs an instance to itself. Of the others while less than
 * `mixedPart` of the room is used, so that what is easy to place is still there to fill up with.
 */
export const takeOverdue = (
  room: Room,
  { kinds, scale }: Paced,
  left: Left,
  mixedPart: number,
): number[] => {
  if (mixedPart === 0 && !kinds.some(isLimited)) return [];
  const pace = workLeft(kinds, scale, left);
  const partOf = (kind: number) => (left[kind] ?? 0) / (kinds[kind]?.taskIds.length ?? 1);
  const overdue = kinds
    .map((kind, index) => ({ kind, index, part: partOf(index) }))
    .filter(({ kind, part }) => part >= pace && (mixedPart > 0 || isLimited(kind)))
    .toSorted((a, b) => b.part - a.part || a.index - b.index);
  const taken: number[] = [];
  for (const { kind, index } of overdue) {
    while (
      (isLimited(kind) || partUsed(room, scale) < mixedPart) &&
      (left[index] ?? 0) > 0 &&
      partOf(index) >= pace &&
      fits(room, kind)
    ) {
      take(room, kind);
      left[index] = (left[index] ?? 0) - 1;
      taken.push(index);
    }
  }
  return taken;
};

const isLimited = ({ perInstanceMax, taskIds }: Kind) => perInstanceMax === 1 && taskIds.length > 1;

const partUsed = ({ free }: Room, scale: readonly number[]): number =>
  scale.reduce((most, size, d) => (size > 0 ? Math.max(most, 1 - (free[d] ?? 0) / size) : most), 0);

/** The part of the work that is left, by the resource of which most is needed. */
const workLeft = (kinds: readonly Kind[], scale: readonly number[], left: Left): number => {
  let most = 0;
  let part = 1;
  scale.forEach((size, d) => {
    if (size <= 0) return;
    let all = 0;
    let rest = 0;
    kinds.forEach(({ needs, taskIds }, kind) => {
      all += (needs[d] ?? 0) * taskIds.length;
      rest += (needs[d] ?? 0) * (left[kind] ?? 0);
    });
    if (all / size <= most) return;
    most = all / size;
    part = rest / all;
  });
  return part;
};
