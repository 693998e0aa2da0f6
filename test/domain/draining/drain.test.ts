import { describe, it } from 'vitest';
import { drain } from '../../../domain/draining/drain.ts';
import { at, instanceArn } from '../../support/fleetBuilder.ts';
import { expectSecondTimeQuiet, specification } from '../../support/specification.ts';
import { drainAfter, draining, effectId, leaseId, startDrain, told } from './drainStory.ts';

const { given } = specification(drain);
const { intended, begun, attempted, done, drained } = told;
const undo = { type: 'UndoDrain', actor: 'ops', because: 'wrong one', now: at(10) } as const;
const restoreIntended = {
  type: 'DrainRestoreIntended',
  data: {
    because: 'wrong one',
    blockers: [],
    actor: 'ops',
    effectId: effectId('restore'),
    intendedAt: at(10),
  },
} as const;
const ended = (outcome: 'calledOff' | 'yielded' | 'refused' | 'restored', detail: string) =>
  ({ type: 'DrainEnded', data: { outcome, detail, endedAt: at(10) } }) as const;
const data = { outcome: 'calledOff', detail: 'wrong one (ops)', actor: 'ops', endedAt: at(10) };
const calledOff = { type: 'DrainEnded', data } as ReturnType<typeof ended>;

describe('a drain that is asked for', () => {
  it('is written down, and nothing is done yet', () => given().when(startDrain()).then(intended()));
  it('is not asked for twice', () => given(intended()).when(startDrain()).thenNothing());
  it('is not asked for in another way meanwhile', () =>
    given(intended())
      .when(startDrain({ andThen: 'terminate' }))
      .thenRefused('DrainUnderWay'));
  it('is refused below drive', () =>
    given()
      .when(startDrain({ mode: 'advise' }))
      .thenRefused('ClusterNotDriven'));
  it('has a deadline ahead, and within a week', () => {
    const invalid = [at(0), at(-1), at(7 * 24 * 60 + 1)];
    for (const deadlineAt of invalid) {
      given().when(startDrain({ deadlineAt })).thenRefused('DrainInvalid');
    }
  });
  it('may follow one that has ended', () => {
    const again = startDrain({ now: at(20) });
    const past = [intended(), ended('calledOff', 'x')];
    given(...past)
      .when(again)
      .then(intended({ intendedAt: at(20) }));
  });
  it('is not moved by a step that was meant for the one before it, and comes late', () => {
    const again = [intended(), ended('calledOff', 'x'), intended({ intendedAt: at(20) })];
    const now = at(21);
    const late = { type: 'EndDrain', count: 1, outcome: 'gone', detail: 'gone', now } as const;
    given(...again)
      .when(late)
      .thenNothing();
    given(...again)
      .when({ type: 'BeginDrain', count: 1, leaseId, effectId: effectId('drain'), now })
      .thenNothing();
    given(...again)
      .when({ ...late, count: 2 })
      .then({ type: 'DrainEnded', data: { outcome: 'gone', detail: 'gone', endedAt: now } });
  });
});

describe('S12: someone else drains too', () => {
  it('what they drained is not taken', () =>
    given()
      .when(startDrain({ instanceStatus: 'DRAINING' }))
      .thenRefused('DrainNotPossible'));

  it('and if they were first by a moment, it is theirs', () => {
    const refused = 'someone else has set it DRAINING';
    const outcome = { effectId: effectId('drain'), refused, unlessAttempted: true } as const;
    given(intended(), begun)
      .when({ type: 'RecordOutcome', ...outcome, now: at(10) })
      .then(
        {
          type: 'DrainEffectFailed',
          data: { effectId: effectId('drain'), reason: refused, failedAt: at(10) },
        },
        ended('yielded', refused),
      );
    given(intended(), begun, attempted)
      .when({ type: 'RecordOutcome', ...outcome, now: at(10) })
      .thenNothing();
  });

  it('what nobody has tried is not set ACTIVE: whoever drained it is not us', () =>
    given(intended(), begun).when(undo).then(calledOff));
});

describe('S15: what never leaves', () => {
  const subject = instanceArn('a');
  const lasting = [
    { subject, reason: 'DeploymentDeadlock', detail: 'orders: 1 of 1 must stay' },
  ] as const;

  it('is refused at once', () =>
    given().when(startDrain({ lasting })).thenRefused('DrainDeadlocked'));
  it('may be forced, with a reason', () => {
    const forcedBecause = 'the rack burns';
    given().when(startDrain({ lasting, forcedBecause })).then(intended({ forcedBecause }));
  });
});

describe('an undone drain', () => {
  it('is called off while it waits', () => given(intended()).when(undo).then(calledOff));
  it('is restored where it is under way', () =>
    given(...draining())
      .when(undo)
      .then(restoreIntended));
  it('is restored where it is drained', () =>
    given(...draining(), drained)
      .when(undo)
      .then(restoreIntended));
  it('is no drain that never was', () => given().when(undo).thenRefused('DrainNotFound'));
  it('is not one that is being ended', () => {
    const data = { effectId: effectId('terminate'), intendedAt: at(9) };
    given(...draining(), drained, { type: 'DrainTerminationIntended', data })
      .when(undo)
      .thenRefused('DrainNotPossible');
  });
  it('is not ended even if it is empty, where AWS would not restore it', () => {
    const outcome = { effectId: effectId('restore'), refused: 'no', now: at(11) };
    const before = drainAfter([...draining({ andThen: 'terminate' }), restoreIntended]);
    const after = drain
      .decide({ type: 'RecordOutcome', ...outcome }, before)
      .reduce(drain.evolve, before);
    const again = drain.decide({ type: 'RecordDrained', count: 1, now: at(12) }, after);
    if (after.status !== 'escalated' || again.length > 0) throw new Error(after.status);
  });
});

describe('deciding twice writes once', () => {
  const now = at(10);
  const commands: readonly Parameters<typeof drain.decide>[0][] = [
    startDrain(),
    undo,
    { type: 'BeginDrain', count: 1, leaseId, effectId: effectId('drain'), now },
    { type: 'RecordSeen', count: 1, now },
    { type: 'RecordDrained', count: 1, now },
    { type: 'TerminateInstance', count: 1, effectId: effectId('terminate'), now },
    { type: 'EscalateDrain', count: 1, because: 'late', blockers: [], now },
    { type: 'EndDrain', count: 1, outcome: 'gone', detail: 'gone', now },
    { type: 'RecordAttempt', effectId: effectId('drain'), executor: 'one', now },
    { type: 'RecordOutcome', effectId: effectId('drain'), now },
  ];
  const pasts = [[], [intended()], [intended(), begun], [intended(), begun, attempted, done]];
  const states = [...pasts, draining(), [...draining(), drained]];

  it.each(commands)('$type', (command) => {
    for (const past of states) {
      const state = past.length === 0 ? drain.initialState : drainAfter(past);
      expectSecondTimeQuiet(drain, command, state);
    }
  });
});
