import { describe, expect, it } from 'vitest';
import type { Ec2Notices } from '../../../domain/fleet/ec2Notices.ts';
import { silenceOf } from '../../../domain/fleet/silence.ts';
import { type GhostCommand, ghosts } from '../../../domain/maintenance/ghosts.ts';
import { planGhosts } from '../../../domain/maintenance/planGhosts.ts';
import type { Mode } from '../../../events/cluster.ts';
import type { EffectId } from '../../../events/ids.ts';
import { aFleet, anInstance, at, ec2Id, instanceArn } from '../../support/fleetBuilder.ts';

const silent = anInstance('a', { agentConnected: false });
const said = (state: string, minute = 0): Ec2Notices => ({
  state: { eventId: 'e', at: at(minute), state },
});
const notFound = (since: number, minute: number): Ec2Notices => ({
  notFound: { eventId: 'e', since: at(since), at: at(minute) },
});

describe('an instance whose agent is silent', () => {
  it.each([
    ['has never been asked about', undefined],
    ['is running', said('running')],
    ['is stopped', said('stopped')],
    ['is on its way out', said('shutting-down')],
    ['was terminated a moment ago', said('terminated', 55)],
    ['is not found by one look', notFound(20, 20)],
    ['is not found by two looks close together', notFound(20, 29)],
  ])('and that %s is no ghost', (_name, notices) => {
    expect(silenceOf(silent, notices, at(60))?.status).toBe('silent');
  });

  it.each([
    ['terminated by EC2', said('terminated', 50), 'terminated'],
    ['not known to EC2 at two looks', notFound(20, 30), 'notFound'],
  ])('and was %s is one', (_name, notices, proof) => {
    expect(silenceOf(silent, notices, at(60))).toMatchObject({ status: 'ghost', proof });
  });

  it('is nothing of the kind while its agent answers or ECS has forgotten it', () => {
    expect(silenceOf(anInstance('a'), said('terminated'), at(60))).toBeUndefined();
    const gone = anInstance('a', { agentConnected: false, status: 'INACTIVE' });
    expect(silenceOf(gone, said('terminated'), at(60))).toBeUndefined();
  });
});

describe('a ghost', () => {
  const fleet = (notices: Ec2Notices) => ({
    ...aFleet({ instances: [silent, anInstance('b')] }),
    notices: new Map([[ec2Id('a'), notices]]),
  });
  const planned = (mode: Mode, state = ghosts.initialState, minute = 60) =>
    planGhosts(fleet(said('terminated')), state, mode, at(minute));
  const recorded = (...commands: readonly GhostCommand[]) =>
    commands.reduce(
      (state, command) => ghosts.decide(command, state).reduce(ghosts.evolve, state),
      ghosts.initialState,
    );
  const [asked] = planned('drive').commands;
  const refused = (minute: number): GhostCommand => ({
    type: 'RecordOutcome',
    effectId: asked?.effectId as EffectId,
    refused: 'its agent is connected again',
    now: at(minute),
  });

  it('is deregistered in drive, and shown with the reason below it', () => {
    expect(asked).toMatchObject({
      type: 'DeregisterGhost',
      containerInstanceArn: instanceArn('a'),
      proof: 'terminated',
    });
    for (const mode of ['observe', 'advise'] as const) {
      expect(planned(mode)).toMatchObject({
        commands: [],
        held: [{ subject: instanceArn('a'), reason: 'ClusterNotDriven' }],
      });
    }
  });

  it('is asked for once', () => {
    if (asked === undefined) throw new Error('it was asked for');
    expect(planned('drive', recorded(asked))).toEqual({ commands: [], held: [] });
    expect(ghosts.decide({ ...asked, effectId: 'other' as EffectId }, recorded(asked))).toEqual([]);
  });

  it('that was deregistered is not asked for again, though the fleet still shows it', () => {
    if (asked === undefined) throw new Error('it was asked for');
    const { effectId } = asked;
    const done = recorded(asked, { type: 'RecordOutcome', effectId, now: at(61) });
    expect(planned('drive', done)).toEqual({ commands: [], held: [] });
    expect(ghosts.decide(asked, done)).toEqual([]);
  });

  it('that ECS refused is held for an hour, and then asked for under another id', () => {
    if (asked === undefined) throw new Error('it was asked for');
    const state = recorded(asked, refused(61));
    expect(planned('drive', state, 90).held).toMatchObject([{ reason: 'DeregistrationRefused' }]);
    const [again] = planned('drive', state, 121).commands;
    expect(again?.effectId).not.toBe(asked.effectId);
    expect(planned('drive', state, 121).commands).toHaveLength(1);
  });

  it('holds nothing of what is only silent, and says why', () => {
    const plan = planGhosts(fleet(said('stopped')), ghosts.initialState, 'drive', at(60));
    expect(plan.commands).toEqual([]);
    expect(plan.held).toMatchObject([
      { reason: 'AgentSilent', detail: expect.stringContaining('comes back when it is started') },
    ]);
  });
});
