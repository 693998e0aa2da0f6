import { describe, expect, it } from 'vitest';
import { drain } from '../../../domain/draining/drain.ts';
import type { DrainCommand } from '../../../domain/draining/drainCommand.ts';
import { planDrains } from '../../../domain/draining/planDrains.ts';
import type { FleetView } from '../../../domain/fleet/fleetView.ts';
import type { ObservedInstance, ObservedTask } from '../../../events/fleet.ts';
import {
  aFleet,
  anInstance,
  aTask,
  at,
  ec2Id,
  instanceArn,
  taskArn,
} from '../../support/fleetBuilder.ts';
import { ledgerHolding } from '../rollout/rolloutBuilder.ts';
import { drainAfter, draining, sightOf, stepsOf, told } from './drainStory.ts';

const { drained } = told;
const holder = 'drain#shop/a';

const newcomerIs = ({ containerInstanceArn }: ObservedInstance) =>
  containerInstanceArn === instanceArn('n');
describe('the successor of an instance that is gone', () => {
  const goneAt = (minute: number) => ({ type: 'DrainInstanceGone', data: { goneAt: at(minute) } });
  const past = [...draining({ andThen: 'terminate' }), drained, goneAt(12)] as const;
  const newcomer = (fields: Partial<ObservedInstance> = {}) =>
    aFleet({ instances: [anInstance('b'), anInstance('n', { registeredAt: at(11), ...fields })] });
  const steps = (view: ReturnType<typeof aFleet>, fields = {}) =>
    stepsOf(past as never, view, { now: at(20), ...fields });

  const come = { type: 'EndDrain', outcome: 'gone', successorArn: instanceArn('n') };
  const waiting = {
    type: 'HoldDrain',
    held: [{ subject: instanceArn('n'), reason: 'ProofPending' }],
  };
  const running = (view: FleetView, ...tasks: readonly ObservedTask[]): FleetView => ({
    ...view,
    tasks: aFleet({ tasks }).tasks,
  });

  it('ends the drain once a task runs there', () => {
    expect(steps(newcomer())).toMatchObject([waiting]);
    expect(steps(running(newcomer(), aTask('t', { on: 'n' })))).toMatchObject([come]);
  });

  describe('where the policy names a canary', () => {
    const canaryFamily = 'tuesday-canary';
    const [asked] = steps(newcomer(), { canaryFamily });
    const { effectId, ...proof } = asked as unknown as { effectId: never };
    const { type: _type, count: _count, now: _now, ...named } = proof as Record<string, unknown>;
    const data = { ...named, effectId, intendedAt: at(20) };
    const proving = [...past, { type: 'DrainProofIntended', data }] as never;
    const canary = (fields: Partial<ObservedTask>) =>
      aTask('c', { on: 'n', group: 'family:canary', startedBy: effectId, ...fields });
    const exited = (exitCode: number) =>
      canary({ lastStatus: 'STOPPED', containers: [{ name: 'c', exitCode, hostPorts: [] }] });
    const later = (minute: number, ...tasks: readonly ObservedTask[]) =>
      stepsOf(proving, running(newcomer(), ...tasks), { now: at(minute), canaryFamily });

    it('is asked for one, of its Windows, and held meanwhile', () => {
      expect(steps(newcomer(), { canaryFamily })).toMatchObject([
        {
          type: 'ProveSuccessor',
          successorArn: instanceArn('n'),
          successorEc2InstanceId: ec2Id('n'),
          family: 'tuesday-canary-2022',
        },
        waiting,
      ]);
      expect(later(21)).toMatchObject([waiting]);
      expect(steps(newcomer(), { canaryFamily, mode: 'advise' })).toMatchObject([waiting]);
    });

    it('is proved by its canary alone, while that may still run', () => {
      expect(later(22, exited(0))).toMatchObject([come]);
      expect(later(22, aTask('t', { on: 'n' }))).toMatchObject([waiting]);
      expect(later(36, aTask('t', { on: 'n' }))).toMatchObject([come]);
    });

    it('is not proved by one that fails, and is not waited for without end', () => {
      expect(later(22, exited(1))).toMatchObject([waiting]);
      const [end] = later(53, exited(1));
      const detail = expect.stringContaining(
        `not proved within 40 minutes: canary ${taskArn('c')}`,
      );
      expect(end).toMatchObject({ ...come, outcome: 'unproved', detail });
    });

    it('stays the one that was asked, and gives way to another where it is gone', () => {
      const two = [anInstance('m', { registeredAt: at(10) }), ...newcomer().instances.values()];
      const earlier = aFleet({ instances: two });
      const step = stepsOf(proving, earlier, { now: at(22), canaryFamily });
      expect(step).toMatchObject([waiting]);
      const without = aFleet({ instances: two.filter((each) => !newcomerIs(each)) });
      expect(stepsOf(proving, without, { now: at(22), canaryFamily })).toMatchObject([
        { type: 'ProveSuccessor', successorArn: instanceArn('m') },
        { type: 'HoldDrain' },
      ]);
    });

    it('gives way to another where a rollout has it meanwhile', () => {
      const two = [anInstance('m', { registeredAt: at(10) }), ...newcomer().instances.values()];
      const claimed = new Set([instanceArn('n')]);
      const about = { now: at(22), canaryFamily, claimed };
      expect(stepsOf(proving, newcomer(), about)).toEqual([]);
      expect(stepsOf(proving, aFleet({ instances: two }), about)).toMatchObject([
        { type: 'ProveSuccessor', successorArn: instanceArn('m') },
        { type: 'HoldDrain' },
      ]);
    });

    it('is asked once', () => {
      const state = drainAfter(proving);
      expect(drain.decide({ ...(asked as never as DrainCommand) }, state)).toEqual([]);
      expect(
        drain.decide({ ...(asked as never as DrainCommand) }, drainAfter(past as never)),
      ).toEqual([{ type: 'DrainProofIntended', data }]);
    });
  });

  it.each([
    ['was there before the drain began', { registeredAt: at(0) }],
    ['does not take tasks yet', { agentConnected: false }],
  ])('is none that %s', (_, fields) => expect(steps(newcomer(fields))).toEqual([]));
  it('is none that a rollout waits for, or that somebody disturbs', () => {
    const claimed = new Set([instanceArn('n')]);
    expect(steps(newcomer(), { claimed })).toEqual([]);
    const ledger = ledgerHolding({ leaseId: 'theirs', kind: 'instance', id: instanceArn('n') });
    expect(steps(newcomer(), { ledger })).toEqual([]);
  });
  it('is not waited for without end', () =>
    expect(steps(aFleet(), { now: at(53) })).toMatchObject([{ type: 'EndDrain' }]));
  it('comes for one of two', () => {
    const other = { containerInstanceArn: instanceArn('z'), ec2InstanceId: ec2Id('z') };
    const two = [
      drainAfter(past as never),
      drainAfter([...draining({ andThen: 'terminate', ...other }), goneAt(13)] as never),
    ];
    const plan = planDrains(two, sightOf(newcomer(), { now: at(20) }));
    expect(plan.proposals.map(({ stream }) => stream)).toEqual([holder]);
  });
});
