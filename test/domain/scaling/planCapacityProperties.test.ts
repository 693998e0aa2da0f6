import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCapacity } from '../../../domain/scaling/planCapacity.ts';
import { anyQuestion } from './anyQuestion.ts';
import { auditPlan } from './auditPlan.ts';

const reversed = <Value>(map: ReadonlyMap<string, Value>) => new Map([...map].toReversed());

describe('a capacity plan, whatever the fleet', () => {
  it('may be carried out, and tells of everybody', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        expect(auditPlan(question, planCapacity(question))).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  it('is the same in whatever order things are listed', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { fleet, capacity } = question;
        const { view } = fleet;
        const other = {
          ...view,
          instances: reversed(view.instances),
          tasks: reversed(view.tasks),
          services: reversed(view.services),
        };
        const groups = Object.fromEntries(Object.entries(capacity.groups).toReversed());
        const again = { ...question, fleet: { ...fleet, view: other } };
        const found = planCapacity({ ...again, capacity: { ...capacity, groups } });
        expect(found).toEqual(planCapacity(question));
      }),
      { numRuns: 150 },
    );
  });

  it('never launches more for waves than they have left, nor above a maximum', () => {
    let launched = 0;
    fc.assert(
      fc.property(anyQuestion, fc.integer({ min: 0, max: 2 }), (question, headroomMost) => {
        const waves = question.waves.map((wave) => ({ ...wave, headroomMost }));
        const sizes = planCapacity({ ...question, waves }).proposals.flatMap(({ command }) =>
          command.type === 'SetDesiredCapacity' ? [command] : [],
        );
        const forWaves = sizes.reduce((sum, { forWave }) => sum + forWave, 0);
        launched += forWaves;
        const most = waves.map(({ atOnce }) => Math.min(atOnce, headroomMost));
        expect(forWaves).toBeLessThanOrEqual(most.reduce((sum, each) => sum + each, 0));
        for (const { groupName, desiredCapacity } of sizes) {
          const { maxSize } = question.capacity.groups[groupName]?.group ?? { maxSize: 0 };
          expect(desiredCapacity).toBeLessThanOrEqual(maxSize);
        }
      }),
      { numRuns: 300, seed: 11 },
    );
    expect(launched).toBeGreaterThan(3);
  });

  it('does something in many of these fleets, so that all this says something', () => {
    const found = fc.sample(anyQuestion, { seed: 7, numRuns: 400 }).map(planCapacity);
    const commands = found.flatMap(({ proposals }) => proposals.map(({ command }) => command));
    const ofType = (type: string) => commands.filter((each) => each.type === type).length;
    expect(ofType('SetDesiredCapacity')).toBeGreaterThan(60);
    expect(ofType('DrainForScaleIn')).toBeGreaterThan(15);
    const waves = commands.filter((each) => 'forWave' in each && each.forWave > 0);
    expect(waves.length).toBeGreaterThan(5);
  });
});
