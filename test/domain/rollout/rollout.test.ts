import { describe, it } from 'vitest';
import { rollout } from '../../../domain/rollout/rollout.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import { at, instanceArn } from '../../support/fleetBuilder.ts';
import { specification } from '../../support/specification.ts';
import { effectId, happened, planned } from './rolloutBuilder.ts';

const { given } = specification(rollout);
const plan = planned();
const { plannedAt, ...data } = plan.data;
const { started, paused, resumed, halted, aborted, completed } = happened;

const actor = 'operator';
const ask = {
  plan: { type: 'PlanRollout', ...data, now: plannedAt },
  start: { type: 'StartRollout', actor, now: at(0) },
  pause: { type: 'PauseRollout', actor, reason: 'lunch', now: at(1) },
  resume: { type: 'ResumeRollout', actor, now: at(2) },
  abort: { type: 'AbortRollout', actor, reason: 'wrong month', now: at(1) },
  halt: { type: 'HaltRollout', reason: 'ProofFailed', detail: 'canary failed', now: at(1) },
  complete: { type: 'CompleteRollout', left: [], now: at(1) },
} as const;

describe('planning a rollout', () => {
  it('writes the plan down', () => {
    given().when(ask.plan).then(plan);
  });

  it('is done once', () => {
    given(plan).when(ask.plan).thenNothing();
    given(plan, started()).when(ask.plan).thenNothing();
  });

  it('does not plan another under the same name', () => {
    given(plan)
      .when({ ...ask.plan, now: at(9) })
      .thenRefused('RolloutAlreadyExists');
  });

  it('refuses a plan in which nothing moves', () => {
    given()
      .when({ ...ask.plan, instances: [] })
      .thenRefused('NothingToRollOut');
  });
});

describe('what was never planned', () => {
  it('can be neither started, stopped nor stepped', () => {
    const step = { type: 'RecordDrained', containerInstanceArn: instanceArn('a'), now: at(1) };
    const outcome = {
      type: 'RecordOutcome',
      effectId: effectId('drain-a'),
      outcome: { status: 'succeeded' },
      now: at(1),
    } as const;
    const { plan: _plan, ...others } = ask;
    for (const command of [...Object.values(others), outcome]) {
      given().when(command).thenRefused('RolloutNotFound');
    }
    given()
      .when({ ...step, type: 'RecordDrained' })
      .thenRefused('RolloutNotFound');
  });
});

describe('starting', () => {
  it('starts what is planned', () => {
    given(plan).when(ask.start).then(started());
  });

  it('is quiet when it goes on already, or was started and stopped since', () => {
    given(plan, started()).when(ask.start).thenNothing();
    given(plan, started(), paused()).when(ask.start).thenNothing();
    given(plan, started(), halted()).when(ask.start).thenNothing();
  });

  it('is refused when it has ended', () => {
    given(plan, aborted()).when(ask.start).thenRefused('RolloutEnded');
    given(plan, started(), completed()).when(ask.start).thenRefused('RolloutEnded');
  });
});

describe('pausing', () => {
  it('pauses what runs', () => {
    given(plan, started()).when(ask.pause).then(paused());
  });

  it('is quiet when it stands still already', () => {
    given(plan, started(), paused()).when(ask.pause).thenNothing();
    given(plan, started(), halted()).when(ask.pause).thenNothing();
  });

  it('is refused before the start and after the end', () => {
    given(plan).when(ask.pause).thenRefused('RolloutNotRunning');
    given(plan, started(), aborted()).when(ask.pause).thenRefused('RolloutEnded');
  });
});

describe('resuming', () => {
  it('goes on after a pause and after a halt', () => {
    given(plan, started(), paused()).when(ask.resume).then(resumed());
    given(plan, started(), halted()).when(ask.resume).then(resumed());
  });

  it('is quiet when it runs', () => {
    given(plan, started()).when(ask.resume).thenNothing();
    given(plan, started(), paused(), resumed()).when(ask.resume).thenNothing();
  });

  it('is refused before the start and after the end', () => {
    given(plan).when(ask.resume).thenRefused('RolloutNotRunning');
    given(plan, started(), completed()).when(ask.resume).thenRefused('RolloutEnded');
  });
});

describe('aborting', () => {
  it.each<readonly [string, readonly RolloutEvent[]]>([
    ['before the start', [plan]],
    ['while it runs', [plan, started()]],
    ['while it is paused', [plan, started(), paused()]],
    ['after a halt', [plan, started(), halted()]],
  ])('ends it %s', (_when, past) => {
    given(...past)
      .when(ask.abort)
      .then(aborted());
  });

  it('is quiet the second time', () => {
    given(plan, aborted()).when(ask.abort).thenNothing();
  });

  it('is refused when it is completed', () => {
    given(plan, started(), completed()).when(ask.abort).thenRefused('RolloutEnded');
  });
});

describe('halting', () => {
  it('stops what runs or is paused', () => {
    given(plan, started()).when(ask.halt).then(halted());
    given(plan, started(), paused()).when(ask.halt).then(halted());
  });

  it('is quiet when it is halted, has ended or has not begun', () => {
    given(plan, started(), halted()).when(ask.halt).thenNothing();
    given(plan, started(), aborted()).when(ask.halt).thenNothing();
    given(plan).when(ask.halt).thenNothing();
  });
});

describe('completing', () => {
  const nothing = planned({ instances: [] });

  it('ends what runs', () => {
    given(nothing, started()).when(ask.complete).then(completed());
  });

  it('leaves what waits only with its reason', () => {
    given(plan, started()).when(ask.complete).thenNothing();
    const left = [{ subject: instanceArn('a'), reason: 'NoCapacity', detail: 'full' }] as const;
    const over: RolloutEvent = { type: 'RolloutCompleted', data: { left, completedAt: at(1) } };
    given(plan, started())
      .when({ ...ask.complete, left })
      .then(over);
  });

  it('is quiet unless it runs', () => {
    given(nothing).when(ask.complete).thenNothing();
    given(nothing, started(), paused()).when(ask.complete).thenNothing();
    given(nothing, started(), completed()).when(ask.complete).thenNothing();
  });

  it('does not abandon what is under way, whatever an old sight says', () => {
    given(plan, started(), happened.drainIntended()).when(ask.complete).thenNothing();
    const services = planned({ instances: [], services: ['orders'] });
    given(services, started(), happened.deploymentIntended()).when(ask.complete).thenNothing();
  });
});

describe('what is held back', () => {
  const held = [
    { subject: instanceArn('a'), reason: 'NoCapacity', detail: 'the freest has 512 MiB' },
  ] as const;
  const changed: RolloutEvent = { type: 'HoldsChanged', data: { held, changedAt: at(1) } };
  const record = { type: 'RecordHolds', held, now: at(1) } as const;

  it('is written down when it changes', () => {
    given(plan, started()).when(record).then(changed);
    given(plan, started(), changed)
      .when({ ...record, held: [] })
      .then({ type: 'HoldsChanged', data: { held: [], changedAt: at(1) } });
  });

  it('is not written again for a number in its sentence', () => {
    given(plan, started(), changed).when(record).thenNothing();
    const now512 = [{ ...held[0], detail: 'the freest has 768 MiB' }];
    given(plan, started(), changed)
      .when({ ...record, held: now512 })
      .thenNothing();
  });

  it('is written when the reason is another', () => {
    const budget = [{ ...held[0], reason: 'BudgetSpent' }] as const;
    given(plan, started(), changed)
      .when({ ...record, held: budget })
      .then({ type: 'HoldsChanged', data: { held: budget, changedAt: at(1) } });
  });

  it('is of no interest after the end', () => {
    given(plan, started(), aborted()).when(record).thenNothing();
  });
});

describe('the AMI to replace onto', () => {
  const { channel, amiId, build } = happened.learnt().data as never as Record<string, string>;
  const learn = { type: 'LearnInstanceTarget', channel, amiId, build, now: at(1) } as never;

  it('is learnt once', () => {
    given(plan, started()).when(learn).then(happened.learnt());
    given(plan, started(), happened.learnt()).when(learn).thenNothing();
    given(plan, started(), aborted()).when(learn).thenNothing();
  });
});
