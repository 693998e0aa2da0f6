import {
  type Chance,
  chanceFrom,
  draw,
  drawBetween,
  drawOne,
} from '../../domain/simulation/chance.ts';
import type { Scenario } from '../../domain/simulation/scenario.ts';
import type { Budget } from '../../events/disruption.ts';
import type { Closing, MaintenanceWindow } from '../../events/maintenance.ts';

// When this fleet may be disturbed: in half of the seeds not always. Drawn by a chance of its own,
// so that the rest of a seed is as it was.

const hourMs = 3_600_000;

export type MaintenanceScene = {
  readonly windows: readonly MaintenanceWindow[];
  readonly closing: Closing;
  readonly budget: Budget | undefined;
  /** Where clocks are changed in the first night, the moment at which the run is to begin. */
  readonly startsAt: number | undefined;
};

/** Each begins on a Saturday, some thirteen hours before the clocks of its zone are changed. */
const changes = [
  { timeZone: 'Europe/Dublin', startsAt: Date.UTC(2025, 9, 25, 12) },
  { timeZone: 'Europe/Dublin', startsAt: Date.UTC(2026, 2, 28, 12) },
  { timeZone: 'America/New_York', startsAt: Date.UTC(2025, 10, 1, 17) },
  { timeZone: 'America/New_York', startsAt: Date.UTC(2026, 2, 7, 18) },
  { timeZone: 'Australia/Lord_Howe', startsAt: Date.UTC(2025, 9, 4, 2) },
] as const;
const calm = ['Europe/Dublin', 'America/New_York', 'Asia/Kolkata', 'UTC'] as const;

const clock = (minutes: number): string => {
  const [hours, rest] = [Math.floor((minutes % 1440) / 60), minutes % 60];
  return `${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
};

const everyDay = ['FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU'] as const;

/** Every few hours, so that one run sees several open and close; one of them through the night. */
const drawWindows = (chance: Chance, timeZone: string): readonly MaintenanceWindow[] => {
  const first = drawBetween(chance, 0, 23) * 15;
  const night = drawOne(chance, [
    { opens: '22:00', closes: '06:00' },
    { opens: '23:30', closes: '04:00' },
    { opens: '21:15', closes: '03:30' },
  ]);
  const days = [0, 1, 2].map((part): MaintenanceWindow => {
    const opens = 420 + first + 240 * part;
    const closes = opens + drawBetween(chance, 3, 12) * 15;
    const name = `day ${part + 1}`;
    return {
      name,
      timeZone,
      days: drawOne(chance, everyDay),
      opens: clock(opens),
      closes: clock(closes),
    };
  });
  const nightly = { name: 'night', timeZone, days: 'FREQ=DAILY', ...night };
  const reasons = draw(chance) < 0.3 ? { reasons: ['patch' as const] } : {};
  const others = { name: 'drift', timeZone, days: 'FREQ=DAILY', opens: '00:00', closes: '24:00' };
  const drift = { ...others, reasons: ['drift' as const] };
  return [...days, { ...nightly, ...reasons }, ...(draw(chance) < 0.2 ? [drift] : [])];
};

const limited: readonly Budget[] = [
  {
    instances: { percent: 50 },
    services: { percent: 34 },
    reasons: [{ reason: 'patch' }],
    perZone: { count: 1 },
  },
  {
    instances: { percent: 50 },
    services: { percent: 50 },
    reasons: [{ reason: 'patch', instances: { count: 1 }, services: { count: 1 } }],
  },
  {
    instances: { percent: 50 },
    services: { percent: 34 },
    reasons: [{ reason: 'patch', instances: { percent: 40 } }],
    perZone: { percent: 50 },
    perService: [{ serviceName: '*', instances: { percent: 34 } }],
  },
];

/** `undefined` where the windows are always open. */
export const drawMaintenance = (seed: number): MaintenanceScene | undefined => {
  const chance = chanceFrom(seed * 37 + 19);
  if (draw(chance) >= 0.5) return undefined;
  const change = draw(chance) < 0.6 ? drawOne(chance, changes) : undefined;
  const windows = drawWindows(chance, change?.timeZone ?? drawOne(chance, calm));
  return {
    windows,
    closing: {
      underway: drawOne(chance, ['finish', 'handBack']),
      lastStartMs: drawOne(chance, [0, 0, hourMs / 4, hourMs / 2]),
    },
    budget: draw(chance) < 0.7 ? drawOne(chance, limited) : undefined,
    startsAt: change?.startsAt,
  };
};

/** The same scenario at another time of the year: every moment in it moves alike. */
export const movedTo = (scenario: Scenario, startsAt: number | undefined): Scenario => {
  if (startsAt === undefined) return scenario;
  const by = startsAt - scenario.startsAt;
  const isMoment = (value: unknown) => typeof value === 'number' && value > 1.6e12 && value < 2e12;
  return JSON.parse(JSON.stringify(scenario), (_key, value) =>
    isMoment(value) ? value + by : value,
  );
};
