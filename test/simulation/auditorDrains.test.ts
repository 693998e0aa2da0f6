import { describe, expect, it } from 'vitest';
import { ec2, instance, instanceArn, setState, task, terminate, truth } from './auditScenes.ts';
import { granted, judge, returned, type Step, type Told, windowsSet } from './auditStory.ts';

// One instance that an operator has drained, ended and replaced, and one that EC2 takes.

const drain = 'drain#shop/a';
const inDrain = (type: string, data: Record<string, unknown> = {}): Told => [drain, type, data];
const lease = (reason: string): Told => {
  const [stream, type, data] = granted('lease-a', 'instance', instanceArn('a'));
  return [stream, type, { ...data, reason, holder: drain }];
};
const budget: Told = [
  'disruption#shop',
  'BudgetSet',
  { budget: { instances: { count: 1 }, services: { count: 1 }, reasons: [{ reason: 'manual' }] } },
];
const intended = (wish: Record<string, unknown> = {}): Told =>
  inDrain('DrainIntended', {
    clusterName: 'shop',
    containerInstanceArn: instanceArn('a'),
    ec2InstanceId: ec2('a'),
    reason: 'manual',
    deadlineAt: 4e15,
    andThen: 'terminate',
    ...wish,
  });
const begun = inDrain('DrainBegun', { leaseId: 'lease-a', effectId: 'drain-a', begunAt: 1 });
const succeeded = (effectId: string) => inDrain('DrainEffectSucceeded', { effectId });
const whole = ['a', 'b', 'c', 'd'].map((name) => instance(name));
const [, ...others] = whole;
const draining = [instance('a', { status: 'DRAINING' }), ...others];
const four = [task('1', 'b'), task('2', 'b'), task('3', 'c'), task('4', 'd')];
const at = (events: Told[], calls: Step['calls'], instances: typeof whole): Step => ({
  events,
  calls,
  truth: truth(instances, four),
});
const always = windowsSet([{ opens: '00:00', closes: '24:00' }]);
const opening = (): Step =>
  at([['cluster#shop', 'ModeSet', { mode: 'drive' }], always, budget], [], whole);
const termination = inDrain('DrainTerminationIntended', { effectId: 'terminate-a' });

/** A task is seen to run there. */
const ran = (on: string): Told => [
  'fleet#shop#0',
  'TaskObserved',
  {
    task: {
      taskArn: task('9', on).arn,
      containerInstanceArn: instanceArn(on),
      version: 1,
      lastStatus: 'RUNNING',
      containers: [],
    },
    from: 'event',
  },
];

/** Drained, ended, and there is another, on which a task runs. */
const ended = (): Step[] => [
  opening(),
  at([intended(), lease('manual'), begun], [], whole),
  at([succeeded('drain-a')], [setState('a', 'DRAINING')], draining),
  at([inDrain('Drained'), termination], [], draining),
  at([succeeded('terminate-a')], [terminate('a')], draining),
  at([inDrain('DrainInstanceGone', { goneAt: 1 })], [], others),
  at(
    [
      ran('e'),
      inDrain('DrainEnded', { outcome: 'gone', successorArn: instanceArn('e'), endedAt: 2 }),
      returned('lease-a'),
    ],
    [],
    [...others, instance('e')],
  ),
];

/** EC2 gives notice, Tuesday drains, EC2 takes it. */
const taken = (): Step[] => {
  const notice = { ec2InstanceId: ec2('a'), noticedAt: 1 };
  const noticed = at([['ec2#1#eu-west-1', 'InterruptionNoticed', notice]], [], whole);
  noticed.byOthers = { drained: [], deployed: [], scaled: [], interrupted: [ec2('a')] };
  const gone = at([inDrain('DrainEnded', { outcome: 'gone', endedAt: 2 })], [], others);
  gone.losses = { instances: [ec2('a')], services: [] };
  return [
    opening(),
    noticed,
    at([intended({ reason: 'spot', andThen: 'keepDrained' }), lease('spot'), begun], [], whole),
    at([succeeded('drain-a')], [setState('a', 'DRAINING')], draining),
    gone,
    at([returned('lease-a')], [], others),
  ];
};

const spoilt = (steps: Step[], place: number, change: (step: Step) => void): Step[] => {
  const step = steps[place];
  if (step === undefined) throw new Error(`no step ${place}`);
  change(step);
  return steps;
};
/** Nobody has observed the fleet of these histories: I4 is judged elsewhere. */
const judged = (steps: Step[]) => {
  const { violations, atRest } = judge(steps);
  return { violations, atRest: atRest.filter((each) => !each.startsWith('I4')) };
};
const broken = (steps: Step[]) => [
  ...new Set(judge(steps).violations.map((each) => each.split(':')[0])),
];
const without = (type: string) => (step: Step) => {
  step.events = step.events.filter(([, name]) => name !== type);
};
const instead =
  (...events: Told[]) =>
  (step: Step) => {
    step.events = events;
  };

describe('a drain that a person asked for', () => {
  it('is found without fault', () => {
    expect(judged(ended())).toEqual({ violations: [], atRest: [] });
  });
  it('has a wish behind it', () => {
    expect(broken(spoilt(ended(), 1, without('DrainIntended')))).toContain('I7');
  });
  it('has its lease', () => {
    expect(broken(spoilt(ended(), 1, without('LeaseGranted')))).toContain('I11');
  });
  it('has its intent before its call', () => {
    expect(broken(spoilt(ended(), 1, without('DrainBegun')))).toContain('I7');
  });
  it('ends only what it was to end, and only once that is empty', () => {
    const kept = instead(intended({ andThen: 'keepDrained' }), lease('manual'), begun);
    expect(broken(spoilt(ended(), 1, kept))).toEqual(['I7']);
    expect(broken(spoilt(ended(), 3, without('Drained')))).toEqual(['I8']);
  });
  it('does not end what somebody else has drained', () => {
    const theirs = spoilt(ended(), 2, (step) => {
      step.calls = [];
      step.byOthers = { drained: [instanceArn('a')], deployed: [], scaled: [] };
    });
    expect(broken(theirs)).toContain('I13');
  });
  it('keeps its lease until its successor is there', () => {
    const early = spoilt(ended(), 5, (step) => {
      step.events.push(returned('lease-a'));
    });
    expect(broken(spoilt(early, 6, without('LeaseReturned')))).toEqual(['I11']);
  });
  it('does not end before anything has come for its instance', () => {
    const alone = spoilt(ended(), 6, (step) => {
      step.events = [inDrain('DrainEnded', { outcome: 'gone', endedAt: 2 }), returned('lease-a')];
    });
    expect(broken(alone)).toEqual(['I11']);
  });
  it('keeps its lease until a task has run on its successor, or too long has passed', () => {
    const unproved = spoilt(ended(), 6, without('TaskObserved'));
    expect(judged(unproved).violations).toEqual([
      expect.stringMatching(/^I11: .* and nothing has run on .*\/e$/),
    ]);
    const endedAs = (outcome: string, endedAt: number) =>
      spoilt(unproved, 6, (step) => {
        const end = { outcome, successorArn: instanceArn('e'), endedAt };
        step.events = [inDrain('DrainEnded', end), returned('lease-a')];
      });
    expect(broken(endedAs('unproved', 41 * 60_000))).toEqual([]);
    expect(broken(endedAs('unproved', 39 * 60_000))).toEqual(['I11']);
    expect(broken(endedAs('gone', 41 * 60_000))).toEqual(['I11']);
  });
  it('has a successor that takes tasks', () => {
    const absent = spoilt(ended(), 6, (step) => {
      step.truth = truth(others, four);
    });
    expect(broken(absent)).toEqual(['I11']);
  });
  it('is not said to be gone while it is there', () => {
    const there = spoilt(ended(), 6, (step) => {
      step.truth = truth([...draining, instance('e')], four);
    });
    expect(
      broken(
        spoilt(there, 5, (step) => {
          step.truth = truth(draining, four);
        }),
      ),
    ).toContain('S11');
  });
  it('is not left open at rest', () => {
    const { atRest } = judge(ended().slice(0, 4));
    expect(atRest.join()).toContain('S11');
  });
  it('does not go on past its deadline for ever', () => {
    const first = opening();
    first.events.push(intended({ deadlineAt: 1 }));
    const waiting = Array.from({ length: 80 }, () => at([], [], whole));
    expect(broken([first, ...waiting])).toEqual(['S10']);
  });
});

describe('an instance that EC2 takes', () => {
  it('is drained past the budget, and found without fault', () => {
    expect(judged(taken())).toEqual({ violations: [], atRest: [] });
  });
  it('is one of which EC2 gave notice', () => {
    const unnoticed = spoilt(taken(), 1, (step) => {
      delete step.byOthers;
    });
    expect(broken(unnoticed)).toContain('I11');
  });
  it('is begun by no rollout', () => {
    const rollout = spoilt(taken(), 2, (step) => {
      const intent = { containerInstanceArn: instanceArn('a'), intendedAt: 2, leaseId: 'x' };
      step.events.push(['rollout#r', 'InstanceDrainIntended', { ...intent, effectId: 'y' }]);
    });
    expect(broken(rollout)).toContain('S14');
  });
});
