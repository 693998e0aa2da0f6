import type { Left } from './fill.ts';
import type { Kind } from './kinds.ts';
import { fits, type Room, take } from './room.ts';

type Paced = {
  readonly kinds: readonly Kind[];
  readonly scale: readonly number[];
};

/**
 * Takes into `room` one of each kind that may be there only once and is behind: of which a larger
 * part is left than of all the work. Else such kinds, which no place is best filled with, are left
 * to the end, and then every one of them needs an instance to itself. The furthest behind first.
 */
export const takeOverdue = (room: Room, { kinds, scale }: Paced, left: Left): number[] => {
  const limited = kinds.flatMap(({ perInstanceMax, taskIds }, kind) =>
    perInstanceMax === 1 && taskIds.length > 1 && left[kind] !== 0 ? [kind] : [],
  );
  if (limited.length === 0) return [];
  const partOf = (kind: number) => (left[kind] ?? 0) / (kinds[kind]?.taskIds.length ?? 1);
  const pace = workLeft(kinds, scale, left);
  const taken: number[] = [];
  const overdue = limited
    .map((kind) => ({ kind, part: partOf(kind) }))
    .filter(({ part }) => part > pace)
    .toSorted((a, b) => b.part - a.part || a.kind - b.kind);
  for (const { kind: index } of overdue) {
    const kind = kinds[index];
    if (kind === undefined || !fits(room, kind)) continue;
    take(room, kind);
    left[index] = (left[index] ?? 0) - 1;
    taken.push(index);
  }
  return taken;
};

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
