import type { Blocker, DrainReason, Span, TaskFate } from './drainPlan.ts';
import type { DrainQuestion, StandalonePolicy } from './drainQuestion.ts';
import { type Estimate, noTime, plus } from './estimateDrain.ts';
import type { Room } from './findRoom.ts';
import type { Judged } from './judgeTask.ts';
import type { ServiceDrain } from './serviceInDrain.ts';

type Found = {
  readonly drains: readonly ServiceDrain[];
  readonly rooms: ReadonlyMap<string, Room>;
  readonly estimate: Estimate;
} & Pick<DrainQuestion, 'standalone' | 'protectedUntil'>;

export type Told = { readonly fate: TaskFate; readonly blocker?: Blocker };

/** What becomes of each task, and what stands against it where something does. */
export const fatesOf = (judged: readonly Judged[], found: Found): readonly Told[] => {
  const turns = turnsOf(found.drains);
  const why = new Map(found.drains.flatMap(({ kept, left }) => [...kept, ...left]));
  return judged
    .map((each) => fateOf(each, found, turns.get(each.task.taskArn), why))
    .toSorted((a, b) => (a.fate.taskArn < b.fate.taskArn ? -1 : 1));
};

type Turn = { starts?: number; stops?: number };

/** In which wave of its service a task is stopped, and its replacement started; from 1. */
const turnsOf = (drains: readonly ServiceDrain[]): ReadonlyMap<string, Turn> => {
  const turns = new Map<string, Turn>();
  const note = (arn: string, turn: Turn) => turns.set(arn, { ...turns.get(arn), ...turn });
  for (const { waves } of drains) {
    waves.waves.forEach((wave, place) => {
      for (const arn of wave.stops) note(arn, { stops: place + 1 });
      for (const arn of wave.starts) note(arn, { starts: place + 1 });
    });
  }
  return turns;
};

const fateOf = (
  { task, instance, judgement }: Judged,
  { rooms, estimate, standalone, protectedUntil }: Found,
  turn: Turn | undefined,
  why: ReadonlyMap<string, { readonly reason: DrainReason; readonly detail: string }>,
): Told => {
  const { taskArn, group } = task;
  const { containerInstanceArn } = instance;
  const about = { taskArn, containerInstanceArn, group };
  const leavesAfter = estimate.stopsAfter.get(taskArn) ?? noTime;
  const blocked = (reason: DrainReason, detail: string): Blocker => {
    const room = rooms.get(taskArn);
    const nearest = reason === 'NoCapacity' && room?.found === 'noRoom' ? room.nearest : undefined;
    const serviceName = group.startsWith('service:') ? group.slice('service:'.length) : null;
    const named = { containerInstanceArn, taskArn, serviceName, reason, detail };
    const until = reason === 'TaskProtected' ? (protectedUntil?.get(taskArn) ?? null) : null;
    return {
      ...named,
      ...(nearest !== undefined && { nearest }),
      ...(until !== null && { until }),
    };
  };
  const stays = (reason: DrainReason, detail: string): Told => ({
    fate: { ...about, outcome: 'stays', reason, detail },
    blocker: blocked(reason, detail),
  });
  if (judgement.is === 'staying') return stays(judgement.reason, judgement.detail);
  if (judgement.is === 'ending') {
    const { because } = judgement;
    const after = endsAfter(because, leavesAfter, standalone);
    return { fate: { ...about, outcome: 'ends', because, leavesAfter: after } };
  }
  const kept = why.get(taskArn);
  if (kept !== undefined) return stays(kept.reason, kept.detail);
  const room = rooms.get(taskArn);
  const { starts, stops } = turn ?? {};
  if (room?.found === 'room' && starts !== undefined && stops !== undefined) {
    const bytesToPull = estimate.bytes.get(taskArn) ?? null;
    const waves = { startsInWave: starts, stopsInWave: stops };
    const { to } = room;
    return { fate: { ...about, outcome: 'moved', to, ...waves, bytesToPull, leavesAfter } };
  }
  if (room?.found !== 'noRoom') {
    return { fate: { ...about, outcome: 'ends', because: 'NotReplaced', leavesAfter } };
  }
  const detail = `${room.detail}; its bounds let ECS stop it all the same`;
  return {
    fate: { ...about, outcome: 'ends', because: 'NoCapacity', leavesAfter },
    blocker: blocked('NoCapacity', detail),
  };
};

const endsAfter = (because: string, stop: Span, standalone: StandalonePolicy): Span | null => {
  if (because === 'Daemon') return null;
  if (because !== 'StoppedByPolicy' || standalone.type !== 'stopAfter') return stop;
  return plus({ low: standalone.afterMs, high: standalone.afterMs }, stop);
};
