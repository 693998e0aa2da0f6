import { describe, expect, it } from 'vitest';
import { planSpotDrains } from '../../../domain/draining/planSpotDrains.ts';
import { type HookCommand, hooks } from '../../../domain/maintenance/hooks.ts';
import { planHooks } from '../../../domain/maintenance/planHooks.ts';
import type { ObservedInstance } from '../../../events/fleet.ts';
import { aFleet, anInstance, aTask, at, ec2Id, instanceArn } from '../../support/fleetBuilder.ts';
import { aSight, ledgerHolding } from '../rollout/rolloutBuilder.ts';

/** One instance in Terminating:Wait since minute 0, with or without a task. */
const waiting = (
  fields: Partial<ObservedInstance>,
  { name = 'tuesday-drain', busy = false }: { name?: string; busy?: boolean } = {},
) => ({
  ...aFleet({
    instances: [anInstance('a', fields)],
    tasks: busy ? [aTask('t', { on: 'a' })] : [],
  }),
  notices: new Map([
    [
      ec2Id('a'),
      {
        terminationHook: {
          eventId: 'e',
          at: at(0),
          autoScalingGroupName: 'windows',
          lifecycleHookName: name,
          lifecycleActionToken: 'token',
        },
      },
    ],
  ]),
});

const answers = (
  view: ReturnType<typeof waiting>,
  minute = 5,
  state = hooks.initialState,
  mode: 'advise' | 'drive' = 'drive',
) => planHooks(view, state, mode, at(minute));

describe('an instance that waits in a termination hook of ours', () => {
  it('is let go as soon as it is empty', () => {
    expect(answers(waiting({ status: 'DRAINING' }))).toMatchObject([
      {
        type: 'AnswerHook',
        lifecycleActionToken: 'token',
        lifecycleHookName: 'tuesday-drain',
        because: 'it is empty',
      },
    ]);
  });

  it('is emptied first, as a Spot Instance that EC2 takes, within the time of the hook', () => {
    const view = waiting({}, { busy: true });
    expect(answers(view)).toEqual([]);
    const {
      ledger,
      maintenance: _maintenance,
      ...rest
    } = aSight({ view, ledger: ledgerHolding() });
    const sight = { ledger, mode: 'drive' as const, now: at(1), fleet: { ...rest, view } };
    expect(planSpotDrains([], sight as never)).toMatchObject([
      { containerInstanceArn: instanceArn('a'), reason: 'spot', deadlineAt: at(50) },
    ]);
  });

  it('is let go with what is left when its time is nearly over', () => {
    const view = waiting({ status: 'DRAINING' }, { busy: true });
    expect(answers(view, 49)).toEqual([]);
    expect(answers(view, 50)).toMatchObject([{ because: expect.stringContaining('1 tasks') }]);
  });

  it('has the time of its hook whatever Spot notice came before', () => {
    const view = waiting({}, { busy: true });
    const told = view.notices.get(ec2Id('a'));
    const interruption = { eventId: 's', at: at(-30), action: 'terminate' };
    const notices = new Map([[ec2Id('a'), { ...told, interruption }]]);
    expect(answers({ ...view, notices } as typeof view)).toEqual([]);
  });

  it('is left to whoever owns another hook, and to everybody below drive', () => {
    expect(answers(waiting({ status: 'DRAINING' }, { name: 'ecs-managed-draining' }))).toEqual([]);
    expect(answers(waiting({ status: 'DRAINING' }), 5, hooks.initialState, 'advise')).toEqual([]);
  });

  it('is answered once', () => {
    const view = waiting({ status: 'DRAINING' });
    const [asked] = answers(view);
    if (asked === undefined) throw new Error('it was to be answered');
    const recorded = (...commands: readonly HookCommand[]) =>
      commands.reduce(
        (state, command) => hooks.decide(command, state).reduce(hooks.evolve, state),
        hooks.initialState,
      );
    const { effectId } = asked;
    const outcome = { type: 'RecordOutcome', effectId, outcome: 'completed', now: at(6) } as const;
    for (const state of [recorded(asked), recorded(asked, outcome)]) {
      expect([answers(view, 7, state), hooks.decide(asked, state)]).toEqual([[], []]);
    }
  });
});
