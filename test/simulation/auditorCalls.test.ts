import { describe, expect, it } from 'vitest';
import type { AuditedCall } from './audit.ts';
import {
  arn,
  canary,
  deploy,
  ec2,
  instance,
  instanceArn,
  runCanary,
  setState,
  task,
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
  type Step,
  spoilt,
  story,
  type Told,
  terminated,
} from './auditStory.ts';

const broken = (steps: readonly Step[], agreed = {}) => {
  const { violations } = judge(steps, agreed);
  return [...new Set(violations.map((violation) => violation.split(':')[0]))];
};

const call =
  (...calls: Partial<AuditedCall>[]) =>
  (step: Step) => {
    step.calls.push(...calls);
  };
const add =
  (...events: Told[]) =>
  (step: Step) => {
    step.events.push(...events);
  };
const without = (type: string) => (step: Step) => {
  step.events = step.events.filter(([, name]) => name !== type);
};
const ofA = { containerInstanceArn: instanceArn('a') };

describe('the cause of a call', () => {
  it('is an intent stored before it: a call may be repeated, and refused', () => {
    expect(broken(spoilt(drain, call(setState('a', 'DRAINING'))))).toEqual([]);
    expect(broken(spoilt(drain, call({ ...setState('a', 'DRAINING'), took: false })))).toEqual([]);
    expect(broken(spoilt(proof, call(runCanary('e'))))).toEqual([]);
  });

  it.each([
    ['a drain', drain, 'InstanceDrainIntended'],
    ['a termination', terminated, 'InstanceTerminationIntended'],
    ['a deployment', deployment, 'ServiceDeploymentIntended'],
    ['a proof', proof, 'InstanceProofIntended'],
  ])('I7: finds %s that nobody intended', (_what, step, type) => {
    expect(broken(spoilt(step, without(type)))).toContain('I7');
  });

  it('I7: finds a call sent before its intent was stored', () => {
    const early = spoilt(drain, (step) => {
      step.calls = [{ ...setState('a', 'DRAINING'), at: 61_000 }];
    });
    expect(broken(early)).toContain('I7');
  });

  it('I7: finds an old message acted upon when all is over', () => {
    expect(broken(spoilt(completed, call(setState('a', 'DRAINING'))))).toContain('I7');
  });

  it('I7: finds an instance put back without a word', () => {
    expect(broken(spoilt(drainedAt, call(setState('a', 'ACTIVE'))))).toContain('I7');
  });

  it('I7: finds calls for which there is no intent, and reads are none of them', () => {
    const force = { operation: 'DeregisterContainerInstance', input: { cluster: 'shop' } };
    expect(broken(spoilt(planned, call(force)))).toContain('I7');
    const read = { operation: 'DescribeTasks', input: { cluster: 'shop' } };
    expect(broken(spoilt(planned, call(read)))).toEqual([]);
  });

  it('I11: finds a call after its lease went back, unless its caller could not know', () => {
    const back: Told = ['disruption#shop', 'LeaseReturned', { leaseId: 'lease-a' }];
    const late = (afterSequence: number) => {
      const steps = spoilt(drain, (step) => {
        step.events.push(back);
        step.calls = [{ ...setState('a', 'DRAINING'), took: false, afterSequence }];
      });
      return broken(steps.slice(0, drainedAt));
    };
    expect(late(7)).toEqual([]);
    expect(late(8)).toEqual(['I11']);
  });

  it('I6: finds a second deployment on one intent', () => {
    expect(broken(spoilt(deployment, call(deploy)))).toEqual(['I6']);
    expect(broken(spoilt(deployment, call({ ...deploy, took: false })))).toEqual([]);
  });

  it('I6: finds two intents with one effect', () => {
    const again = inRollout('InstanceProofIntended', { ...ofA, effectId: 'effect-terminate' });
    expect(broken(spoilt(proof, add(again)))).toEqual(['I6']);
  });

  it('I22: finds a termination that nothing replaces, and a count that is not ours', () => {
    const shrinks = spoilt(terminated, (step) => {
      const input = { InstanceId: ec2('a'), ShouldDecrementDesiredCapacity: true };
      step.calls = step.calls.map((made) => ({ ...made, input }));
    });
    expect(broken(shrinks)).toEqual(['I22']);
    const resizes = spoilt(deployment, (step) => {
      const input = { cluster: 'shop', service: 'web', forceNewDeployment: true, desiredCount: 1 };
      step.calls = [{ ...deploy, input }];
    });
    expect(broken(resizes)).toEqual(['I22']);
  });

  it('I33: finds a call in another cluster', () => {
    const elsewhere = spoilt(deployment, (step) => {
      const input = { cluster: 'other', service: 'web', forceNewDeployment: true };
      step.calls = [{ ...deploy, input }];
    });
    expect(broken(elsewhere)).toEqual(['I33']);
  });

  it('finds calls while an operator lets us only look on', () => {
    const observes = spoilt(planned, without('ModeSet'));
    expect(broken(observes)).toEqual(['mode']);
    const until: Told = ['cluster#shop', 'ModeSet', { mode: 'advise' }];
    expect(broken(spoilt(drain, add(until)))).toEqual(['mode']);
    expect(broken(spoilt(completed, add(until)))).toEqual([]);
  });
});

describe('our own tasks', () => {
  it('I17: are not placed where ECS places none', () => {
    const on = (change: object) =>
      broken(
        spoilt(proof, (step) => {
          const there = [instance('e', change)];
          step.calls = [{ ...runCanary('e'), before: truth(there, []) }];
        }),
      );
    expect(on({})).toEqual([]);
    expect(on({ status: 'DRAINING' })).toEqual(['I17']);
    expect(on({ agentConnected: false })).toEqual(['I17']);
    expect(on({ alive: false })).toEqual(['I17']);
  });

  it('I6: are one for each token, by what the world answered', () => {
    const answered = (...names: string[]) =>
      broken(
        spoilt(proof, (step) => {
          step.calls = names.map((name) => ({
            ...runCanary('e'),
            answer: { tasks: [{ taskArn: arn('task', name) }] },
          }));
        }),
      );
    expect(answered('9', '9')).toEqual([]);
    expect(answered('9', '10')).toEqual(['I6']);
  });

  it('I6: are one for each token, by what lives', () => {
    const two = spoilt(proved, (step) => {
      const tasks = [...step.truth.tasks, canary('10', 'e')];
      step.truth = { ...step.truth, tasks };
    });
    expect(broken(two)).toEqual(['I6']);
  });

  it('I6: ask for the same under the same token, and for one task on one instance', () => {
    const other = { ...runCanary('e'), input: { ...Object(runCanary('e').input), count: 2 } };
    expect(broken(spoilt(proof, call(other)))).toEqual(['I6']);
    const free = { ...runCanary('e'), input: { clientToken: 'effect-proof' } };
    expect(broken(spoilt(proof, call(free)))).toEqual(['I6']);
  });

  it('I7: run on the replacement that is to be proved', () => {
    const elsewhere = spoilt(proof, (step) => {
      step.calls = [runCanary('b')];
    });
    expect(broken(elsewhere)).toContain('I7');
  });
});

describe('what somebody else drained', () => {
  const others = (step: Step) => {
    step.byOthers = { drained: [instanceArn('b')], deployed: [], scaled: [] };
    step.truth = truth(
      step.truth.instances.map((found) =>
        found.arn === instanceArn('b') ? { ...found, status: 'DRAINING' } : found,
      ),
      step.truth.tasks,
    );
  };
  const restore = inRollout('InstanceRestoreIntended', {
    containerInstanceArn: instanceArn('b'),
    effectId: 'effect-restore',
  });

  it('is left alone', () => {
    expect(broken(spoilt(planned, others))).toEqual([]);
  });

  it('I13: is not put back', () => {
    const steps = spoilt(planned, others).slice(0, drain);
    const next = { ...story()[planned], events: [restore], calls: [setState('b', 'ACTIVE')] };
    expect(broken([...steps, next as Step])).toEqual(['I13']);
  });

  it('I13: is not terminated', () => {
    const steps = spoilt(planned, others).slice(0, drain);
    const next = { ...story()[planned], events: [], calls: [terminate('b')] };
    expect(broken([...steps, next as Step])).toContain('I13');
  });

  it('may be put back where it was ours', () => {
    const ours = spoilt(drainedAt, (step) => {
      const data = { ...ofA, effectId: 'effect-restore' };
      step.byOthers = { drained: [instanceArn('a')], deployed: [], scaled: [] };
      step.events.push(inRollout('InstanceRestoreIntended', data));
      step.calls = [setState('a', 'ACTIVE')];
    });
    expect(broken(ours.slice(0, terminated))).toEqual([]);
  });
});

describe('what is out of service by us', () => {
  const drainOf = (name: string) => [
    granted(`lease-${name}`, 'instance', instanceArn(name)),
    inRollout('InstanceDrainIntended', {
      containerInstanceArn: instanceArn(name),
      leaseId: `lease-${name}`,
      effectId: `effect-${name}`,
    }),
  ];

  it('I11: is never more than the budget, whatever the ledger says', () => {
    const second = (step: Step) => {
      step.events.push(...drainOf('b').slice(1));
      step.calls.push(setState('b', 'DRAINING'));
      step.truth = truth(
        step.truth.instances.map((found) =>
          found.arn === instanceArn('b') ? { ...found, status: 'DRAINING' } : found,
        ),
        step.truth.tasks,
      );
    };
    const { violations } = judge(spoilt(drainedAt, second).slice(0, terminated));
    expect(violations).toContain('I11: 2 instances out of service by us, 1 allowed');
  });

  it('I11: still counts what was given up while the fleet lacks it', () => {
    const skipped = inRollout('InstanceSkipped', { ...ofA, reason: 'ReplacementOverdue' });
    const lacking = story()[terminated]?.truth.instances.slice(0, 3) ?? [];
    const steps = spoilt(terminated, (step) => {
      step.truth = truth(lacking, [task('2', 'b'), task('3', 'c'), task('4', 'd')]);
      step.events.push(skipped, ['disruption#shop', 'LeaseReturned', { leaseId: 'lease-a' }]);
    }).slice(0, proof);
    const draining = lacking.map((found) =>
      found.arn === instanceArn('b') ? { ...found, status: 'DRAINING' } : found,
    );
    const next: Step = {
      events: drainOf('b'),
      calls: [setState('b', 'DRAINING')],
      truth: truth(draining, []),
    };
    expect(judge([...steps, next]).violations).toContain(
      'I11: 2 instances out of service by us, 1 allowed',
    );
    expect(broken([...steps, next], { instances: 20 })).not.toContain('I11');
  });
});
