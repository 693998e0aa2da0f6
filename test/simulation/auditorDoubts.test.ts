import { describe, expect, it } from 'vitest';
import {
  arn,
  canary,
  deploy,
  ec2,
  instanceArn,
  runCanary,
  setState,
  terminate,
  truth,
} from './auditScenes.ts';
import {
  completed,
  deployment,
  drain,
  drainedAt,
  granted,
  inRollout,
  judge,
  planned,
  proof,
  proved,
  returned,
  type Step,
  spoilt,
  story,
  type Told,
  terminated,
} from './auditStory.ts';

const add =
  (...events: Told[]) =>
  (step: Step) => {
    step.events.push(...events);
  };
const without = (type: string) => (step: Step) => {
  step.events = step.events.filter(([, name]) => name !== type);
};
const violations = (steps: readonly Step[]) => judge(steps).violations;
const found = (part: RegExp) => expect.arrayContaining([expect.stringMatching(part)]);
/** A step in which nothing happens, and the truth stays as the story has it there. */
const quiet = (index: number, change: Partial<Step> = {}): Step => {
  const step = story()[index];
  if (step === undefined) throw new Error(`the story has no step ${index}`);
  return { ...step, events: [], calls: [], ...change };
};
const ofA = { containerInstanceArn: instanceArn('a') };

describe('intents, in the order of the record', () => {
  it('I11: stand under their own lease', () => {
    expect(violations(spoilt(drain, without('LeaseGranted')))).toEqual(found(/is not its lease$/));
    const other = spoilt(deployment, (step) => {
      step.events[0] = granted('lease-of-another', 'service', arn('service', 'web'));
    });
    expect(violations(other)).toEqual(found(/^I11: a deployment of .* is not its lease$/));
    const gone = spoilt(drain, (step) => step.events.splice(1, 0, returned('lease-a')));
    expect(violations(gone)).toEqual(found(/^I11: a drain of .* is not its lease$/));
  });

  it('I7: act on what is planned', () => {
    expect(violations(spoilt(planned, without('RolloutPlanned')))).toEqual(
      found(/without a plan$/),
    );
    const stranger = inRollout('InstanceDrainIntended', {
      containerInstanceArn: instanceArn('d'),
      effectId: 'effect-d',
    });
    expect(violations(spoilt(planned, add(stranger)))).toEqual(found(/not in its plan$/));
  });

  it('I18: prove what is replaced, and by something else', () => {
    const early = inRollout('InstanceProofIntended', { ...ofA, effectId: 'effect-early' });
    expect(violations(spoilt(terminated, add(early)))).toEqual(found(/before it is replaced$/));
    const itself = inRollout('InstanceReplaced', { ...ofA, replacementArn: instanceArn('a') });
    expect(violations(spoilt(terminated, add(itself)))).toEqual(found(/its own replacement$/));
  });

  it('may name the replacement where they mean the instance that it replaces', () => {
    const named = story().map((step, index) => ({
      ...step,
      events: step.events.map(([stream, type, data]): Told => {
        const proves = index >= proof && /^InstanceProo?[fv]/.test(type);
        const renamed = { ...data, containerInstanceArn: instanceArn('e') };
        return [stream, type, proves ? renamed : data];
      }),
    }));
    expect(judge(named)).toEqual({ violations: [], atRest: [] });
  });
});

describe('a proof', () => {
  const observed = (on: string, change: object): Told => [
    'fleet#shop#1',
    'TaskObserved',
    {
      task: {
        taskArn: arn('task', '8'),
        version: 2,
        containerInstanceArn: instanceArn(on),
        ...change,
      },
      from: 'event',
    },
  ];
  const provedBy = (event: Told) =>
    violations(
      spoilt(proved, (step) => {
        const claim = inRollout('InstanceProved', { ...ofA, taskArn: arn('task', '8') });
        step.events = [event, claim, ...step.events.slice(1)];
      }).slice(0, deployment),
    );
  const ended = (exitCode: number) => ({ lastStatus: 'STOPPED', containers: [{ exitCode }] });

  it('may be a task too short for the truth to show, if the record shows that it ran', () => {
    expect(provedBy(observed('e', { lastStatus: 'RUNNING', containers: [] }))).toEqual([]);
    expect(provedBy(observed('e', ended(0)))).toEqual([]);
  });

  it('I18: is no task that failed, that had nothing to run, or that ran elsewhere', () => {
    expect(provedBy(observed('e', ended(1)))).toEqual(found(/which never ran$/));
    const empty = { lastStatus: 'STOPPED', containers: [] };
    expect(provedBy(observed('e', empty))).toEqual(found(/which never ran$/));
    expect(provedBy(observed('b', ended(0)))).toEqual(found(/which ran elsewhere$/));
  });

  it('I18: is no task that never came to run', () => {
    const pending = spoilt(proved, (step) => {
      step.truth = quiet(proof).truth;
    });
    expect(violations(pending.slice(0, deployment))).toEqual(found(/which never ran$/));
  });

  it('I18: is nothing where nothing was replaced', () => {
    expect(violations(spoilt(proof, without('InstanceReplaced')))).toEqual(
      found(/but not replaced/),
    );
  });
});

describe('calls after a halt', () => {
  const halted = inRollout('RolloutHalted', { reason: 'TaskStartFailures', detail: 'three' });
  const aborted = inRollout('RolloutAborted', { actor: 'someone', reason: 'enough' });
  const until = (index: number, stop: Told, ...calls: Step['calls']) => {
    const steps = spoilt(index, add(stop)).slice(0, index + 1);
    return violations([...steps, quiet(index, { calls })]);
  };
  /** The intent to terminate, and its call only later. */
  const unsent = (stop: Told, ...later: Step['calls']) => {
    const steps = spoilt(terminated, (step) => {
      step.calls = [];
      step.truth = quiet(drainedAt).truth;
      step.events.push(stop);
    });
    return violations([...steps.slice(0, proof), quiet(terminated, { calls: later })]);
  };

  it('may repeat what has been done', () => {
    expect(until(drain, halted, setState('a', 'DRAINING'))).toEqual([]);
    expect(until(terminated, halted, terminate('a'))).toEqual([]);
  });

  it('I19: end no instance, where an abortion lets it be ended', () => {
    expect(unsent(halted, terminate('a'))).toEqual(found(/^I19: Terminate.* was halted$/));
    expect(unsent(aborted, terminate('a'))).toEqual([]);
  });

  it('I19: deploy nothing', () => {
    const steps = spoilt(deployment, (step) => {
      step.calls = [];
      step.truth = quiet(proved).truth;
      step.events.push(halted);
    }).slice(0, completed);
    const later = quiet(deployment, { calls: [deploy] });
    expect(violations([...steps, later])).toEqual(found(/^I19: UpdateService of web/));
  });

  it('are judged by what their caller could know', () => {
    const at = (afterSequence: number) =>
      violations(
        spoilt(drain, (step) => {
          step.events.push(halted);
          step.calls = [{ ...setState('a', 'DRAINING'), afterSequence }];
        }).slice(0, drainedAt),
      );
    expect(at(7)).toEqual([]);
    expect(at(8)).toEqual(found(/^I19/));
    expect(at(6)).toEqual(found(/^I7/));
  });

  it('are judged so where the mode is lowered, too', () => {
    const lowered: Told = ['cluster#shop', 'ModeSet', { mode: 'observe' }];
    const at = (afterSequence: number) =>
      violations(
        spoilt(drain, (step) => {
          step.events.push(lowered);
          step.calls = [{ ...setState('a', 'DRAINING'), afterSequence }];
        }).slice(0, drainedAt),
      );
    expect(at(7)).toEqual([]);
    expect(at(8)).toEqual([
      'mode: UpdateContainerInstancesState (drain) of ' +
        `${instanceArn('a')} while the mode is observe`,
    ]);
  });
});

describe('what is whose', () => {
  it('I13: is ended only where we drained it', () => {
    const steps = spoilt(planned, (step) => step.calls.push(terminate('b')));
    expect(violations(steps)).toEqual(found(/^I13: .* which we had not drained$/));
    const back = spoilt(planned, (step) => step.calls.push(setState('b', 'ACTIVE')));
    expect(violations(back)).toEqual(found(/^I13: .* which we had not drained$/));
  });

  it('is ours where our call took effect only later, and counts as out of service', () => {
    const late = spoilt(drain, (step) => {
      step.calls = step.calls.map((call) => ({ ...call, took: false }));
    });
    expect(judge(late)).toEqual({ violations: [], atRest: [] });
    const left = late.slice(0, drainedAt);
    expect(judge(left).atRest).toEqual(found(/^I13: .* is left DRAINING by us$/));
  });

  it('is nobody else’s any more once it is ACTIVE again', () => {
    const others: Step = quiet(drain, {
      byOthers: { drained: [instanceArn('a')], deployed: [], scaled: [] },
    });
    expect(judge([others, ...story()])).toEqual({ violations: [], atRest: [] });
  });

  it('I13: does not become ours by draining it again', () => {
    const others = quiet(drain, {
      byOthers: { drained: [instanceArn('a')], deployed: [], scaled: [] },
    });
    const [first, second] = story();
    const steps = [others, first, second].map((step) => ({ ...quiet(drain), ...step }));
    const kept = steps.map((step) => ({ ...step, truth: quiet(drain).truth }));
    const ended = quiet(drain, { calls: [terminate('a')] });
    expect(violations(kept)).toEqual([]);
    expect(violations([...kept, ended])).toEqual(found(/^I13: .* which somebody else drained$/));
  });

  it('is no service of which every deployment is complete', () => {
    const early = spoilt(completed, (step) => {
      step.events = [returned('lease-web')];
    });
    expect(violations(early)).toEqual([]);
  });

  it('I13: is theirs where the fleet began with it DRAINING', () => {
    const steps = [quiet(drain), quiet(drain, { calls: [terminate('a')] })];
    expect(violations(steps)).toEqual(found(/^I13: .* which somebody else drained$/));
  });
});

describe('one task for each token', () => {
  it('I6: has a token, and is one', () => {
    const calls = (input: object) =>
      violations(spoilt(proof, (step) => step.calls.push({ operation: 'RunTask', input })));
    const pin = { placementConstraints: [{ expression: `ec2InstanceId == ${ec2('e')}` }] };
    expect(calls(pin)).toEqual(found(/has no clientToken$/));
    expect(calls({ ...pin, clientToken: 'effect-proof', count: 2 })).toEqual(
      found(/is not one task/),
    );
  });

  it('I7: is under the token of a proof that was intended', () => {
    const other = spoilt(proof, (step) => step.calls.push(runCanary('e', 'effect-drain')));
    expect(violations(other)).toEqual(found(/which no stored intent to prove carries$/));
  });

  it('leaves alone what others ran there before', () => {
    const theirs = canary('7', 'e');
    const steps = story().map((step, index) =>
      index < terminated
        ? step
        : { ...step, truth: truth(step.truth.instances, [...step.truth.tasks, theirs]) },
    );
    expect(violations(steps)).toEqual([]);
  });

  it('I6: asks for the same whenever it is asked again', () => {
    const input = { ...Object(runCanary('e').input), startedBy: 'another' };
    const steps = spoilt(proof, (step) => step.calls.push({ ...runCanary('e'), input }));
    expect(violations(steps)).toEqual([
      'I6: RunTask under effect-proof asks for something else than before',
    ]);
  });
});
