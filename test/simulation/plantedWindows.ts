import type { MaintenanceState } from '../../domain/maintenance/maintenanceState.ts';
import { alwaysOpen } from '../../domain/maintenance/whyNotWindows.ts';
import type { MaintenanceWindow } from '../../events/maintenance.ts';
import type { Views } from '../../infra/views/views.ts';
import { offsetMs } from './auditClock.ts';
import type { Plant } from './plant.ts';
import { evolvedOtherwise, seeing, spending } from './planting.ts';

/** The planners see other windows and freezes than were set. */
const seeingMaintenance = (change: (state: MaintenanceState, now: number) => MaintenanceState) =>
  seeing((views) => ({
    ...views,
    maintenance: (name) => {
      const { own, everything } = views.maintenance(name);
      return { own: change(own, lastSeen(views, name)), everything };
    },
  }));

/** The moment of the last thing that was seen of a fleet: planted bugs have no clock. */
const lastSeen = (views: Views, name: string): number =>
  Math.max(0, ...[...views.fleet(name).services.values()].map(({ describedAt }) => describedAt));

const dayMs = 86_400_000;

/** The hour that a change of the clocks takes away is added where the window ends. */
const anHourLate = (window: MaintenanceWindow, now: number): MaintenanceWindow => {
  const { timeZone, closes } = window;
  const changes = offsetMs(timeZone, now - dayMs) !== offsetMs(timeZone, now + dayMs);
  const hour = Number(closes.slice(0, 2));
  if (!changes || hour > 22) return window;
  return { ...window, closes: `${String(hour + 1).padStart(2, '0')}${closes.slice(2)}` };
};

const whole = { count: 1_000 };

/** Bugs in what decides when something may be disturbed. */
export const plantedInWindows: readonly (Plant & { readonly foundBy: number })[] = [
  {
    name: 'windows are not heeded',
    foundBy: 4,
    views: seeingMaintenance((own) => ({ ...own, windows: [alwaysOpen] })),
  },
  {
    name: 'a window closes an hour late when clocks are changed',
    foundBy: 4,
    views: seeingMaintenance((own, now) => ({
      ...own,
      windows: own.windows.map((window) => anHourLate(window, now)),
    })),
  },
  {
    name: 'the freeze of a service does not hold for instances that run it',
    foundBy: 47,
    views: seeing((views) => ({
      ...views,
      maintenance: (name) => {
        const { own, everything } = views.maintenance(name);
        const freezes = Object.entries(own.freezes).filter(
          ([, { scope }]) => scope.kind !== 'service',
        );
        return { own: { ...own, freezes: Object.fromEntries(freezes) }, everything };
      },
    })),
  },
  {
    name: 'an instance that was handed back is forgotten',
    foundBy: 30,
    patch: () =>
      evolvedOtherwise((evolve) => (state, event) => {
        const next = evolve(state, event);
        if (event.type !== 'InstanceRestored' && event.type !== 'InstancePutOff') return next;
        if (next.status === 'none') return next;
        const { [event.data.containerInstanceArn]: _forgotten, ...instances } = next.instances;
        return { ...next, instances };
      }),
  },
  {
    name: 'that a task is protected is not looked at',
    foundBy: 33,
    views: seeing((views) => ({
      ...views,
      fleet: (name) => ({ ...views.fleet(name), protectedUntil: new Map() }),
    })),
  },
  {
    name: 'the limit of a zone is not looked at',
    foundBy: 12,
    ...spending({ perZone: whole }),
  },
  {
    name: 'a limit for each service is not looked at',
    foundBy: 6,
    ...spending({ perService: [] }),
  },
];
