import type { ObservedInstance, ObservedService } from '../../events/fleet.ts';
import { serviceOfTask, tasksOn } from '../fleet/fleetView.ts';
import type { Blocker, DrainPlan, Verdict } from './drainPlan.ts';
import type { DrainQuestion } from './drainQuestion.ts';
import { type Estimate, estimateDrain, type TaskTimes } from './estimateDrain.ts';
import { fatesOf } from './fates.ts';
import { findRoom, type Room } from './findRoom.ts';
import { type Judged, judgeTask, whyNotActive } from './judgeTask.ts';
import { emptyTogether, instanceOutcomes, serviceOutcomes } from './outcomes.ts';
import { drainService, type Leaving, type ServiceDrain, serviceMoves } from './serviceInDrain.ts';
import { stopsAsRead } from './stopsAsRead.ts';
import { type Assumption, assumptions, layersKnownOn, startTimes, stopSpan } from './taskTimes.ts';

/**
 * What happens if these instances are drained now, together: where each task would go, in what
 * order, what stays and why, and how long it takes. What is DRAINING already claims room and the
 * bounds of its services as well, so it is reckoned with though not told about. Nothing is changed.
 */
export const planDrain = (raw: DrainQuestion): DrainPlan => {
  const question = { ...stopsAsRead(raw.fleet.view), ...raw };
  const { view } = question.fleet;
  const asked = question.instances.flatMap((arn) => view.instances.get(arn) ?? []);
  const draining = [...view.instances.values()].filter(
    (each) => each.status === 'DRAINING' && !asked.includes(each),
  );
  const judged = [...asked, ...draining].flatMap((instance) =>
    tasksOn(view, instance.containerInstanceArn).map((task) => ({
      task,
      instance,
      judgement: judgeTask(task, instance, question),
    })),
  );
  const moves = movesOf(judged, question);
  const rooms = findRoom(
    question,
    new Set([...asked, ...draining].map((each) => each.containerInstanceArn)),
    moves.flatMap(({ leaving, surplus, needed }) =>
      leaving.slice(surplus).map((each, place) => ({ ...each, isNeeded: place < needed })),
    ),
  );
  const drains = moves.map((each) => drainService(view, each, rooms));
  const { estimate, assumed } = estimated(judged, drains, rooms, question);
  const told = judged.filter(({ instance }) => asked.includes(instance));
  const tasks = fatesOf(told, { ...question, drains, rooms, estimate });
  const blockers = [
    ...asked.flatMap((each) => whyNotOurs(each, question)),
    ...tasks.flatMap((fate) => fate.blocker ?? []),
  ];
  const fates = tasks.map(({ fate }) => fate);
  const instances = instanceOutcomes(asked, fates);
  return {
    verdict: verdictOf(
      blockers,
      fates.some(({ outcome }) => outcome === 'stays'),
    ),
    instances,
    tasks: fates,
    services: serviceOutcomes(drains, estimate, told, fates),
    blockers,
    emptyAfter: emptyTogether(instances),
    assumed,
  };
};

/** By service, those that leave, in the order of the services' names. */
const movesOf = (judged: readonly Judged[], question: DrainQuestion) => {
  const leaving = new Map<ObservedService, Leaving[]>();
  for (const { task, judgement } of judged) {
    if (judgement.is !== 'leaving') continue;
    const { service, placement } = judgement;
    const others = leaving.get(service) ?? [];
    others.push({ task, placement });
    leaving.set(service, others);
  }
  return [...leaving]
    .toSorted(([a], [b]) => (a.serviceName < b.serviceName ? -1 : 1))
    .map(([service, all]) => {
      const inOrder = all.toSorted((a, b) => (a.task.taskArn < b.task.taskArn ? -1 : 1));
      return serviceMoves(question.fleet.view, service, inOrder, question);
    });
};

/** The time that each task takes, and what had to be assumed to say so. */
const estimated = (
  judged: readonly Judged[],
  drains: readonly ServiceDrain[],
  rooms: ReadonlyMap<string, Room>,
  question: DrainQuestion,
): { readonly estimate: Estimate; readonly assumed: readonly string[] } => {
  const needed = new Set<Assumption>();
  const assume = (assumption: Assumption) => needed.add(assumption);
  const times = new Map<string, TaskTimes>();
  const layersOn = new Map<string, ReadonlySet<string>>();
  for (const { task } of judged) {
    const service = serviceOfTask(question.fleet.view, task);
    const stop = stopSpan(task, service, question, assume);
    const room = rooms.get(task.taskArn);
    if (room?.found !== 'room' || service === undefined) {
      times.set(task.taskArn, { stop });
      continue;
    }
    times.set(task.taskArn, { stop, start: startTimes(task, service, room.to, question, assume) });
    const known = layersKnownOn(question.fleet, room.to);
    if (known === undefined) assume('cache');
    else layersOn.set(room.to, known);
  }
  const services = drains.map(({ waves }) => waves.waves);
  const estimate = estimateDrain({ services, times, layersOn });
  // What is stopped without being in a wave: daemons, and tasks that stand alone.
  const stopsAfter = new Map(estimate.stopsAfter);
  for (const [arn, { stop }] of times) if (!stopsAfter.has(arn)) stopsAfter.set(arn, stop);
  const assumed = Object.entries(assumptions).flatMap(([name, text]) =>
    needed.has(name as Assumption) ? [text] : [],
  );
  return { estimate: { ...estimate, stopsAfter }, assumed };
};

const whyNotOurs = (
  instance: ObservedInstance,
  { drainedByUs }: DrainQuestion,
): readonly Blocker[] => {
  const { containerInstanceArn, status } = instance;
  const whole = { containerInstanceArn, taskArn: null, serviceName: null };
  const inactive = whyNotActive(instance);
  if (inactive !== undefined) return [{ ...whole, reason: 'InstanceNotActive', detail: inactive }];
  if (status !== 'DRAINING' || drainedByUs?.has(containerInstanceArn)) return [];
  const detail =
    'someone else has set it DRAINING: ECS empties it, and what becomes of it is theirs';
  return [{ ...whole, reason: 'DrainedBySomeoneElse', detail }];
};

const verdictOf = (blockers: readonly Blocker[], somethingStays: boolean): Verdict => {
  if (somethingStays || blockers.some(({ reason }) => reason !== 'NoCapacity')) return 'blocked';
  return blockers.length > 0 ? 'emptiesShort' : 'empties';
};
