import type { Desk } from './auditDesk.ts';
import type { Recorded } from './auditRecord.ts';
import { runningOn } from './auditTruth.ts';

// S12-like: scale-in protection is its application's word that a task must not be moved (ECS
// Developer Guide, task-scale-in-protection). Whether a drain heeds it no page says.

export const protectionMeetings = ['heldByProtection'] as const;
export type ProtectionMeeting = (typeof protectionMeetings)[number];

type Protection = { readonly until: number; readonly at: number };

export type ProtectionBook = {
  /** By task ARN: until when, as the record says, and since when it says so. */
  readonly known: Map<string, Protection>;
  readonly met: Record<ProtectionMeeting, number>;
};

export const createProtectionBook = (): ProtectionBook => ({
  known: new Map(),
  met: { heldByProtection: 0 },
});

/** To be called before the event is noted: a pass knows what was stored before it began. */
export const judgeProtected = (
  { known }: ProtectionBook,
  { event, stream, at }: Recorded,
  desk: Desk,
): void => {
  if (event.type !== 'InstanceDrainIntended') return;
  const { containerInstanceArn } = event.data;
  for (const task of runningOn(desk.previous, containerInstanceArn)) {
    const protection = known.get(task.arn);
    if (protection === undefined || protection.at >= at || protection.until <= at) continue;
    desk.say(`I8: ${stream} is to drain ${containerInstanceArn}, and ${task.arn} is protected`);
  }
};

export const noteProtection = ({ known, met }: ProtectionBook, { event, at }: Recorded): void => {
  if (event.type === 'TaskProtectionObserved') {
    const { taskArn, protected: isProtected, expiresAt: until = Infinity } = event.data;
    if (isProtected) known.set(taskArn, { until, at });
    else known.delete(taskArn);
  }
  if (event.type !== 'HoldsChanged') return;
  if (event.data.held.some(({ reason }) => reason === 'TaskProtected')) met.heldByProtection += 1;
};
