import { describe, expect, it } from 'vitest';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import { rollout } from '../../../domain/rollout/rollout.ts';
import type { ObservedInstance } from '../../../events/fleet.ts';
import { WindowsBuild } from '../../../events/ids.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import {
  amiId,
  anInstance,
  aTask,
  at,
  ec2Id,
  instanceArn,
  october,
  september,
} from '../../support/fleetBuilder.ts';
import {
  aSight,
  happened,
  heldInstance,
  ledgerHolding,
  rolloutAfter,
  terminated,
} from './rolloutBuilder.ts';
import { stepsAt } from './stepsAt.ts';

const { started, learnt, drainIntended, succeeded, paused, halted, aborted, resumed } = happened;
const hour = 60;

const ongoing = (...past: readonly RolloutEvent[]) =>
  rolloutAfter({ instances: ['a'] }, started(), learnt(), ...past);

const emptying = anInstance('a', { status: 'DRAINING' });
const draining = [drainIntended('a', 2), succeeded('drain-a')];

describe('an instance that drains', () => {
  it('is waited for while tasks are there', () => {
    const tasks = [aTask('t', { on: 'a' })];
    expect(stepsAt(30, ongoing(...draining), [emptying], { tasks })).toEqual([]);
  });

  it('is empty when it is DRAINING and nothing runs there', () => {
    expect(stepsAt(30, ongoing(...draining), [emptying])).toMatchObject([
      { type: 'RecordDrained' },
    ]);
    expect(stepsAt(30, ongoing(...draining), [anInstance('a')])).toEqual([]);
  });

  it('is not empty while ECS itself counts tasks there that nobody told of', () => {
    const counted = { ...emptying, runningTasksCount: 0, pendingTasksCount: 1 };
    expect(stepsAt(30, ongoing(...draining), [counted])).toEqual([]);
  });

  // Found by the fault simulation: the message was lost, and an operator drained the same instance.
  describe('whose drain nobody has begun', () => {
    const untried = ongoing(drainIntended('a', 2));

    it('is not taken for emptied by us when someone else empties it', () => {
      expect(stepsAt(30, untried, [emptying])).toEqual([]);
    });

    it('is let go and not handed back, at the deadline and when the rollout stops', () => {
      const skip = { type: 'SkipInstance' };
      expect(stepsAt(2 * hour + 3, untried, [emptying])).toMatchObject([
        { ...skip, reason: 'DrainOverdue' },
      ]);
      expect(stepsAt(30, ongoing(drainIntended('a', 2), aborted(5)), [emptying])).toMatchObject([
        { ...skip, reason: 'RolloutAborted' },
      ]);
    });

    it('is not let go once someone has begun it', () => {
      const [skip] = stepsAt(2 * hour + 3, untried, [emptying]);
      if (skip === undefined) throw new Error('it is let go');
      expect(rollout.decide(skip, untried)).toHaveLength(1);
      expect(rollout.decide(skip, ongoing(drainIntended('a', 2), succeeded('drain-a')))).toEqual(
        [],
      );
    });
  });

  it('is handed back at the deadline, and what did not leave is named', () => {
    const tasks = ['t', 'u'].map((name) => aTask(name, { on: 'a' }));
    const late = stepsAt(2 * hour + 3, ongoing(...draining), [emptying], { tasks });
    expect(late).toMatchObject([
      {
        type: 'RestoreInstance',
        reason: 'DrainOverdue',
        detail: '2 tasks had not left by the deadline: service:orders',
      },
    ]);
  });

  it('goes on when the rollout is paused', () => {
    expect(stepsAt(30, ongoing(...draining, paused(5)), [emptying])).toMatchObject([
      { type: 'RecordDrained' },
    ]);
  });

  it.each<readonly [string, RolloutEvent, string]>([
    ['halt', halted(5), 'RolloutHalted'],
    ['abort', aborted(5), 'RolloutAborted'],
  ])('is handed back after a %s, empty or not', (_what, stop, reason) => {
    const restore = [{ type: 'RestoreInstance', reason }];
    expect(stepsAt(30, ongoing(...draining, stop), [emptying])).toMatchObject(restore);
    const empty = [...draining, happened.drained('a'), stop];
    expect(stepsAt(30, ongoing(...empty), [emptying])).toMatchObject(restore);
  });

  it('is let go when it is deregistered', () => {
    expect(stepsAt(30, ongoing(...draining), [])).toMatchObject([{ type: 'SkipInstance' }]);
  });
});

describe('an instance that is empty', () => {
  const empty = [...draining, happened.drained('a')];

  // Found by the fault simulation, seed 60: it was drained again by hand, and we ended it.
  it('is let go once somebody has set it ACTIVE again', () => {
    expect(stepsAt(30, ongoing(...empty), [anInstance('a')])).toMatchObject([
      {
        type: 'SkipInstance',
        reason: 'InstanceNotActive',
        detail: expect.stringContaining('someone else'),
      },
    ]);
  });

  it('is ended, also after a pause', () => {
    expect(stepsAt(30, ongoing(...empty), [emptying])).toMatchObject([
      { type: 'TerminateInstance' },
    ]);
    expect(stepsAt(30, ongoing(...empty, paused(20)), [emptying])).toMatchObject([
      { type: 'TerminateInstance' },
    ]);
  });

  it('is not ended in a cluster that is no longer driven', () => {
    expect(stepsAt(30, ongoing(...empty), [emptying], { mode: 'observe' })).toEqual([]);
  });
});

describe('an instance that was ended', () => {
  const newcomer = anInstance('a2', { build: october, registeredAt: at(15) });

  it('waits for its replacement and then takes it', () => {
    expect(stepsAt(20, ongoing(...terminated()), [])).toEqual([]);
    expect(stepsAt(20, ongoing(...terminated()), [newcomer])).toMatchObject([
      {
        type: 'RecordReplacement',
        replacementArn: instanceArn('a2'),
        replacementEc2InstanceId: ec2Id('a2'),
        build: october,
      },
    ]);
  });

  it('does not take one that was there before, is not ready or is another Windows', () => {
    const others = [
      anInstance('old', { build: october, registeredAt: at(10) }),
      anInstance('away', { build: october, registeredAt: at(15), agentConnected: false }),
      anInstance('leaving', { build: october, registeredAt: at(15), status: 'DRAINING' }),
      anInstance('other', {
        registeredAt: at(15),
        attributes: { 'ecs.os-family': 'WINDOWS_SERVER_2019_CORE' },
      }),
    ];
    expect(stepsAt(20, ongoing(...terminated()), others)).toEqual([]);
  });

  it('does not take one while it is itself still to be ended', () => {
    // A scale-out comes between the intent and the call: `a` would stand there empty for ever.
    const asked = terminated().slice(0, -1);
    expect(stepsAt(20, ongoing(...asked), [emptying, newcomer])).toEqual([]);
    // Gone all the same: the call was made and its answer lost.
    expect(stepsAt(20, ongoing(...asked), [newcomer])).toMatchObject([
      { type: 'RecordReplacement' },
    ]);
  });

  it('halts when nothing registers in its place, and keeps its lease', () => {
    const state = ongoing(...terminated());
    expect(stepsAt(hour + 12, state, [])).toMatchObject([
      { type: 'HaltRollout', reason: 'ReplacementOverdue' },
    ]);
    const ledger = ledgerHolding(heldInstance('a'));
    for (const each of [state, ongoing(...terminated(), halted(hour + 12))]) {
      expect(planSteps(each, aSight({ ledger, now: at(5 * hour) })).ledger).toEqual([]);
    }
  });

  it('is waited for anew when someone has looked and resumed', () => {
    const looked = ongoing(...terminated(), halted(hour + 12), resumed(2 * hour));
    expect(stepsAt(2 * hour + 1, looked, [])).toEqual([]);
    expect(stepsAt(3 * hour + 1, looked, [])).toMatchObject([{ type: 'HaltRollout' }]);
  });

  it('is handed back by its executor, not given up, when it was not ended before an abort', () => {
    const asked = terminated().slice(0, -1);
    const ended = ongoing(...asked, halted(hour + 12), aborted(2 * hour));
    expect(stepsAt(3 * hour, ended, [emptying])).toEqual([]);
  });

  it('is given up when someone has looked and aborted, so that its lease comes back', () => {
    const ended = ongoing(...terminated(), halted(hour + 12), aborted(2 * hour));
    expect(stepsAt(2 * hour + 1, ended, [])).toMatchObject([
      { type: 'SkipInstance', reason: 'ReplacementOverdue' },
    ]);
    expect(stepsAt(30, ongoing(...terminated(), aborted(20)), [])).toEqual([]);
  });

  it('halts when the replacement comes up on an old AMI', () => {
    const old = anInstance('a2', { build: september, registeredAt: at(15) });
    expect(stepsAt(20, ongoing(...terminated()), [old])).toMatchObject([
      { type: 'RecordReplacement', build: september },
      { type: 'HaltRollout', reason: 'ReplacementStillBehind' },
    ]);
  });

  it('goes on when the replacement has the release, whatever its AMI was taken for', () => {
    // 12 April 2025: the date of the AMI pointed to the host-only 17763.7240 of the day before.
    const ahead: RolloutEvent = {
      type: 'InstanceTargetLearnt',
      data: {
        channel: 'ltsc2022',
        amiId: amiId('ahead'),
        build: WindowsBuild.parse('20348.4297'),
        learntAt: at(1),
      },
    };
    const taken = ongoing(ahead, ...terminated());
    const found = anInstance('a2', { build: october, registeredAt: at(15) });
    expect(stepsAt(20, taken, [found])).toMatchObject([
      { type: 'RecordReplacement', build: october },
    ]);
  });

  it('takes a replacement whose build is unknown, and says none', () => {
    const unknown = anInstance('a2', {
      registeredAt: at(15),
      attributes: { 'ecs.os-family': 'WINDOWS_SERVER_2022_CORE' },
    });
    const [step] = stepsAt(20, ongoing(...terminated()), [unknown]);
    expect(step).toMatchObject({ type: 'RecordReplacement', replacementArn: instanceArn('a2') });
    expect(step).not.toHaveProperty('build');
  });

  it('does not take one that stands in for another already', () => {
    const state = rolloutAfter(
      { instances: ['a', 'b'] },
      started(),
      learnt(),
      ...terminated('a', 1),
      ...terminated('b', 2),
      happened.replaced('a', 'a2', 20),
    );
    expect(stepsAt(21, state, [newcomer])).toEqual([]);
  });

  it('shares newcomers with its neighbours, each to one only', () => {
    const both = rolloutAfter(
      { instances: ['a', 'b'] },
      started(),
      learnt(),
      ...terminated('b', 1),
      ...terminated('a', 2),
    );
    const newcomers = ['x', 'y'].map((name) =>
      anInstance(name, { build: october, registeredAt: at(15) }),
    );
    const taken = (instances: readonly ObservedInstance[]) =>
      stepsAt(20, both, instances).flatMap((step) =>
        step.type === 'RecordReplacement' ? [[step.containerInstanceArn, step.replacementArn]] : [],
      );
    expect(taken(newcomers.slice(0, 1))).toEqual([[instanceArn('b'), instanceArn('x')]]);
    expect(taken(newcomers)).toEqual([
      [instanceArn('b'), instanceArn('x')],
      [instanceArn('a'), instanceArn('y')],
    ]);
  });
});

describe('an instance that is handed back', () => {
  const restoring = [...draining, happened.restoreIntended('a', 30)];

  it('is back when the call was made and it is seen ACTIVE', () => {
    const done = ongoing(...restoring, succeeded('restore-a'));
    expect(stepsAt(40, done, [emptying])).toEqual([]);
    expect(stepsAt(40, done, [anInstance('a')])).toMatchObject([{ type: 'RecordRestored' }]);
  });

  it('is not taken for back before the call was made: its drain may not have arrived yet', () => {
    expect(stepsAt(40, ongoing(...restoring), [anInstance('a')])).toEqual([]);
  });

  it('is let go when it is deregistered', () => {
    expect(stepsAt(40, ongoing(...restoring), [])).toMatchObject([{ type: 'SkipInstance' }]);
  });
});
