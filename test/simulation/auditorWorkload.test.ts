import { describe, expect, it } from 'vitest';
import { arn, instance, instanceArn, task, terminate, truth } from './auditScenes.ts';
import {
  completed,
  deployment,
  drain,
  drainedAt,
  inRollout,
  judge,
  planned,
  proof,
  proved,
  type Step,
  spoilt,
  story,
  type Told,
  terminated,
} from './auditStory.ts';
import { mayRunTogether } from './auditWorkload.ts';

const keys = (violations: readonly string[]) => [
  ...new Set(violations.map((violation) => violation.split(':')[0])),
];
const broken = (steps: readonly Step[]) => keys(judge(steps).violations);

const add =
  (...events: Told[]) =>
  (step: Step) => {
    step.events.push(...events);
  };
const without = (type: string) => (step: Step) => {
  step.events = step.events.filter(([, name]) => name !== type);
};
const ofA = { containerInstanceArn: instanceArn('a') };

describe('the health of a service', () => {
  /** While a drains, its task ends, and so does another. */
  const falling = (change: Partial<Step> = {}, left = 2) =>
    spoilt(drainedAt, (step) => {
      step.truth = truth(step.truth.instances, step.truth.tasks.slice(-left));
      Object.assign(step, change);
    }).slice(0, terminated);

  it('may fall as far as ECS lets a drain go', () => {
    expect(broken(falling({}, 3))).toEqual([]);
  });

  it('I8: does not fall below the minimum by our doing', () => {
    expect(broken(falling())).toEqual(['I8']);
  });

  it('I8: is measured by what was agreed, whatever the service has become', () => {
    const lowered = falling({}).map((step) => ({
      ...step,
      truth: truth(step.truth.instances, step.truth.tasks, { minimumHealthyPercent: 0 }),
    }));
    expect(broken(lowered)).toEqual(['I8']);
  });

  it('is excused by an involuntary loss, and by another deployer, for a few steps', () => {
    const losses = { instances: [], services: ['web'] };
    const none = { drained: [], deployed: [] };
    expect(broken(falling({ losses }))).toEqual([]);
    expect(broken(falling({ losses: { instances: [instanceArn('b')], services: [] } }))).toEqual(
      [],
    );
    expect(broken(falling({ byOthers: { ...none, deployed: ['web'], scaled: [] } }))).toEqual([]);
    const long = falling();
    const [first, ...others] = long;
    const quiet = Array.from({ length: 3 }, () => ({ ...first, events: [], calls: [] }) as Step);
    expect(broken([{ ...first, losses } as Step, ...quiet, ...others])).toEqual(['I8']);
  });

  it('is not ours to answer for where nothing of ours took part', () => {
    const before = story().slice(0, drain);
    const next = { ...before[0], events: [], truth: truth([], []) } as Step;
    expect(broken([...before, next])).toEqual([]);
  });

  it('I8: no task is stopped by us', () => {
    const stop = { operation: 'StopTask', input: { cluster: 'shop', task: arn('task', '1') } };
    expect(broken(spoilt(planned, (step) => step.calls.push(stop)))).toEqual(['I8']);
  });

  it('I8: no instance is terminated with a task on it', () => {
    const busy = spoilt(terminated, (step) => {
      const tasks = [...step.truth.tasks, task('1', 'a')];
      const there = [instance('a', { status: 'DRAINING' })];
      step.calls = [{ ...terminate('a'), before: truth(there, tasks) }];
    });
    expect(broken(busy)).toEqual(['I8']);
    const undrained = spoilt(planned, (step) => step.calls.push(terminate('b')));
    expect(broken(undrained)).toContain('I8');
  });

  it('I8: no instance is terminated before it is drained', () => {
    expect(broken(spoilt(drainedAt, without('InstanceDrained')))).toEqual(['I8']);
  });
});

describe('what runs where', () => {
  it.each([
    ['20348.4294', '20348.1', true],
    ['17763.1', '17763.2', true],
    ['20348.1', '26100.1', true],
    ['26100.1', '26100.2', true],
    ['10.0.20348.4294', '20348.4171', true],
    ['14393.8000', '14393.8000', true],
    ['14393.8000', '14393.7900', false],
    ['17763.1', '20348.1', false],
    ['17763.1', '26100.1', false],
    ['26100.1', '20348.1', false],
    ['20348.1', 'unknown', false],
  ])('Microsoft lets %s run on %s: %s', (image, host, may) => {
    expect(mayRunTogether(image, host)).toBe(may);
  });

  const on = (change: object, of: object) =>
    broken(
      spoilt(planned, (step) => {
        step.truth = truth([instance('a', of)], [task('1', 'a', change)]);
      }).slice(0, drain),
    );

  it('I14: no task runs on an instance of another build', () => {
    expect(on({}, { build: '26100.1' })).toEqual([]);
    expect(on({}, { build: '17763.1' })).toEqual(['I14']);
    expect(on({ lastStatus: 'PENDING' }, { build: '17763.1' })).toEqual([]);
  });

  it.each([
    ['17763.7240', '17763.7009', []],
    ['17763.7919', '17763.7009', ['I14']],
    ['26100.6899', '26100.3476', ['I14']],
    ['26100.6899', '26100.3781', []],
    ['20348.4294', '20348.3207', []],
  ])('I14: a task on %s lands on an instance of %s: %j', (image, host, found) => {
    const first = spoilt(planned, (step) => {
      step.truth = truth([instance('a', { build: host })], []);
    })[planned] as Step;
    const there = truth([instance('a', { build: host })], [task('1', 'a', { build: image })]);
    const landing = { ...first, events: [], truth: there } as Step;
    expect(broken([first, landing])).toEqual(found);
    const byOthers = { drained: [], deployed: ['web'], scaled: [] };
    expect(broken([first, { ...landing, byOthers }])).toEqual([]);
  });

  it('I7: no build and no constraint is written without an intent', () => {
    const service = arn('service', 'web');
    const constrain = { cluster: 'shop', service, placementConstraints: [] };
    const attributes = [{ name: 'tuesday.os-build', value: 'x', targetId: instanceArn('a') }];
    for (const [operation, input] of [
      ['UpdateService', constrain],
      ['PutAttributes', { cluster: 'shop', attributes }],
    ] as const) {
      const steps = spoilt(planned, (step) => step.calls.push({ operation, input }));
      expect(broken(steps)).toEqual(['I7']);
    }
    const data = { serviceArn: service, builds: [], effectId: 'constrain-web' };
    const intended = spoilt(planned, (step) => {
      step.events.push(['enforcement#shop', 'ServiceConstraintIntended', data]);
    });
    intended[drain]?.calls.push({ operation: 'UpdateService', input: constrain });
    expect(broken(intended)).toEqual([]);
  });

  it('I15: no instance has more memory in use than it has', () => {
    expect(on({}, { memoryUsed: 16_384 })).toEqual([]);
    expect(on({}, { memoryUsed: 16_385 })).toEqual(['I15']);
  });
});

describe('what a rollout claims', () => {
  it('I18: an instance is drained once its successor is known', () => {
    expect(broken(spoilt(planned, without('InstanceTargetLearnt')))).toEqual(['I18']);
  });

  it('I18: drained is what no task runs on', () => {
    const early = spoilt(drain, add(inRollout('InstanceDrained', ofA)));
    expect(broken(early)).toEqual(['I18']);
    const still = spoilt(drainedAt, (step) => {
      step.truth = story()[drain]?.truth ?? step.truth;
    });
    expect(broken(still.slice(0, terminated))).toEqual(['I18']);
  });

  it('I18: replaced is what is gone, by one that replaces nothing else', () => {
    const lives = spoilt(terminated, (step) => {
      step.calls = [];
      step.truth = truth([instance('a'), ...step.truth.instances], step.truth.tasks);
    });
    const next = lives[proof];
    if (next !== undefined) next.truth = lives[terminated]?.truth ?? next.truth;
    expect(broken(lives.slice(0, proved))).toContain('I18');
    const twice = inRollout('InstanceReplaced', {
      containerInstanceArn: instanceArn('b'),
      replacementArn: instanceArn('e'),
    });
    expect(judge(spoilt(proof, add(twice))).violations[0]).toMatch(/^I18: .* replaces both/);
  });

  it('I18: proved is what a task has run on', () => {
    const by = (taskArn: string) => {
      const claim = inRollout('InstanceProved', { ...ofA, taskArn });
      return spoilt(proved, (step) => {
        step.events = [claim, ...step.events.slice(1)];
      });
    };
    expect(broken(by(arn('task', '9')))).toEqual([]);
    expect(broken(by(arn('task', 'nobody-saw')))).toEqual(['I18']);
    expect(broken(by(arn('task', '2')))).toEqual(['I18']);
  });

  it('I18: deployed is what is complete', () => {
    const early = spoilt(completed, (step) => {
      step.truth = story()[deployment]?.truth ?? step.truth;
    });
    expect(broken(early)).toEqual(['I18']);
  });

  it('I18: restored is what is ACTIVE', () => {
    const restored = spoilt(drainedAt, add(inRollout('InstanceRestored', ofA)));
    expect(broken(restored.slice(0, terminated))).toEqual(['I18']);
  });
});

describe('a halt', () => {
  const halted = inRollout('RolloutHalted', { reason: 'TaskStartFailures', detail: 'three' });
  const aborted = inRollout('RolloutAborted', { actor: 'someone', reason: 'enough' });
  const resumed = inRollout('RolloutResumed', { actor: 'someone' });

  it('I19: lets nothing more begin, until a person resumes', () => {
    expect(broken(spoilt(drainedAt, add(halted)))).toContain('I19');
    expect(broken(spoilt(drainedAt, add(halted, resumed)))).toEqual([]);
    expect(broken(spoilt(planned, add(inRollout('RolloutPaused'))))).toContain('I19');
    expect(broken(spoilt(planned, without('RolloutStarted')))).toContain('I19');
  });

  it('I19: stops a call that was intended before it, unless in the same step', () => {
    const held = (gap: boolean) => {
      const steps = spoilt(drain, (step) => {
        step.events.push(halted);
        if (gap) step.calls = [];
        if (gap) step.truth = story()[planned]?.truth ?? step.truth;
      }).slice(0, drainedAt);
      const later = { ...story()[drain], events: [] } as Step;
      return broken(gap ? [...steps, later] : steps);
    };
    expect(held(false)).toEqual([]);
    expect(held(true)).toEqual(['I19']);
  });

  it('an abortion lets what is under way be finished, and nothing begin', () => {
    const finishing = spoilt(terminated, (step) => step.events.push(aborted));
    expect(broken(finishing.slice(0, deployment))).toEqual([]);
    expect(broken(finishing)).toContain('I19');
  });

  it('I19: nothing follows the end', () => {
    const again = inRollout('RebuildRequested', { image: 'web:1', effectId: 'effect-rebuild' });
    expect(broken(spoilt(completed, add(again)))).toEqual(['I19']);
  });
});
