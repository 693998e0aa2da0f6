import type { DrainPlan } from '../../../domain/draining/drainPlan.ts';
import type { DrainQuestion } from '../../../domain/draining/drainQuestion.ts';
import { planDrain } from '../../../domain/draining/planDrain.ts';
import { anInstance, at, imagesOf, instanceArn, taskArn } from '../../support/fleetBuilder.ts';

type Known = Partial<Omit<DrainQuestion, 'fleet' | 'instances'>> &
  Partial<Omit<DrainQuestion['fleet'], 'view'>>;

/** The plan for draining `names` at minute 0: standalone tasks are waited for. */
export const planFor = (
  view: DrainQuestion['fleet']['view'],
  names: readonly string[],
  { amis = [], channels = [], images = imagesOf(), ...known }: Known = {},
): DrainPlan =>
  planDrain({
    fleet: { view, amis, channels, images },
    instances: names.map(instanceArn),
    osReserveMiB: 2_048,
    now: at(0),
    standalone: { type: 'wait' },
    lastHealthyTask: 'hold',
    ...known,
  });

/** An instance with room for so many tasks of 1 vCPU and 2 GiB, those that run there included. */
export const roomFor = (
  name: string,
  tasks: number,
  fields: Parameters<typeof anInstance>[1] = {},
) => {
  const all = { cpu: tasks * 1024, memoryMiB: 65_536, tcpPorts: [], udpPorts: [] };
  return anInstance(name, { registered: all, remaining: all, ...fields });
};

/** `t1 -> b`, `t2 stays: NoCapacity`, `t3 ends: Daemon`. */
export const fates = ({ tasks }: DrainPlan): readonly string[] =>
  tasks.map((fate) => {
    const name = fate.taskArn.slice(taskArn('').length);
    if (fate.outcome === 'moved') return `${name} -> ${fate.to.slice(instanceArn('').length)}`;
    return `${name} ${fate.outcome}: ${fate.outcome === 'ends' ? fate.because : fate.reason}`;
  });

export const reasons = ({ blockers }: DrainPlan): readonly string[] =>
  blockers.map(({ reason }) => reason);
