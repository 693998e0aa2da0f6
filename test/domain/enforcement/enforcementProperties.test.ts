import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { landsWithinMs } from '../../../domain/attempt.ts';
import {
  constraintsInDoubt,
  type EnforcementCommand,
  enforcement,
} from '../../../domain/enforcement/enforcement.ts';
import { planEnforcement } from '../../../domain/enforcement/planEnforcement.ts';
import { mayRun } from '../../../domain/windows/compatibility.ts';
import { EffectId, WindowsBuild } from '../../../events/ids.ts';
import {
  aFleet,
  anImage,
  anInstance,
  aService,
  aTask,
  at,
  imagesOf,
  instanceArn,
  serviceArn,
} from '../../support/fleetBuilder.ts';
import { aSight } from '../rollout/rolloutBuilder.ts';

const builds = ['17763.7009', '17763.7240', '17763.7249', '17763.7919'].map((each) =>
  WindowsBuild.parse(each),
);
const anyBuild = fc.constantFrom(...builds);
const names = ['a', 'b', 'c', 'd'];

const anyQuestion = fc
  .record({
    on: fc.tuple(...names.map(() => anyBuild)),
    labelled: fc.subarray(names),
    image: anyBuild,
    toCome: fc.array(anyBuild, { maxLength: 2 }),
    before: fc.option(fc.subarray(builds, { minLength: 1 }), { nil: undefined }),
    isDaemon: fc.boolean(),
  })
  .map(({ on, labelled, image, toCome, before, isDaemon }) => {
    const instances = names.map((name, index) => {
      const instance = anInstance(name, { build: on[index] ?? image });
      const { 'tuesday.os-build': _build, ...attributes } = instance.attributes;
      return labelled.includes(name) ? instance : { ...instance, attributes };
    });
    const placementConstraints =
      before === undefined
        ? []
        : [
            {
              type: 'memberOf',
              expression: `attribute:tuesday.os-build in [${before.join(', ')}]`,
            },
          ];
    const schedulingStrategy = isDaemon ? 'DAEMON' : 'REPLICA';
    const service = aService('orders', { placementConstraints, schedulingStrategy });
    const tasks = [aTask('t', { on: 'a' }), aTask('u', { on: 'b' })];
    const images = imagesOf(anImage('orders', image, { name: 'orders september' }));
    const view = aFleet({ instances, tasks, services: [service] });
    const question = {
      state: enforcement.initialState,
      sight: aSight({ view, images, amis: [] }),
      toCome: new Map([[service.serviceArn, toCome]]),
      labelInferredBuilds: false,
    };
    return { question, images: [image, ...toCome], instances };
  });

const constraints = (commands: readonly EnforcementCommand[]) =>
  commands.flatMap((each) => (each.type === 'ConstrainService' ? [each.builds] : []));

describe('what is planned for any fleet', () => {
  it('never allows a build on which an image may not run, and always one that is there', () => {
    let written = 0;
    fc.assert(
      fc.property(anyQuestion, ({ question, images, instances }) => {
        for (const list of constraints(planEnforcement(question))) {
          written += 1;
          for (const on of list) {
            for (const image of images) expect(mayRun(image, on)).toMatchObject({ allowed: true });
          }
          const labels = instances.map(({ attributes }) => attributes['tuesday.os-build']);
          expect(labels.some((label) => list.some((build) => build === label))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
    expect(written).toBeGreaterThan(50);
  });

  it('once carried out and seen asks for nothing more', () => {
    fc.assert(
      fc.property(anyQuestion, ({ question }) => {
        const [list] = constraints(planEnforcement(question));
        if (list === undefined) return;
        const expression = `attribute:tuesday.os-build in [${list.join(', ')}]`;
        const { view } = question.sight;
        const services = new Map(
          [...view.services].map(([arn, service]) => [
            arn,
            { ...service, placementConstraints: [{ type: 'memberOf', expression }] },
          ]),
        );
        const sight = { ...question.sight, view: { ...view, services } };
        expect(constraints(planEnforcement({ ...question, sight }))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('has a write or a reason for a service that is not kept off what it may not run on', () => {
    fc.assert(
      fc.property(anyQuestion, ({ question }) => {
        const commands = planEnforcement(question);
        const held = commands.flatMap((each) => (each.type === 'RecordHolds' ? each.held : []));
        const subjects = held.map(({ subject }) => subject);
        expect(new Set(subjects).size).toBe(subjects.length);
        const isHeld = subjects.includes(serviceArn('orders'));
        expect(isHeld && constraints(commands).length > 0).toBe(false);
      }),
    );
  });
});

describe('the record of enforcement', () => {
  const effectId = EffectId.parse('label-a');
  const about = { containerInstanceArn: instanceArn('a'), build: WindowsBuild.parse('20348.1') };
  const command = fc.constantFrom<EnforcementCommand>(
    { type: 'LabelInstance', ...about, effectId, now: at(1) },
    { type: 'RecordAttempt', effectId, executor: 'one', now: at(2) },
    { type: 'RecordAttempt', effectId, executor: 'another', now: at(2) },
    { type: 'RecordOutcome', effectId, now: at(3) },
    { type: 'RecordOutcome', effectId, refused: 'no', now: at(3) },
    {
      type: 'RecordHolds',
      held: [{ subject: 'x', reason: 'BuildUnknown', detail: 'y' }],
      now: at(4),
    },
  );
  const after = (state: typeof enforcement.initialState, each: EnforcementCommand) =>
    enforcement.decide(each, state).reduce(enforcement.evolve, state);

  it('deciding twice writes once', () => {
    fc.assert(
      fc.property(fc.array(command), command, (past, last) => {
        const state = after(past.reduce(after, enforcement.initialState), last);
        expect(enforcement.decide(last, state)).toEqual([]);
      }),
    );
  });

  it('doubts what was written while an answer is lost that may still land', () => {
    const tried: readonly EnforcementCommand[] = [
      { type: 'LabelInstance', ...about, effectId, now: at(1) },
      { type: 'RecordAttempt', effectId, executor: 'one', now: at(2) },
    ];
    const again: EnforcementCommand = {
      type: 'RecordAttempt',
      effectId,
      executor: 'another',
      now: at(8),
    };
    const outcome: EnforcementCommand = { type: 'RecordOutcome', effectId, now: at(9) };
    const doubts = (commands: readonly EnforcementCommand[], now: number) =>
      constraintsInDoubt(commands.reduce(after, enforcement.initialState), now as never).size;
    expect(doubts(tried, at(2))).toBe(1);
    expect(doubts([...tried, outcome], at(9))).toBe(0);
    expect(doubts([...tried, again, outcome], at(9) + landsWithinMs - 1)).toBe(1);
    expect(doubts([...tried, again, outcome], at(9) + landsWithinMs)).toBe(0);
  });
});
