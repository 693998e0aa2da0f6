import { describe, expect, it } from 'vitest';
import type { Desk } from './auditDesk.ts';
import { createDrainBook } from './auditDrains.ts';
import { openUntil } from './auditOpen.ts';
import { instanceArn, truth } from './auditScenes.ts';
import * as its from './auditStory.ts';
import { createSurgeBook } from './auditSurge.ts';
import { createTakenBook } from './auditTaken.ts';
import { createWindowBook, judgeLateCall } from './auditWindows.ts';

const hour = 3_600_000;
const nightIn = (timeZone: string, opens: string, closes: string) => [
  { name: 'night', timeZone, days: 'FREQ=DAILY', opens, closes },
];

describe('when a window is open', () => {
  const dublin = nightIn('Europe/Dublin', '22:00', '06:00');
  const opened = (at: number) => openUntil(dublin, 'patch', at) - at;

  it('runs from the evening to the morning by the clock of its zone', () => {
    expect(opened(Date.UTC(2025, 0, 14, 21, 59))).toBe(0);
    expect(opened(Date.UTC(2025, 0, 14, 22))).toBe(8 * hour);
    expect(opened(Date.UTC(2025, 0, 15, 6))).toBe(0);
  });

  it('is an hour shorter where the clock is put forward, and longer where it is put back', () => {
    expect(opened(Date.UTC(2025, 2, 29, 22))).toBe(7 * hour);
    expect(opened(Date.UTC(2025, 9, 25, 21))).toBe(9 * hour);
  });

  it('lasts as long as windows that touch', () => {
    const touching = [...nightIn('UTC', '22:00', '24:00'), ...nightIn('UTC', '00:00', '03:00')];
    expect(openUntil(touching, 'patch', Date.UTC(2025, 0, 14, 23))).toBe(Date.UTC(2025, 0, 15, 3));
  });

  it('is open for the reasons that it names alone', () => {
    const [night] = nightIn('UTC', '00:00', '24:00');
    const at = Date.UTC(2025, 0, 14);
    const drift = night === undefined ? [] : [{ ...night, reasons: ['drift' as const] }];
    expect(openUntil(drift, 'patch', at)).toBe(at);
  });

  it('has no opinion on rules that the simulation does not draw', () => {
    const yearly = nightIn('UTC', '00:00', '24:00').map((each) => ({
      ...each,
      days: 'FREQ=YEARLY',
    }));
    expect(() => openUntil(yearly, 'patch', 0)).toThrow('FREQ=YEARLY');
  });
});

const freeze = (scope: object, expiresAt = 24 * hour): its.Told => [
  'maintenance#*',
  'FreezeBegun',
  { freezeId: 'freeze-1', scope, begunAt: 0, expiresAt },
];
const override = (over: readonly string[]): its.Told => [
  'maintenance#shop',
  'OverrideBegun',
  { overrideId: 'override-1', over, begunAt: 0, expiresAt: 24 * hour },
];
/** The story is told in the first minutes of a day; these windows open at noon. */
const closed = its.windowsSet([{ opens: '12:00', closes: '13:00' }]);
const whenAgreed = (...events: its.Told[]) =>
  its.judge(its.spoilt(its.planned, (step) => step.events.push(...events))).violations;
const begins = (why: string) => expect.stringMatching(new RegExp(`^I23: .* begins to .*${why}`));

describe('the auditor of windows', () => {
  it('finds what begins while every window is closed', () => {
    const found = whenAgreed(closed);
    expect(found).toContainEqual(begins('drain .*no window is open'));
    expect(found).toContainEqual(begins('deploy web.*no window is open'));
  });

  it('finds a call that comes long after its intent and after closing', () => {
    const late = (intendedAt: number, at: number) => {
      const said: string[] = [];
      const windows = nightIn('UTC', '00:00', '01:00');
      const book = { ...createWindowBook(), windows, begunAt: new Map([['web', intendedAt]]) };
      const surges = createSurgeBook();
      const books = { taken: createTakenBook(), drains: createDrainBook(), surges };
      const call = { at, service: 'ecs', operation: 'UpdateService', input: {}, took: true };
      const deed = { kind: 'deploy', service: 'web', resizes: false } as const;
      const desk = { ...books, say: (what: string) => said.push(what) } as unknown as Desk;
      judgeLateCall(book, { call, deed, known: 1 }, desk);
      return said;
    };
    expect(late(0.5 * hour, 5 * hour)).toEqual([
      expect.stringMatching(/^I23: UpdateService of web .* long after closing/),
    ]);
    expect(late(0.5 * hour, 1.2 * hour)).toEqual([]);
    expect(late(0.5 * hour, 24.5 * hour)).toEqual([]);
  });

  it('finds what begins when too little of a window is left', () => {
    const short = its.windowsSet([{ opens: '00:00', closes: '00:30' }], {
      underway: 'finish',
      lastStartMs: hour,
    });
    expect(whenAgreed(short)).toContainEqual(begins('ms of the window are left'));
  });

  it('finds what begins under a freeze, of everything or of one service', () => {
    expect(whenAgreed(freeze({ kind: 'cluster' }))).toHaveLength(2);
    expect(whenAgreed(freeze({ kind: 'service', serviceName: 'web' }))).toEqual([
      begins('deploy web'),
    ]);
    expect(whenAgreed(freeze({ kind: 'service', serviceName: 'mail' }))).toEqual([]);
    expect(whenAgreed(freeze({ kind: 'cluster' }, 1))).toEqual([]);
  });

  it('lets an override go over what it names', () => {
    expect(whenAgreed(closed, override(['windows']))).toEqual([]);
    expect(whenAgreed(freeze({ kind: 'cluster' }), override(['windows']))).toHaveLength(2);
    expect(
      whenAgreed(closed, freeze({ kind: 'cluster' }), override(['windows', 'freezes'])),
    ).toEqual([]);
  });

  it('finds an instance that is ended after closing, where it is to be handed back', () => {
    const steps = its.spoilt(its.drainedAt, (step) =>
      step.events.push(
        its.windowsSet([{ opens: '12:00', closes: '13:00' }], {
          underway: 'handBack',
          lastStartMs: 0,
        }),
      ),
    );
    expect(its.judge(steps).violations).toContainEqual(
      expect.stringMatching(/^I23: .* ends .*, not handing it back/),
    );
  });

  it('finds an instance that is handed back, where it is to be finished', () => {
    const steps = its.spoilt(its.drainedAt, (step) =>
      step.events.push(
        its.inRollout('InstanceRestoreIntended', {
          containerInstanceArn: instanceArn('a'),
          reason: 'WindowClosed',
          effectId: 'effect-restore',
        }),
      ),
    );
    expect(its.judge(steps).violations).toContainEqual(
      expect.stringMatching(/^I23: .* hands .* back, not finishing it/),
    );
  });

  it('finds an instance that is given up because a window closed', () => {
    const steps = its.spoilt(its.proved, (step) =>
      step.events.push(
        its.inRollout('InstanceSkipped', {
          containerInstanceArn: instanceArn('a'),
          reason: 'WindowClosed',
        }),
      ),
    );
    expect(its.judge(steps).violations).toContainEqual(
      expect.stringMatching(/^I23: .* gives .* up for a window/),
    );
  });
});

describe('after a window has closed', () => {
  const handBack = { underway: 'handBack', lastStartMs: 0 };
  const short = its.windowsSet([{ opens: '00:00', closes: '00:03' }], handBack);

  it('nothing stays DRAINING by us for hours, where it is to be handed back', () => {
    const steps = its
      .spoilt(its.planned, (step) => step.events.push(short))
      .slice(0, its.drainedAt);
    const [, draining] = steps;
    const waiting = { events: [], calls: [], truth: draining?.truth ?? truth([], []) };
    const after = Array.from({ length: 200 }, () => waiting);
    expect(its.judge([...steps, ...after.slice(0, 100)]).violations).toEqual([]);
    expect(its.judge([...steps, ...after]).violations).toContainEqual(
      expect.stringMatching(/^I23: .* is DRAINING by us since .*, and every window is closed/),
    );
  });

  it('nothing is held for a window at rest, when one is open', () => {
    const held = [{ subject: 'web', reason: 'WindowClosed', detail: 'the next one opens at noon' }];
    const steps = its.spoilt(its.completed - 1, (step) =>
      step.events.push(its.inRollout('HoldsChanged', { held })),
    );
    expect(its.judge(steps.slice(0, its.completed)).atRest).toContainEqual(
      expect.stringMatching(/^I23: .* holds web for a window, and one is open/),
    );
  });
});

const budget = (limits: object): its.Told => [
  'disruption#shop',
  'BudgetSet',
  {
    budget: {
      instances: { count: 4 },
      services: { count: 4 },
      reasons: [{ reason: 'patch' }],
      ...limits,
    },
  },
];
const granting = (set: its.Told, ...leases: its.Told[]) =>
  its.judge(its.spoilt(its.drain, (step) => step.events.unshift(set, ...leases))).violations;
const elsewhere = its.granted('lease-b', 'instance', instanceArn('b'));

describe('the auditor of limits', () => {
  it('finds more out of a zone, and for a reason, than may be at once', () => {
    expect(granting(budget({ perZone: { count: 1 } }), elsewhere)).toContainEqual(
      expect.stringMatching(/^I11: with lease-a 2 are out of eu-west-1a at once, 1 allowed/),
    );
    const reasons = [{ reason: 'patch', instances: { count: 1 } }];
    expect(granting(budget({ reasons }), elsewhere)).toContainEqual(
      expect.stringMatching(/^I11: with lease-a 2 are out of patch at once, 1 allowed/),
    );
  });

  it('finds more out of what runs a service than may be at once, a percent rounded down', () => {
    const runs = (told: its.Told): its.Told => [
      told[0],
      told[1],
      { ...told[2], serviceNames: ['web'] },
    ];
    const c = its.granted('lease-c', 'instance', instanceArn('c'));
    const perService = [{ serviceName: '*', instances: { percent: 49 } }];
    expect(granting(budget({ perService }), runs(elsewhere), runs(c))).toContainEqual(
      expect.stringMatching(/^I11: with lease-c 2 are out of web at once, 1 allowed/),
    );
  });

  it('finds a lease that tells a zone in which its instance is not', () => {
    const [stream, type, data] = elsewhere;
    const wrong: its.Told = [stream, type, { ...data, zone: 'eu-west-1b' }];
    expect(granting(budget({}), wrong)).toContainEqual(
      expect.stringMatching(/^I11: lease lease-b says that .* is in eu-west-1b/),
    );
  });
});
