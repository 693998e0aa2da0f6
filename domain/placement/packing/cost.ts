import type { Draft, Launch, Setting } from './draft.ts';
import { fits, roomOf, take } from './room.ts';

/** 0 where a type has no cost, so that none is looked at. */
export const costOf = ({ types }: Setting, { launches }: Pick<Draft, 'launches'>): number => {
  if (types.some(({ cost }) => cost === null)) return 0;
  return launches.reduce((sum, { type }) => sum + (types[type]?.cost ?? 0), 0);
};

/** Each launch, in turn, of the cheapest type that holds all it has and may be launched again. */
export const cheapest = (setting: Setting, draft: Draft): Draft => {
  const { types } = setting;
  if (types.some(({ cost }) => cost === null)) return draft;
  const counts = types.map((_, type) => draft.launches.filter((each) => each.type === type).length);
  const launches = draft.launches.map((launch): Launch => {
    let best = launch.type;
    types.forEach(({ cost, countMax }, type) => {
      if ((cost ?? 0) >= (types[best]?.cost ?? 0)) return;
      if (countMax !== null && (counts[type] ?? 0) >= countMax) return;
      if (holdsAll(setting, type, launch.taken)) best = type;
    });
    counts[launch.type] = (counts[launch.type] ?? 0) - 1;
    counts[best] = (counts[best] ?? 0) + 1;
    return { type: best, taken: launch.taken };
  });
  return { ...draft, launches };
};

const holdsAll = ({ kinds, types }: Setting, type: number, taken: readonly number[]): boolean => {
  const capacity = types[type]?.capacity;
  if (capacity === undefined) return false;
  const room = roomOf(capacity);
  return taken.every((index) => {
    const kind = kinds[index];
    if (kind === undefined || !fits(room, kind)) return false;
    take(room, kind);
    return true;
  });
};
