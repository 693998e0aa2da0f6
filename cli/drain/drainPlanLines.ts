import type { DrainReason, Ending, Span, TaskFate } from '../../domain/draining/drainPlan.ts';
import type { Answer } from '../../functions/api/contract/contract.ts';
import type { planDrains } from '../../functions/api/contract/drainPlan.ts';
import { printable } from '../printable.ts';
import { bytes, count, duration, shortArn, table } from '../text.ts';

type Plan = Omit<Answer<typeof planDrains>, 'planToken'>;
type Name = (arn: string) => string;

/**
 * `tuesday drain plan` for a person: the instances, each task, what stands against it, what the
 * services go through, and the verdict last, where the eye is when the screen stops.
 */
export const drainPlanLines = (plan: Plan): readonly string[] => {
  const name = namesOf(plan);
  return [
    ...overview(plan, name),
    ...plan.instances.flatMap(({ containerInstanceArn: arn }) => [
      ...tasksOf(
        plan.tasks.filter((fate) => fate.containerInstanceArn === arn),
        arn,
        name,
      ),
    ]),
    ...blockersOf(plan, name),
    ...servicesOf(plan),
    ...(plan.assumed.length === 0 ? [] : ['', 'assumed:']),
    ...plan.assumed.map((each) => `  ${each}`),
    '',
    verdictOf(plan),
  ];
};

/** `i-0abc… (us-east-1a)` of an instance, the id of anything else. */
const namesOf = ({ named }: Plan): Name => {
  const names = new Map(
    named.map(({ containerInstanceArn, ec2InstanceId, availabilityZone }) => {
      const id = ec2InstanceId ?? shortArn(containerInstanceArn);
      return [containerInstanceArn, availabilityZone ? `${id} (${availabilityZone})` : id];
    }),
  );
  return (arn) => names.get(arn) ?? shortArn(arn).slice(0, 12);
};

const overview = ({ instances }: Plan, name: Name): readonly string[] =>
  table(
    [
      ['instance', 'tasks', 'move', 'end', 'stay', 'empty after'],
      ...instances.map(({ containerInstanceArn, moved, ends, stays, emptyAfter }) => [
        name(containerInstanceArn),
        `${moved + ends + stays}`,
        `${moved}`,
        `${ends}`,
        `${stays}`,
        emptyAfter === null ? 'never' : spanText(emptyAfter),
      ]),
    ],
    [1, 2, 3, 4],
  );

/** `30 s to 5 min 30 s`, rounded up to whole minutes beyond two of them. */
const spanText = ({ low, high }: Span): string => {
  if (high === 0) return 'at once';
  const [from, to] = [roughly(low), roughly(high)];
  return from === to ? to : `${from} to ${to}`;
};

const roughly = (milliseconds: number): string =>
  duration(milliseconds < 120_000 ? milliseconds : Math.ceil(milliseconds / 60_000) * 60_000);

const tasksOf = (
  fates: readonly TaskFate[],
  containerInstanceArn: string,
  name: Name,
): readonly string[] => {
  if (fates.length === 0) return [];
  const rows = fates.map((fate) => [
    name(fate.taskArn),
    printable(fate.group.replace(/^service:/, '')),
    ...whereTo(fate, name),
  ]);
  const header = ['task', 'of', 'goes to', 'gone after', 'replaced', 'image'];
  const title = `on ${name(containerInstanceArn)}:`;
  return ['', title, ...table([header, ...rows]).map((line) => `  ${line}`)];
};

const whereTo = (fate: TaskFate, name: Name): readonly string[] => {
  if (fate.outcome === 'stays') return ['STAYS', '', fate.reason];
  const gone = fate.leavesAfter === null ? 'all others' : spanText(fate.leavesAfter);
  if (fate.outcome === 'ends') return ['nowhere', gone, endingText[fate.because]];
  const { to, startsInWave: start, stopsInWave: stop, bytesToPull } = fate;
  const wave = `wave ${Math.min(start, stop)}`;
  const how = start === stop ? 'at once' : start < stop ? 'before it stops' : 'after it stops';
  const pull = bytesToPull === null ? 'not known' : `${bytes(bytesToPull)} to pull`;
  return [name(to), gone, `${how}, ${wave}`, bytesToPull === 0 ? 'is there' : pull];
};

const endingText: Readonly<Record<Ending, string>> = {
  Daemon: 'a daemon, ends with its instance',
  NoCapacity: 'NO ROOM, stopped all the same',
  NotReplaced: 'not needed',
  Stopping: 'is stopping already',
  StoppedByPolicy: 'stopped by policy',
};

/** One entry for each reason and service: its tasks mostly share the sentence. */
const blockersOf = ({ blockers }: Plan, name: Name): readonly string[] => {
  if (blockers.length === 0) return [];
  const alike = Map.groupBy(
    blockers,
    ({ reason, serviceName, taskArn, containerInstanceArn: on }) =>
      `${reason} ${serviceName ?? ''} ${taskArn === null ? on : ''}`,
  );
  return [
    '',
    'blocked by:',
    ...[...alike.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { reason, serviceName, taskArn, containerInstanceArn, detail, nearest } = first;
      const which = group.length > 1 ? count(group.length, 'task') : `task ${name(taskArn ?? '')}`;
      const ofTasks = `${serviceName ?? 'standalone'}, ${which}`;
      const who = taskArn === null ? name(containerInstanceArn) : ofTasks;
      const remedies = [...(nearest?.remedies ?? []), ...remedyOf(reason)];
      return [
        `  ${reason}: ${printable(who)}`,
        `    ${printable(withNames(detail, name))}`,
        ...remedies.map((each) => `    to mend it: ${printable(withNames(each, name))}`),
      ];
    }),
  ];
};

const withNames = (text: string, name: Name): string =>
  text.replace(/arn:aws[\w-]*:ecs:[\w-]*:\d*:[\w/.-]*[\w](:\d+)?/g, name);

const remedies: Partial<Record<DrainReason, string>> = {
  DeploymentDeadlock:
    'raise its maximum percent (or, with more than one task, lower its minimum) for the drain',
  LastHealthyTask: 'raise its minimum and maximum, or plan with --allow-last-task',
  ServiceBelowMinimum: 'let the service recover first: see `tuesday explain <service>`',
  StandaloneTask: 'stop it, or plan with --standalone <minutes>',
  DrainedBySomeoneElse: 'ask whoever drains it',
};
const remedyOf = (reason: DrainReason): readonly string[] =>
  remedies[reason] === undefined ? [] : [remedies[reason]];

const wholeText = ({ short, waves, wholeAfter }: Plan['services'][number]): string => {
  if (short > 0) return `SHORT BY ${short}`;
  return waves === 0 ? '-' : spanText(wholeAfter);
};

const servicesOf = ({ services }: Plan): readonly string[] => {
  if (services.length === 0) return [];
  const rows = services.map((each) => [
    each.serviceName,
    `${each.running} of ${each.desiredCount}`,
    `${each.lowest}`,
    `${each.lowestPercent}%`,
    `${each.lowerBound}`,
    `${each.waves}`,
    wholeText(each),
    each.lowest < each.running ? 'dips' : '',
  ]);
  return [
    '',
    ...table(
      [['service', 'runs', 'lowest', 'healthy', 'minimum', 'waves', 'whole after', ''], ...rows],
      [1, 2, 3, 4, 5],
    ),
  ];
};

const verdictOf = ({ verdict, tasks, instances, services, emptyAfter, blockers }: Plan): string => {
  const what = count(instances.length, 'instance');
  const dips = services.filter(({ lowest, running }) => lowest < running).length;
  const dipping =
    dips === 0 ? 'no service dips' : `${count(dips, 'service')} ${dips === 1 ? 'dips' : 'dip'}`;
  const time =
    emptyAfter === null ? '' : ` after ${spanText(emptyAfter).replace('at once', '0 s')}`;
  if (verdict === 'empties') return `VERDICT: ${what} can be emptied${time}; ${dipping}`;
  if (verdict === 'emptiesShort') {
    const short = tasks.filter((fate) => fate.outcome === 'ends' && fate.because === 'NoCapacity');
    const many = count(short.length, 'task');
    return `VERDICT: ${what} can be emptied${time}, but ${many} would find no room; ${dipping}`;
  }
  const stays = tasks.filter(({ outcome }) => outcome === 'stays').length;
  const reasons = [...new Set(blockers.map(({ reason }) => reason))].join(', ');
  const stuck = stays === 0 ? 'not ours to drain' : `${count(stays, 'task')} would stay`;
  return `VERDICT: do not drain: ${stuck} (${reasons})`;
};
