import { describe, expect, it } from 'vitest';
import { instanceArn, setState, truth } from './auditScenes.ts';
import {
  completed,
  drain,
  drainedAt,
  inRollout,
  judge,
  planned,
  proof,
  type Step,
  spoilt,
  story,
  type Told,
  terminated,
} from './auditStory.ts';

const keys = (violations: readonly string[]) => [
  ...new Set(violations.map((violation) => violation.split(':')[0])),
];
const add =
  (...events: Told[]) =>
  (step: Step) => {
    step.events.push(...events);
  };
const ofA = { containerInstanceArn: instanceArn('a') };

describe('at rest', () => {
  const atRest = (steps: readonly Step[]) => keys(judge(steps).atRest);
  const end = (...events: Told[]) => atRest(spoilt(completed, add(...events)));

  it('I25: no lease is live', () => {
    expect(atRest(spoilt(completed, (step) => step.events.splice(2, 1)))).toContain('I25');
  });

  it('I5: no intent is without an outcome', () => {
    const intent = inRollout('InstanceRestoreIntended', { ...ofA, effectId: 'effect-restore' });
    expect(end(intent)).toEqual(['I5']);
    expect(end(intent, inRollout('EffectFailed', { effectId: 'effect-restore' }))).toEqual([]);
  });

  it('I13: nothing is left DRAINING by us, not even what was given up', () => {
    const skipped = inRollout('InstanceSkipped', { ...ofA, reason: 'DrainOverdue' });
    const { truth: left } = story()[drainedAt] ?? {};
    const steps = spoilt(drainedAt, add(skipped)).slice(0, terminated);
    expect(left).toBeDefined();
    expect(atRest(steps)).toContain('I13');
    const restored: Step = {
      ...story()[planned],
      events: [],
      calls: [setState('a', 'ACTIVE')],
    } as Step;
    expect(atRest([...steps, restored])).not.toContain('I13');
  });

  it('I25: each planned item is ended, or held with a reason', () => {
    const open = (left: readonly object[]) =>
      spoilt(planned, (step) => {
        step.events = step.events.map(([stream, type, data]) => {
          if (type !== 'RolloutPlanned') return [stream, type, data];
          return [
            stream,
            type,
            { ...data, instances: [{ ...ofA }, { containerInstanceArn: 'x' }] },
          ];
        });
        step.events.push(inRollout('HoldsChanged', { held: left }));
      }).map((step) => {
        const isEnd = ([, type]: Told) => type === 'RolloutCompleted';
        return { ...step, events: step.events.filter((event) => !isEnd(event)) };
      });
    const hold = { subject: 'x', reason: 'NoCapacity', detail: 'nothing fits' };
    expect(judge(open([hold])).atRest).toEqual([]);
    expect(judge(open([])).atRest).toEqual([expect.stringMatching(/^I25: .* leaves x neither/)]);
  });

  it('I4: the record knows what is there and what runs', () => {
    const changed = (change: (step: Step) => void) => atRest(spoilt(completed, change));
    expect(changed((step) => step.events.pop())).toEqual(['I4']);
    const stale: Told = [
      'fleet#shop#0',
      'InstanceObserved',
      { instance: { containerInstanceArn: instanceArn('f'), version: 1, status: 'ACTIVE' } },
    ];
    expect(changed(add(stale))).toEqual(['I4']);
    const gone: Told = [
      'fleet#shop#0',
      'InstanceDeregistered',
      { containerInstanceArn: instanceArn('f'), version: 2 },
    ];
    expect(changed(add(stale, gone))).toEqual([]);
  });

  const manual = (start: string, started: boolean) =>
    spoilt(planned, (step) => {
      const [mode, planning] = step.events;
      if (mode === undefined || planning === undefined) throw new Error('nothing is planned');
      const [stream, type, data] = planning;
      step.events = [mode, [stream, type, { ...data, policy: { start } }]];
      if (started) step.events.push(inRollout('RolloutStarted'));
    }).slice(0, drain);
  const recorded = (steps: readonly Step[]) =>
    judge(steps).atRest.filter((violation) => !violation.startsWith('I4'));

  it('a plan may wait for a person to start it, and for nobody else', () => {
    expect(recorded(manual('manual', false))).toEqual([]);
    expect(recorded(manual('automatic', false))).toHaveLength(2);
    expect(recorded(manual('manual', true))).toHaveLength(2);
  });

  it('I25: nothing that we took out is forgotten', () => {
    const gone = story().slice(0, terminated);
    const { truth: then } = story()[terminated] ?? {};
    const vanished: Step = { events: [], calls: [], truth: then ?? truth([], []) };
    expect(judge([...gone, vanished]).atRest).toContainEqual(
      expect.stringMatching(/^I25: .* is drained by us and nothing followed$/),
    );
    expect(judge(story().slice(0, proof)).atRest).toContainEqual(
      expect.stringMatching(/^I25: .* is terminated by us and nothing followed$/),
    );
    expect(judge(story().slice(0, completed)).atRest).toContain(
      'I25: our deployment of web goes on',
    );
  });

  it('I4: the record agrees in what it knows', () => {
    const last = (change: (step: Step) => void) => judge(spoilt(completed, change)).atRest;
    const first = (step: Step, of: object) => {
      const [found, ...others] = step.truth.instances;
      if (found === undefined) throw new Error('the fleet is empty');
      step.truth = { ...step.truth, instances: [{ ...found, ...of }, ...others] };
    };
    expect(last((step) => first(step, { agentConnected: false }))).toEqual([
      expect.stringMatching(/^I4: the agent of .* is not connected, unlike the record$/),
    ]);
    expect(last((step) => first(step, { agentConnected: false, alive: false }))).toEqual([
      expect.stringMatching(/^F22: .* is dead, and is still ACTIVE in ECS$/),
    ]);
    expect(last((step) => first(step, { status: 'REGISTERING' }))).toEqual([
      expect.stringMatching(/^I4: .* is REGISTERING, in the record ACTIVE$/),
    ]);
    expect(last((step) => first(step, { arn: instanceArn('f') }))).toEqual([
      expect.stringMatching(/^I4: .* is ACTIVE and the record does not know it$/),
      expect.stringMatching(/^I4: .* is gone, in the record ACTIVE$/),
    ]);
    const stopped = (step: Step) => {
      step.truth = { ...step.truth, tasks: step.truth.tasks.slice(1) };
    };
    expect(last(stopped)).toEqual([
      expect.stringMatching(/^I4: .* does not run, in the record it is RUNNING$/),
    ]);
  });
});
