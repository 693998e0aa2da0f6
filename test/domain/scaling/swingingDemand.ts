import type { DesiredIntent } from '../../../domain/scaling/capacityQuestion.ts';
import type { DesiredChange } from '../../../domain/scaling/clusterCapacity.ts';
import type { planCapacity } from '../../../domain/scaling/planCapacity.ts';
import { defaultScalingPolicy } from '../../../domain/scaling/scalingPolicy.ts';
import { aService, aTask, at } from '../../support/fleetBuilder.ts';
import { questionOf } from './capacityQuestions.ts';
import { aGroup, capacityOf, m5 } from './scalingBuilder.ts';

// A group through a day: what is decided is carried out at once, and remembered.

export type Plan = typeof planCapacity;

export const perInstance = 8;
export const policy = { ...defaultScalingPolicy, keepFreePercent: 0, scaleInMostPercent: 50 };
export const bounds = { minSize: 1, maxSize: 8 };

export type Day = { desired: number; changes: DesiredChange[]; intents: DesiredIntent[] };

/** One look at a group in which so many tasks are wanted; what is decided is done at once. */
export const look = (plan: Plan, day: Day, wanted: number, minute: number): void => {
  const names = Array.from({ length: day.desired }, (_, index) => `i${index}`);
  const running = Math.min(wanted, day.desired * perInstance);
  const tasks = Array.from({ length: running }, (_, index) =>
    aTask(`t${index}`, { on: names[index % day.desired] ?? '' }),
  );
  const known = capacityOf([], [aGroup('plain', { has: names, ...bounds })], at(minute));
  const group = known.groups.plain;
  if (group === undefined) throw new Error('the group is known');
  const { proposals } = plan(
    questionOf(
      {
        instances: names.map((name) => m5(name)),
        tasks,
        services: [aService('orders', { desiredCount: wanted, placementConstraints: [] })],
      },
      {
        capacity: { ...known, groups: { plain: { ...group, desiredChanges: day.changes } } },
        intents: day.intents,
        policy,
        now: at(minute),
      },
    ),
  );
  for (const { command } of proposals) {
    const from = day.desired;
    day.desired = command.type === 'SetDesiredCapacity' ? command.desiredCapacity : from - 1;
    day.intents.push({ groupName: 'plain', desiredCapacity: day.desired, at: at(minute) });
    day.changes.push({ at: at(minute), from, to: day.desired });
  }
};

export const isUp = ({ from, to }: DesiredChange) => to > from;
export const flipsIn = (changes: readonly DesiredChange[], until: number) =>
  changes.filter((change, index) => {
    const before = changes[index - 1];
    if (before === undefined || isUp(before) === isUp(change)) return false;
    return change.at <= until && until - change.at <= policy.flipWindowMs;
  }).length;
