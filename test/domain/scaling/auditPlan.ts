import { ledger } from '../../../domain/maintenance/ledger.ts';
import type {
  CapacityPlan,
  CapacityQuestion,
  ScalingCommand,
} from '../../../domain/scaling/capacityQuestion.ts';
import type { ObservedTask } from '../../../events/fleet.ts';

import { drainingNow, fitsExactly, type Kinds } from './exactRoom.ts';

// What must hold of every plan, told from the question alone: nothing of the planner
// and of the placement engine is used here.

type Raise = Extract<ScalingCommand, { type: 'SetDesiredCapacity' }>;
type Drain = Extract<ScalingCommand, { type: 'DrainForScaleIn' }>;

/** A sentence for each thing that is wrong; `[]` for a plan that may be carried out. */
export const auditPlan = (question: CapacityQuestion, plan: CapacityPlan): readonly string[] => {
  const commands = plan.proposals.map(({ command }) => command);
  const raises = commands.filter((each): each is Raise => each.type === 'SetDesiredCapacity');
  const drains = commands.filter((each): each is Drain => each.type === 'DrainForScaleIn');
  return [
    ...raises.flatMap((raise) => auditRaise(question, raise)),
    ...(raises.length > 0 && drains.length > 0 ? ['it grows and shrinks at once'] : []),
    ...drains.flatMap((drain) => auditDrain(question, drain)),
    ...auditRoom(question, drains),
    ...auditSizes(question, drains),
    ...auditLeases(question, plan),
    ...auditDemand(question, plan, raises, drains),
    ...auditHeld(question, plan, commands),
    ...auditHeadroom(question, plan, raises),
  ];
};

const ours = ({ capacity, now, policy }: CapacityQuestion, name: string): boolean => {
  const known = capacity.groups[name];
  const provider = Object.values(capacity.providers).find(
    (each) => each.provider.group?.autoScalingGroupArn === known?.group.arn,
  );
  if (known === undefined || provider?.provider.group?.managedScaling === true) return false;
  return now - known.observedAt <= policy.staleAfterMs;
};

const auditRaise = (question: CapacityQuestion, raise: Raise): readonly string[] => {
  const { groupName, from, desiredCapacity: to, forTasks, forWave } = raise;
  const group = question.capacity.groups[groupName]?.group;
  if (group === undefined || !ours(question, groupName)) return [`${groupName} is not ours`];
  const atOnce = question.waves.reduce((sum, wave) => sum + wave.atOnce, 0);
  return [
    ...(from === group.desiredCapacity ? [] : [`${groupName} is not at ${from}`]),
    ...(to > from && to <= group.maxSize && to >= group.minSize ? [] : [`${groupName} to ${to}`]),
    ...(forTasks + forWave === to - from ? [] : [`${groupName}: purposes do not add up`]),
    ...(to - from <= question.policy.launchesMost ? [] : [`${groupName}: too many at once`]),
    ...(forWave <= atOnce ? [] : [`${groupName}: more headroom than the wave empties`]),
  ];
};

const live = ({ fleet }: CapacityQuestion): readonly ObservedTask[] =>
  [...fleet.view.tasks.values()].filter(({ desiredStatus }) => desiredStatus !== 'STOPPED');

const auditDrain = (question: CapacityQuestion, drain: Drain): readonly string[] => {
  const { capacity, fleet, ledger: state, now, policy, maintenance } = question;
  const arn = drain.containerInstanceArn;
  const instance = fleet.view.instances.get(arn);
  const group = capacity.groups[drain.groupName]?.group;
  if (instance === undefined || group === undefined) return [`${arn} is not there`];
  const id = instance.ec2InstanceId;
  const leased = Object.values(state.leases).some(({ subject }) => subject.id === arn);
  const standalone = live(question).some(
    (task) => task.containerInstanceArn === arn && !task.group.startsWith('service:'),
  );
  const faults: readonly (readonly [boolean, string])[] = [
    [!ours(question, drain.groupName), 'its group is not ours'],
    [instance.status !== 'ACTIVE' || !instance.agentConnected, 'it is not active'],
    [leased, 'someone disturbs it'],
    [standalone, 'it runs a standalone task'],
    [id === undefined || !group.inService.includes(id), 'it is not in service'],
    [id !== undefined && group.protectedFromScaleIn.includes(id), 'it is protected'],
    [now - (instance.registeredAt ?? now) < policy.settledMs, 'it is too new'],
    [maintenance.own.windows.length === 0, 'no window is open'],
    [drain.score < 1 / policy.worthK, 'it is not worth it'],
    [isForeign(question, drain.groupName), 'someone else has just set its desired capacity'],
  ];
  return faults.flatMap(([isSo, what]) => (isSo ? [`${arn}: ${what}`] : []));
};

/** Questions here carry no intents: every change is someone else's, and recent. */
const isForeign = ({ capacity }: CapacityQuestion, name: string): boolean =>
  (capacity.groups[name]?.desiredChanges.length ?? 0) > 0;

/** What is on them finds room, those that the wave takes next emptied too. */
const auditRoom = (question: CapacityQuestion, drains: readonly Drain[]): readonly string[] => {
  if (drains.length === 0) return [];
  const gone = drains.map((drain): string => drain.containerInstanceArn);
  const wave = largest(question, new Set(gone));
  return fitsExactly(question, [...gone, ...wave])
    ? []
    : [`what is on ${gone.join()} and the wave ${wave.join()} has no room`];
};

/** The instances of the wave with most memory that moves. */
const largest = (
  { fleet, waves }: CapacityQuestion,
  without: ReadonlySet<string>,
): readonly string[] => {
  const { view } = fleet;
  const moved = (arn: string, what: 'memoryMiB' | 'cpu') =>
    [...view.tasks.values()]
      .filter((task) => task.containerInstanceArn === arn && /^service:(?!agent)/.test(task.group))
      .flatMap((task) => view.taskDefinitions.get(task.taskDefinitionArn)?.containers ?? [])
      .reduce((sum, container) => sum + (container[what] ?? 0), 0);
  return waves.flatMap(({ instances, atOnce }) =>
    instances
      .filter((arn) => {
        const instance = view.instances.get(arn);
        return instance?.status === 'ACTIVE' && instance.agentConnected && !without.has(arn);
      })
      .toSorted(
        (a, b) =>
          moved(b, 'memoryMiB') - moved(a, 'memoryMiB') ||
          moved(b, 'cpu') - moved(a, 'cpu') ||
          (a < b ? -1 : 1),
      )
      .slice(0, atOnce),
  );
};

const auditSizes = (question: CapacityQuestion, drains: readonly Drain[]): readonly string[] => {
  const { capacity, fleet, ledger: state, policy } = question;
  return Object.values(capacity.groups).flatMap(({ group }) => {
    const { name, desiredCapacity, minSize } = group;
    const going = drains.filter(({ groupName }) => groupName === name).length;
    if (going === 0) return [];
    const under = Object.values(state.leases).filter(({ reason, subject }) => {
      const id = fleet.view.instances.get(subject.id)?.ec2InstanceId;
      return reason === 'scaleIn' && id !== undefined && group.inService.includes(id);
    }).length;
    const step = Math.max(1, Math.floor((desiredCapacity * policy.scaleInMostPercent) / 100));
    return [
      ...(desiredCapacity - under - going >= minSize ? [] : [`${name} falls below its minimum`]),
      ...(going + under <= step ? [] : [`${name} loses too many at once`]),
    ];
  });
};

/** The ledger itself grants every lease that is asked for, one after the other. */
const auditLeases = (question: CapacityQuestion, plan: CapacityPlan): readonly string[] => {
  let state = question.ledger;
  return plan.proposals.flatMap(({ lease, command }) => {
    if (command.type !== 'DrainForScaleIn') return [];
    if (lease?.reason !== 'scaleIn') return [`${command.containerInstanceArn} has no lease`];
    if (lease.subject.id !== command.containerInstanceArn) return ['the lease is for another'];
    try {
      state = ledger.decide(lease, state).reduce(ledger.evolve, state);
      return [];
    } catch (error) {
      return [`the ledger refuses: ${error instanceof Error ? error.message : ''}`];
    }
  });
};

/** Tasks that wait, by service: what is missing, and what is PROVISIONING and ours. */
const demand = (question: CapacityQuestion): ReadonlyMap<string, number> => {
  const { fleet, capacity } = question;
  const counts = new Map<string, number>();
  for (const service of fleet.view.services.values()) {
    if (service.schedulingStrategy === 'DAEMON') continue;
    const group = `service:${service.serviceName}`;
    const there = live(question).filter((task) => task.group === group).length;
    if (service.desiredCount > there) counts.set(group, service.desiredCount - there);
  }
  for (const task of live(question)) {
    const { capacityProviderName: name, containerInstanceArn, lastStatus, group } = task;
    if (lastStatus !== 'PROVISIONING' || containerInstanceArn !== undefined) continue;
    const arn = capacity.providers[name ?? '']?.provider.group?.autoScalingGroupArn;
    const own = Object.values(capacity.groups).find((each) => each.group.arn === arn);
    if (own !== undefined && !ours(question, own.group.name)) continue;
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
};

const kindsOf = (counts: ReadonlyMap<string, number>): Kinds => ({
  small: counts.get('service:small') ?? 0,
  large: counts.get('service:large') ?? 0,
  port: counts.get('service:port') ?? 0,
});

const auditDemand = (
  question: CapacityQuestion,
  { held }: CapacityPlan,
  raises: readonly Raise[],
  drains: readonly Drain[],
): readonly string[] => {
  const waiting = [...demand(question).values()].reduce((sum, count) => sum + count, 0);
  const forTasks = raises.reduce((sum, raise) => sum + raise.forTasks, 0);
  const hasOurs = Object.keys(question.capacity.groups).some((name) => ours(question, name));
  const isHelped =
    forTasks > 0 || held.some(({ subject }) => subject.startsWith('service:')) || !hasOurs;
  const draining = drainingNow(question);
  const stranded = live(question).filter(({ containerInstanceArn }) =>
    draining.includes(containerInstanceArn ?? ''),
  ).length;
  const isTold = held.some(({ reason }) => reason === 'TasksWaiting');
  return [
    ...(waiting > 0 && drains.length > 0 ? ['it shrinks while tasks wait'] : []),
    ...(forTasks <= waiting + stranded ? [] : ['more instances than tasks that wait']),
    ...(waiting > 0 && hasOurs && !isTold ? ['that tasks wait is not told'] : []),
    ...(isHelped || fitsExactly(question, [], kindsOf(demand(question)))
      ? []
      : ['tasks have no room, and nothing is done or told of it']),
  ];
};

/** Nobody is both chosen and held, and of a group that is ours nobody is passed over. */
const auditHeld = (
  question: CapacityQuestion,
  { held }: CapacityPlan,
  commands: readonly ScalingCommand[],
): readonly string[] => {
  const { capacity, fleet } = question;
  const subjects = new Set(held.map(({ subject }) => subject));
  const chosen = new Set(
    commands.map((each): string =>
      each.type === 'DrainForScaleIn' ? each.containerInstanceArn : each.groupName,
    ),
  );
  const drained = commands.flatMap((each) =>
    each.type === 'DrainForScaleIn' ? [each.containerInstanceArn as string] : [],
  );
  const lost = Object.values(capacity.groups).flatMap(({ group }) => {
    if (subjects.has(group.name)) return [];
    return [...fleet.view.instances.values()]
      .filter(({ ec2InstanceId: id }) => id !== undefined && group.inService.includes(id))
      .map(({ containerInstanceArn }): string => containerInstanceArn)
      .filter((arn) => !subjects.has(arn) && !chosen.has(arn));
  });
  return [
    ...drained.filter((arn) => subjects.has(arn)).map((arn) => `${arn} is chosen and held`),
    ...(new Set(drained).size < drained.length ? ['an instance is chosen twice'] : []),
    ...lost.map((arn) => `${arn} is neither chosen nor held`),
  ];
};

/** Where nothing is launched for a wave and nothing is told of it, it finds room as it is. */
const auditHeadroom = (
  question: CapacityQuestion,
  { held }: CapacityPlan,
  raises: readonly Raise[],
): readonly string[] => {
  const { waves, capacity } = question;
  const isComing = Object.values(capacity.groups).some(
    ({ group }) => group.desiredCapacity > group.inService.length,
  );
  const isTold = held.some(
    ({ subject, reason }) =>
      waves.some(({ rolloutId }) => rolloutId === subject) || reason === 'ManagedScaling',
  );
  if (raises.length > 0 || isTold || isComing || demand(question).size > 0) return [];
  if (!fitsExactly(question, [])) return [];
  return fitsExactly(question, largest(question, new Set())) ? [] : ['the wave finds no room'];
};
