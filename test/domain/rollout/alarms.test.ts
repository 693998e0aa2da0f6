import { describe, expect, it } from 'vitest';
import { planSteps, type StepPlan } from '../../../domain/rollout/planSteps.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import type { AlarmState } from '../../../events/rolloutPolicy.ts';
import { aFleet, anInstance, instanceArn } from '../../support/fleetBuilder.ts';
import { aSight, happened, heldInstance, ledgerHolding, rolloutAfter } from './rolloutBuilder.ts';

const { started, learnt, drainIntended, succeeded, resumed, halted } = happened;
const instances = [anInstance('a', { status: 'DRAINING' }), anInstance('b'), anInstance('c')];
const view = aFleet({ instances });
const policy = { haltAlarms: ['checkout-errors'] };
const untouched = rolloutAfter({ instances: ['b'], policy }, started(), learnt());
const begun = (...past: readonly RolloutEvent[]) =>
  rolloutAfter(
    { instances: ['a', 'b'], policy },
    started(),
    learnt(),
    drainIntended('a', 2),
    succeeded('drain-a', 3),
    ...past,
  );
const sight = (state?: AlarmState) =>
  aSight({
    view,
    ledger: ledgerHolding(heldInstance('a')),
    alarms: new Map(state === undefined ? [] : [['checkout-errors', state]]),
  });
const halts = ({ proposals }: StepPlan) =>
  proposals.flatMap(({ step }) => (step.type === 'HaltRollout' ? [step.reason] : []));
const drains = ({ proposals }: StepPlan) =>
  proposals.filter(({ step }) => step.type === 'DrainInstance').length;
const heldAs = ({ holds }: StepPlan) =>
  holds.flatMap(({ subject, reason }) => (subject === instanceArn('b') ? [reason] : []));

describe('an alarm of the policy', () => {
  it('that is OK lets a rollout begin', () => {
    const all = ['a', 'b', 'c'].map((name) => anInstance(name));
    const quiet = { ...sight('OK'), ledger: aSight().ledger, view: aFleet({ instances: all }) };
    expect(drains(planSteps(untouched, quiet))).toBe(1);
  });

  it.each([
    ['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA'],
    [undefined, 'not to be read'],
  ] as const)('that is %s holds everything back: no data is no evidence', (state, words) => {
    const plan = planSteps(untouched, sight(state));
    expect(heldAs(plan)).toEqual(['AlarmUnknown']);
    expect(plan.holds[0]?.detail).toContain(words);
    expect([drains(plan), halts(plan)]).toEqual([0, []]);
  });

  it('that is raised before anything began holds it back', () => {
    const plan = planSteps(untouched, sight('ALARM'));
    expect([heldAs(plan), halts(plan)]).toEqual([['AlarmRaised'], []]);
  });

  it('that is raised in mid-rollout halts it', () => {
    expect(halts(planSteps(begun(), sight('ALARM')))).toEqual(['AlarmRaised']);
    expect(halts(planSteps(begun(), sight('OK')))).toEqual([]);
    expect(halts(planSteps(begun(), sight()))).toEqual([]);
  });

  it('holds, and does not halt again, when a person resumes under it', () => {
    const plan = planSteps(begun(halted(5), resumed(6)), sight('ALARM'));
    expect([heldAs(plan), halts(plan)]).toEqual([['AlarmRaised'], []]);
  });
});
