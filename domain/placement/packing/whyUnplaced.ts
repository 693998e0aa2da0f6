import type { Kind } from './kinds.ts';
import type { UnplacedReason } from './packing.ts';
import { hasCompany, hasPorts, type Room } from './room.ts';

type Rule = Exclude<UnplacedReason, 'NothingOffered' | 'PortTwice' | 'CountMax' | 'Taken'>;

const within = (d: number) => (room: Room, kind: Kind) =>
  (kind.needs[d] ?? 0) <= (room.free[d] ?? 0);

const rules: readonly (readonly [Rule, (room: Room, kind: Kind) => boolean])[] = [
  ['Cpu', within(0)],
  ['Memory', within(1)],
  ['Gpu', within(2)],
  ['Ports', hasPorts],
  ['NetworkInterfaces', within(3)],
  ['DistinctInstance', hasCompany],
];

/** Why a kind has tasks left; `existing` and `offered` as they are before anything is placed. */
export const whyUnplaced = (
  kind: Kind,
  existing: readonly Room[],
  offered: readonly Room[],
): UnplacedReason => {
  if (existing.length + offered.length === 0) return 'NothingOffered';
  const holds = (room: Room) => rules.every(([, passes]) => passes(room, kind));
  if (offered.some(holds)) return 'CountMax';
  let places = [...existing, ...offered];
  for (const [rule, passes] of rules) {
    places = places.filter((room) => passes(room, kind));
    if (places.length === 0) return rule;
  }
  return 'Taken';
};
