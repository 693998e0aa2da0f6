import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as reservation from '../../../domain/scaling/capacityProviderReservation.ts';
import type { CapacityQuestion } from '../../../domain/scaling/capacityQuestion.ts';
import * as outlook from '../../../domain/scaling/managedScalingOutlook.ts';
import * as plan from '../../../domain/scaling/planCapacity.ts';
import { builtWithBug, type PlantedBug } from '../../support/builtWithBug.ts';
import { anyQuestion } from './anyQuestion.ts';
import { auditPlan } from './auditPlan.ts';
import { outlookCases, outlookQuestion } from './outlookCases.ts';
import { plantedBugs } from './plantedBugs.ts';
import { reservationCases } from './reservationCases.ts';
import { type Day, flipsIn, isUp, look, policy } from './swingingDemand.ts';

// The tests are worth what they find: the rules are built anew with one mistake in them each time.

const room = 'domain/scaling';
const entry = `
  export * from './${room}/capacityProviderReservation.ts';
  export * from './${room}/managedScalingOutlook.ts';
  export * from './${room}/planCapacity.ts';
`;

type Rules = Pick<typeof reservation, 'capacityProviderReservation'> &
  Pick<typeof outlook, 'managedScalingOutlook'> &
  Pick<typeof plan, 'planCapacity'>;

const rulesWith = (bug: PlantedBug) => builtWithBug<Rules>(entry, room, bug);

const matches = (found: object, expected: object): boolean => {
  try {
    expect(found).toMatchObject(expected);
    return true;
  } catch {
    return false;
  }
};

const failsCases = ({ capacityProviderReservation, managedScalingOutlook }: Rules): boolean =>
  reservationCases.some(([, question, needed, percent]) => {
    const found = capacityProviderReservation(question);
    return !found.isKnown || found.needed !== needed || Math.abs(found.percent - percent) > 1e-6;
  }) ||
  outlookCases.some(
    ([, fields, expected]) => !matches(managedScalingOutlook(outlookQuestion(fields)), expected),
  );

/** In portions, so that what is found early ends early. */
const failsAudit = ({ planCapacity }: Rules): boolean =>
  [1, 2, 3, 4, 5, 6, 7, 8].some((seed) =>
    fc
      .sample(anyQuestion, { seed, numRuns: 500 })
      .some((question: CapacityQuestion) => auditPlan(question, planCapacity(question)).length > 0),
  );

/** Demand that comes and goes every so many looks, so many minutes apart. */
const rhythms = [7, 10, 20].flatMap((minutes) =>
  [2, 4, 5, 9, 14].map((looks) => ({ minutes, looks })),
);

const failsSwings = ({ planCapacity }: Rules): boolean =>
  rhythms.some(({ minutes, looks }) => {
    const day: Day = { desired: 2, changes: [], intents: [] };
    for (let index = 0; index * minutes < 900; index += 1) {
      look(planCapacity, day, index % looks < looks / 2 ? 40 : 4, index * minutes);
    }
    const turnsBack = day.changes.some((change, index) => {
      const before = day.changes[index - 1];
      const isBack = before !== undefined && isUp(before) && !isUp(change);
      return isBack && change.at - before.at < policy.scaleInCooldownMs;
    });
    return turnsBack || day.changes.some(({ at }) => flipsIn(day.changes, at) > policy.flipsMost);
  });

/** A broken promise of the rules themselves is found as well. */
const isFound = (rules: Rules): boolean => {
  try {
    return failsCases(rules) || failsSwings(rules) || failsAudit(rules);
  } catch {
    return true;
  }
};

describe('the cases, the audit and the swings', () => {
  it('find nothing where nothing is planted', () => {
    const rules = { ...reservation, ...outlook, ...plan };
    expect([failsCases(rules), failsSwings(rules), failsAudit(rules)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('have thirty mistakes to find, each of its own kind', () => {
    expect(plantedBugs.length).toBeGreaterThanOrEqual(30);
    expect(new Set(plantedBugs.map(({ mistake }) => mistake)).size).toBe(plantedBugs.length);
  });

  it.each(plantedBugs)('find it when $mistake', async (bug) => {
    expect(isFound(await rulesWith(bug))).toBe(true);
  });
});
