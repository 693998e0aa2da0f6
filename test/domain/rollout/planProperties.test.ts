import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serviceOfTask, tasksOn } from '../../../domain/fleet/fleetView.ts';
import { allowedFor } from '../../../domain/maintenance/budget.ts';
import { ledger } from '../../../domain/maintenance/ledger.ts';
import { planSteps, type StepPlan } from '../../../domain/rollout/planSteps.ts';
import { rollout } from '../../../domain/rollout/rollout.ts';
import type { Rollout } from '../../../domain/rollout/rolloutState.ts';
import type { Sight } from '../../../domain/rollout/sight.ts';
import { isDeadlocked } from '../../../domain/service/deploymentBounds.ts';
import { answerOf } from '../../support/specification.ts';
import { anyFleet } from './anyFleet.ts';

const numRuns = 400;
const holds = (predicate: (plan: StepPlan, state: Rollout, sight: Sight) => void) =>
  fc.assert(
    fc.property(anyFleet, ({ state, sight }) => predicate(planSteps(state, sight), state, sight)),
    { numRuns },
  );

const begins = ['DrainInstance', 'DeployService', 'RequestRebuild'];
const begun = ({ proposals }: StepPlan) =>
  proposals.filter(({ step }) => begins.includes(step.type));
const drained = ({ proposals }: StepPlan): readonly string[] =>
  proposals.flatMap(({ step }) =>
    step.type === 'DrainInstance' ? [step.containerInstanceArn] : [],
  );
const isHalting = ({ proposals }: StepPlan) =>
  proposals.some(({ step }) => step.type === 'HaltRollout');

const subjectOf = (step: object): string | undefined =>
  'containerInstanceArn' in step
    ? String(step.containerInstanceArn)
    : 'serviceArn' in step
      ? String(step.serviceArn)
      : 'image' in step
        ? String(step.image)
        : undefined;

/** The ledger after every lease of the plan was sent to it, in order. */
const afterLeases = (plan: StepPlan, { ledger: before }: Sight) => {
  const commands = [...plan.ledger, ...plan.proposals.flatMap(({ lease }) => lease ?? [])];
  let state = before;
  const refused: string[] = [];
  for (const command of commands) {
    const answer = answerOf(ledger, command, state);
    if ('refused' in answer) refused.push(answer.refused);
    else state = answer.reduce(ledger.evolve, state);
  }
  return { state, refused };
};

describe('a plan for any fleet', () => {
  it('never asks for more leases than there is room for', () => {
    holds((plan, _state, sight) => {
      for (const kind of ['instance', 'service'] as const) {
        const asked = plan.proposals.flatMap(({ lease }) => lease ?? []);
        const fresh = asked.filter(
          ({ subject, leaseId }) =>
            subject.kind === kind && sight.ledger.leases[leaseId] === undefined,
        );
        const held = Object.values(sight.ledger.leases).filter((l) => l.subject.kind === kind);
        for (const { total, unavailable } of fresh) {
          const allowed = allowedFor(sight.ledger.budget, 'patch', kind, total);
          expect(fresh.length + held.length + unavailable).toBeLessThanOrEqual(allowed);
        }
      }
    });
  });

  it('asks for no lease that the ledger refuses', () => {
    holds((plan, _state, sight) => {
      const needed = plan.ledger.filter(({ type }) => type === 'GrantLease');
      if (needed.length === 0) expect(afterLeases(plan, sight).refused).toEqual([]);
    });
  });

  it('drains nothing that cannot be emptied, lacks an AMI or is in other hands', () => {
    holds((plan, state, { view, ledger: { leases } }) => {
      for (const arn of drained(plan)) {
        const item = state.instances[arn];
        expect(item?.status).toBe('waiting');
        expect(state.instanceTargets[item?.channel ?? '']).toBeDefined();
        expect(view.instances.get(arn)).toMatchObject({ status: 'ACTIVE', agentConnected: true });
        for (const task of tasksOn(view, arn)) {
          const service = serviceOfTask(view, task);
          expect(task.group).toMatch(/^service:/);
          if (service === undefined) throw new Error(`${task.group} is not known`);
          if (service.schedulingStrategy !== 'DAEMON') expect(isDeadlocked(service)).toBe(false);
        }
        const rivals = Object.values(leases).filter(({ holder }) => holder === 'drain#theirs');
        expect(rivals.map(({ subject }) => subject.id)).not.toContain(arn);
      }
    });
  });

  it('begins nothing unless the rollout runs in a driven cluster, nor in a pass that halts', () => {
    holds((plan, state, { mode }) => {
      if (state.status !== 'running' || mode !== 'drive' || isHalting(plan)) {
        expect(begun(plan)).toEqual([]);
      }
    });
  });

  it('with an empty budget disturbs nothing new', () => {
    holds((_plan, state, sight) => {
      const none = {
        instances: { count: 0 },
        services: { count: 0 },
        reasons: [{ reason: 'patch' as const }],
      };
      const plan = planSteps(state, { ...sight, ledger: { ...sight.ledger, budget: none } });
      expect(plan.proposals.filter(({ lease }) => lease !== undefined)).toEqual([]);
    });
  });

  it('has a step or a reason for everything that waits: nobody lost, nobody both', () => {
    holds((plan, state) => {
      if (isHalting(plan)) return;
      const stepped = new Set(plan.proposals.flatMap(({ step }) => subjectOf(step) ?? []));
      const held = plan.holds.map(({ subject }) => subject);
      expect(new Set(held).size).toBe(held.length);
      const waiting = [state.instances, state.services, state.images].flatMap((items) =>
        Object.entries(items).flatMap(([key, { status }]) => (status === 'waiting' ? [key] : [])),
      );
      for (const key of waiting)
        expect([key, stepped.has(key) !== held.includes(key)]).toEqual([key, true]);
      for (const hold of plan.holds) expect(hold.detail).not.toBe('');
    });
  });

  it('is the same for one sight, in whatever order things are listed', () => {
    const reversed = <Value>(map: ReadonlyMap<string, Value>) => new Map([...map].toReversed());
    const turned = <Value>(record: Readonly<Record<string, Value>>) =>
      Object.fromEntries(Object.entries(record).toReversed());
    holds((plan, state, sight) => {
      const { view } = sight;
      const other = {
        ...sight,
        view: {
          ...view,
          instances: reversed(view.instances),
          tasks: reversed(view.tasks),
          services: reversed(view.services),
        },
        images: reversed(sight.images),
      };
      const otherState = {
        ...state,
        instances: turned(state.instances),
        services: turned(state.services),
        images: turned(state.images),
      };
      expect(planSteps(state, sight)).toEqual(plan);
      const again = planSteps(otherState, other);
      expect(again.proposals).toEqual(plan.proposals);
      expect(new Set(again.ledger)).toEqual(new Set(plan.ledger));
    });
  });

  it('completes only when nothing is under way', () => {
    holds((plan, state) => {
      if (!plan.proposals.some(({ step }) => step.type === 'CompleteRollout')) return;
      const all = [...Object.values(state.instances), ...Object.values(state.services)];
      expect(all.filter((item) => 'leaseId' in item)).toEqual([]);
    });
  });

  it('once carried out leaves nothing to propose twice', () => {
    holds((plan, state) => {
      let next = state;
      const steps = plan.proposals.map(({ step }) => step);
      for (const step of steps) {
        const after = rollout.decide(step, next).reduce(rollout.evolve, next);
        if (after.status !== 'none') next = after;
      }
      for (const step of steps) expect(rollout.decide(step, next)).toEqual([]);
    });
  });

  it('is about every kind of step and most reasons, or the properties would say little', () => {
    const steps = new Set<string>();
    const reasons = new Set<string>();
    for (const { state, sight } of fc.sample(anyFleet, { numRuns: 1_000, seed: 14 })) {
      const plan = planSteps(state, sight);
      for (const { step } of plan.proposals) steps.add(step.type);
      for (const { reason } of plan.holds) reasons.add(reason);
    }
    for (const type of [...begins, 'RecordDrained', 'RestoreInstance', 'TerminateInstance']) {
      expect(steps).toContain(type);
    }
    for (const type of ['SkipInstance', 'SkipService', 'HaltRollout', 'CompleteRollout']) {
      expect(steps).toContain(type);
    }
    expect(reasons.size).toBeGreaterThanOrEqual(15);
  });
});
