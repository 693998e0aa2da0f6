import type { Maintenance } from '../../../domain/maintenance/leave.ts';
import { maintenanceFold } from '../../../domain/maintenance/maintenanceState.ts';
import { alwaysOpen } from '../../../domain/maintenance/whyNotWindows.ts';
import type { CapacityPlan, CapacityQuestion } from '../../../domain/scaling/capacityQuestion.ts';
import { planCapacity } from '../../../domain/scaling/planCapacity.ts';
import { defaultScalingPolicy } from '../../../domain/scaling/scalingPolicy.ts';
import { aFleet, at, imagesOf, instanceArn, taskArn } from '../../support/fleetBuilder.ts';
import { aGroup, capacityOf, m5 } from './scalingBuilder.ts';

const closed = maintenanceFold.initialState;
export const noWindows: Maintenance = { own: closed, everything: closed };
const openMaintenance: Maintenance = {
  own: { ...closed, windows: [alwaysOpen] },
  everything: closed,
};

type Fleet = Parameters<typeof aFleet>[0];

/** A budget that gives scale-in what it asks for. */
export const generous = {
  budget: {
    instances: { percent: 100 },
    services: { percent: 100 },
    reasons: [{ reason: 'scaleIn' as const }, { reason: 'patch' as const }],
  },
  leases: {},
};

/** Minute 60: described at minute 50, everything open, a generous budget. */
export const questionOf = (
  fleet: Fleet,
  { keepFreePercent, ...fields }: Partial<CapacityQuestion> & { keepFreePercent?: number } = {},
): CapacityQuestion => ({
  fleet: { view: aFleet(fleet), amis: [], channels: [], images: imagesOf() },
  capacity: capacityOf([], [], at(50)),
  ledger: generous,
  maintenance: openMaintenance,
  intents: [],
  waves: [],
  osReserveMiB: 2_048,
  policy: { ...defaultScalingPolicy, keepFreePercent: keepFreePercent ?? 0 },
  now: at(60),
  ...fields,
});

/** A group without a capacity provider, of these instances, each an m5.2xlarge. */
export const plain = (names: readonly string[], fields: Parameters<typeof aGroup>[1] = {}) => ({
  instances: names.map((name) => m5(name)),
  capacity: capacityOf([], [aGroup('plain', { has: names, ...fields })], at(50)),
});

const named = (subject: string): string =>
  subject.replace(instanceArn(''), '').replace(taskArn(''), '');

/** `plain 2 -> 4 (2 for tasks, 0 for a wave)`, `drain a`, and `a: InstanceTooNew`. */
export const told = ({ proposals, held }: CapacityPlan) => ({
  does: proposals.map(({ command }) => {
    if (command.type === 'DrainForScaleIn') return `drain ${named(command.containerInstanceArn)}`;
    const { groupName, from, desiredCapacity, forTasks, forWave } = command;
    const purpose = `${forTasks} for tasks, ${forWave} for a wave`;
    return `${groupName} ${from} -> ${desiredCapacity} (${purpose})`;
  }),
  holds: held.map(({ subject, reason }) => `${named(subject)}: ${reason}`),
});

export const plan = (...asked: Parameters<typeof questionOf>) =>
  told(planCapacity(questionOf(...asked)));
