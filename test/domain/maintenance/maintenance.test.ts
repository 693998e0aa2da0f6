import { describe, expect, it } from 'vitest';
import {
  type Maintenance,
  openSpan,
  type Question,
  whyHandBack,
  whyNoLeave,
} from '../../../domain/maintenance/leave.ts';
import { type MaintenanceCommand, maintenance } from '../../../domain/maintenance/maintenance.ts';
import { alwaysOpen } from '../../../domain/maintenance/whyNotWindows.ts';
import type { Instant } from '../../../events/ids.ts';
import type { MaintenanceEvent, MaintenanceWindow } from '../../../events/maintenance.ts';
import { specification } from '../../support/specification.ts';

const { given } = specification(maintenance);
const moment = (text: string) => Date.parse(text) as Instant;
const noon = moment('2026-11-25T12:00Z');
const actor = 'kim';
const nights: MaintenanceWindow = {
  name: 'nights',
  timeZone: 'UTC',
  days: 'FREQ=DAILY',
  opens: '22:00',
  closes: '04:00',
};
const finish = { underway: 'finish', lastStartMs: 0 } as const;
const handBack = { underway: 'handBack', lastStartMs: 30 * 60_000 } as const;

const windowsSet = (
  windows: readonly MaintenanceWindow[],
  closing: typeof finish | typeof handBack = finish,
): MaintenanceEvent => ({
  type: 'WindowsSet',
  data: { windows, closing, actor, setAt: noon },
});
const frozen = (
  scope: { kind: 'cluster' } | { kind: 'service'; serviceName: string },
  expires = '2026-12-01T00:00Z',
): MaintenanceEvent => ({
  type: 'FreezeBegun',
  data: {
    freezeId: 'freeze-1',
    scope,
    reason: 'Black Friday',
    actor,
    begunAt: noon,
    expiresAt: moment(expires),
  },
});
const overridden = (...over: ('windows' | 'freezes')[]): MaintenanceEvent => ({
  type: 'OverrideBegun',
  data: {
    overrideId: 'override-1',
    over,
    reason: 'it is exploited',
    actor,
    begunAt: noon,
    expiresAt: moment('2026-11-25T20:00Z'),
  },
});

const states = (own: readonly MaintenanceEvent[], all: readonly MaintenanceEvent[] = []) =>
  ({
    own: own.reduce(maintenance.evolve, maintenance.initialState),
    everything: all.reduce(maintenance.evolve, maintenance.initialState),
  }) satisfies Maintenance;
const patch = (...serviceNames: string[]): Question => ({ reason: 'patch', serviceNames });
const whyNot = (known: Maintenance, at: string, question = patch()) =>
  whyNoLeave(known, question, moment(at));

describe('windows', () => {
  it('are closed where none was set', () => {
    expect(whyNot(states([]), '2026-11-25T23:00Z')).toMatchObject({
      reason: 'WindowClosed',
      detail: 'no maintenance window has been set: nothing is disturbed',
    });
  });

  it('let work begin from their opening up to their close', () => {
    const known = states([windowsSet([nights])]);
    expect(whyNot(known, '2026-11-25T21:59Z')?.detail).toBe(
      'the next window, nights, opens at 2026-11-25T22:00Z',
    );
    expect(whyNot(known, '2026-11-25T22:00Z')).toBeUndefined();
    expect(whyNot(known, '2026-11-26T03:59Z')).toBeUndefined();
    expect(whyNot(known, '2026-11-26T04:00Z')?.reason).toBe('WindowClosed');
  });

  it('may be for some reasons alone', () => {
    const known = states([windowsSet([{ ...nights, reasons: ['scaleIn'] }])]);
    expect(whyNot(known, '2026-11-25T23:00Z')?.detail).toBe(
      'no maintenance window ever opens for patch',
    );
    const scaleIn = { reason: 'scaleIn' as const, serviceNames: [] };
    expect(whyNot(known, '2026-11-25T23:00Z', scaleIn)).toBeUndefined();
  });

  it('let nothing begin shortly before they close, where so much time is asked for', () => {
    const known = states([windowsSet([nights], handBack)]);
    expect(whyNot(known, '2026-11-26T03:30Z')).toBeUndefined();
    expect(whyNot(known, '2026-11-26T03:31Z')?.reason).toBe('WindowClosing');
  });

  it('that touch are one', () => {
    const mornings = { ...nights, name: 'mornings', opens: '04:00', closes: '06:00' };
    const known = states([windowsSet([nights, mornings], handBack)]);
    expect(whyNot(known, '2026-11-26T03:45Z')).toBeUndefined();
    expect(openSpan(known.own, 'patch', moment('2026-11-26T05:00Z'))).toEqual({
      opensAt: moment('2026-11-25T22:00Z'),
      closesAt: moment('2026-11-26T06:00Z'),
    });
    const always = states([windowsSet([alwaysOpen], handBack)]);
    expect(whyNot(always, '2026-11-26T23:59Z')).toBeUndefined();
  });

  it('do not hold back what AWS takes anyway', () => {
    const spot = { reason: 'spot' as const, serviceNames: ['web'] };
    expect(whyNot(states([]), '2026-11-25T12:00Z', spot)).toBeUndefined();
  });
});

describe('what is under way when a window closes', () => {
  it('goes on where the policy is to finish, and is handed back where it is not', () => {
    const after = moment('2026-11-26T04:10Z');
    expect(whyHandBack(states([windowsSet([nights])]), patch(), after)).toBeUndefined();
    const strict = states([windowsSet([nights], handBack)]);
    expect(whyHandBack(strict, patch(), after)?.reason).toBe('WindowClosed');
    expect(whyHandBack(strict, patch(), moment('2026-11-26T03:50Z'))).toBeUndefined();
  });
});

describe('a freeze', () => {
  const open = windowsSet([alwaysOpen]);

  it('of the cluster, or of everything, holds everything until it expires', () => {
    for (const known of [
      states([open, frozen({ kind: 'cluster' })]),
      states([open], [frozen({ kind: 'cluster' })]),
    ]) {
      expect(whyNot(known, '2026-11-26T12:00Z')).toEqual({
        reason: 'Frozen',
        detail: 'frozen by kim until 2026-12-01T00:00Z: Black Friday',
      });
      expect(whyNot(known, '2026-12-01T00:00Z')).toBeUndefined();
    }
  });

  it('of a service holds that service, and instances with tasks of it', () => {
    const known = states([open, frozen({ kind: 'service', serviceName: 'orders' })]);
    expect(whyNot(known, '2026-11-26T12:00Z', patch('web', 'orders'))?.reason).toBe('Frozen');
    expect(whyNot(known, '2026-11-26T12:00Z', patch('web'))).toBeUndefined();
  });
});

describe('an override', () => {
  const closed = windowsSet([nights]);

  it('goes over closed windows, and over a freeze only where it says so', () => {
    expect(whyNot(states([closed, overridden('windows')]), '2026-11-25T13:00Z')).toBeUndefined();
    const cluster = frozen({ kind: 'cluster' });
    const windowsAlone = states([closed, cluster, overridden('windows')]);
    expect(whyNot(windowsAlone, '2026-11-25T13:00Z')?.reason).toBe('Frozen');
    const both = states([closed, cluster, overridden('windows', 'freezes')]);
    expect(whyNot(both, '2026-11-25T13:00Z')).toBeUndefined();
  });

  it('ends when it was said to', () => {
    const known = states([closed, overridden('windows')]);
    expect(whyNot(known, '2026-11-25T20:00Z')?.reason).toBe('WindowClosed');
  });
});

describe('deciding', () => {
  const set = (windows: readonly MaintenanceWindow[]): MaintenanceCommand => ({
    type: 'SetWindows',
    windows,
    actor,
    now: noon,
  });
  const freeze: MaintenanceCommand = {
    type: 'BeginFreeze',
    freezeId: 'freeze-1',
    scope: { kind: 'cluster' },
    reason: 'Black Friday',
    actor,
    expiresAt: moment('2026-12-01T00:00Z'),
    now: noon,
  };
  const override: MaintenanceCommand = {
    type: 'BeginOverride',
    overrideId: 'override-1',
    over: ['windows'],
    reason: 'it is exploited',
    actor,
    expiresAt: moment('2026-11-25T20:00Z'),
    now: noon,
  };

  it('sets windows once, and keeps how they close where that is not said', () => {
    given()
      .when(set([nights]))
      .then(windowsSet([nights]));
    given(windowsSet([nights]))
      .when(set([nights]))
      .thenNothing();
    given(windowsSet([], handBack))
      .when(set([nights]))
      .then(windowsSet([nights], handBack));
  });

  it.each([
    [{ timeZone: 'Mars/Olympus' }, 'windows.0.timeZone: Mars/Olympus is not an IANA time zone'],
    [{ timeZone: '+02:00' }, 'windows.0.timeZone'],
    [{ days: 'FREQ=WEEKLY' }, 'windows.0.days'],
    [{ since: '2026-02-30', days: 'FREQ=DAILY' }, 'windows.0.since'],
    [{ reasons: [] }, 'windows.0.reasons'],
  ])('refuses a window that cannot be, naming the field: %j', (fields, why) => {
    const command = set([{ ...nights, ...fields }]);
    expect(() => maintenance.decide(command, maintenance.initialState)).toThrow(why);
  });

  it('refuses two windows of one name', () => {
    given()
      .when(set([nights, nights]))
      .thenRefused('MaintenanceInvalid');
  });

  it('begins a freeze once, with a reason, an actor and an expiry to come', () => {
    given()
      .when(freeze)
      .then(frozen({ kind: 'cluster' }));
    given(frozen({ kind: 'cluster' }))
      .when(freeze)
      .thenNothing();
    given()
      .when({ ...freeze, reason: ' ' })
      .thenRefused('MaintenanceInvalid');
    given()
      .when({ ...freeze, actor: '' })
      .thenRefused('MaintenanceInvalid');
    given()
      .when({ ...freeze, expiresAt: noon })
      .thenRefused('MaintenanceInvalid');
  });

  it('lifts a freeze that is there', () => {
    const lift = {
      type: 'LiftFreeze',
      freezeId: 'freeze-1',
      reason: 'over',
      actor,
      now: noon,
    } as const;
    given(frozen({ kind: 'cluster' }))
      .when(lift)
      .then({
        type: 'FreezeLifted',
        data: { freezeId: 'freeze-1', reason: 'over', actor, liftedAt: noon },
      });
    given().when(lift).thenRefused('FreezeNotFound');
  });

  it('begins an override for a day at most, and ends it', () => {
    given().when(override).then(overridden('windows'));
    const tooLong = { ...override, expiresAt: (noon + 25 * 3_600_000) as Instant };
    given().when(tooLong).thenRefused('MaintenanceInvalid');
    given()
      .when({ ...override, over: [] })
      .thenRefused('MaintenanceInvalid');
    given()
      .when({ ...override, reason: '' })
      .thenRefused('MaintenanceInvalid');
    const end = {
      type: 'EndOverride',
      overrideId: 'override-1',
      reason: 'done',
      actor,
      now: noon,
    } as const;
    given(overridden('windows'))
      .when(end)
      .then({
        type: 'OverrideEnded',
        data: { overrideId: 'override-1', reason: 'done', actor, endedAt: noon },
      });
    given().when(end).thenRefused('OverrideNotFound');
  });
});
