import type {
  ExplainedSubject,
  TaskExplanation,
} from '../../domain/placement/explain/explainTask.ts';
import { faultText, needsText, whyNowhere } from '../../domain/placement/explain/whyNowhere.ts';
import type { ObservedInstance } from '../../events/fleet.ts';
import type { PlacementExplanation } from '../../events/placement.ts';
import type { RecordedPlacement } from '../../functions/api/queries/recordedPlacements.ts';
import { bytes, count, moment, shortArn, table } from '../text.ts';
import { ruleText } from './ruleText.ts';

/** The instances that are named, by ARN: what a person can find in the console. */
export type NamedInstances = {
  readonly instances: ReadonlyMap<string, Pick<ObservedInstance, 'ec2InstanceId' | 'attributes'>>;
};

const recordedMost = 10;

/** `tuesday explain` for a person: what it is, how it was sifted, who is best, what was decided. */
export const explanationLines = (
  view: NamedInstances,
  subject: ExplainedSubject,
  explained: TaskExplanation,
  recorded: readonly RecordedPlacement[],
): readonly string[] => {
  if ('unexplained' in explained) {
    return [headline(view, subject), `cannot be explained: ${explained.unexplained}`];
  }
  const { placement } = explained;
  return [
    headline(view, subject),
    `needs ${needsText(placement)}`,
    '',
    ...sieve(placement),
    ...explained.findings.map((finding) => `note: ${finding}`),
    '',
    ...(placement.placedOn === null
      ? nowhere(view, placement)
      : [...ranking(view, placement), ...standing(explained)]),
    ...history(view, recorded),
  ];
};

const headline = (view: NamedInstances, subject: ExplainedSubject): string => {
  if (subject.type === 'service') {
    const { serviceName, runningCount, desiredCount } = subject.service;
    return `the next task of service ${serviceName} (${runningCount} of ${desiredCount} run)`;
  }
  const { taskArn, group, lastStatus, containerInstanceArn, startedAt } = subject.task;
  const since = startedAt === undefined ? '' : ` since ${moment(startedAt)}`;
  const on = containerInstanceArn === undefined ? '' : ` on ${nameOf(view, containerInstanceArn)}`;
  return `task ${shortArn(taskArn)} of ${group} is ${lastStatus}${on}${since}`;
};

/** `i-0abc… (us-east-1a)`: what a person can find in the console. */
const nameOf = (view: NamedInstances, containerInstanceArn: string): string => {
  const instance = view.instances.get(containerInstanceArn);
  const zone = instance?.attributes['ecs.availability-zone'];
  return `${instance?.ec2InstanceId ?? shortArn(containerInstanceArn)}${zone ? ` (${zone})` : ''}`;
};

const sieve = (placement: PlacementExplanation): readonly string[] => {
  const { consideredCount, removed, candidateCount, fault } = placement;
  if (fault !== null) return [`no instance is asked: ${faultText(fault)}`];
  return table(
    [
      [`${consideredCount}`, 'instances are considered'],
      ...removed.map(({ rule, count: many }) => [`-${many}`, ruleText(rule), rule]),
      [`${candidateCount}`, 'may take it'],
    ],
    [0],
  );
};

const ranking = (view: NamedInstances, { candidates }: PlacementExplanation): readonly string[] => {
  const strategies = candidates[0]?.scores.map(({ strategy }) => strategy) ?? [];
  const asksBytes = candidates.some(({ bytesToPull }) => bytesToPull !== null);
  const rows = candidates.map(({ containerInstanceArn, scores, bytesToPull }, place) => [
    `${place + 1}.`,
    nameOf(view, containerInstanceArn),
    ...scores.map(({ value }) => `${value}`),
    ...(asksBytes
      ? [bytesToPull === null ? 'unknown' : bytesToPull === 0 ? 'nothing' : bytes(bytesToPull)]
      : []),
  ]);
  const header = ['', 'the best, less is better', ...strategies, ...(asksBytes ? ['to pull'] : [])];
  return table(
    [header, ...rows],
    header.map((_, column) => column).filter((column) => column >= 2),
  );
};

type Explained = Extract<TaskExplanation, { readonly placement: PlacementExplanation }>;

/** A task is where it was best then; what has changed since shows here. */
const standing = ({ itsOwn, placement }: Explained): readonly string[] => {
  if (itsOwn === null) return [];
  if ('rules' in itsOwn) {
    const why = itsOwn.rules.map(ruleText).join(' and ');
    return ['', `were it placed now, the instance it is on would not take it: ${why}`];
  }
  const where = itsOwn.rank === 1 ? 'the best' : `number ${itsOwn.rank}`;
  return [
    '',
    `were it placed now, the instance it is on would be ${where} of ${placement.candidateCount}`,
  ];
};

const nowhere = (
  view: NamedInstances,
  { nearMisses, consideredCount }: PlacementExplanation,
): readonly string[] => {
  if (nearMisses.length === 0) return ['it can be placed nowhere'];
  return [
    'it can be placed nowhere; what comes nearest:',
    ...nearMisses.flatMap(({ instanceCount, rules, nearestInstanceArn, lacks, remedies }) => [
      `  only this keeps it off ${instanceCount} of ${count(consideredCount, 'instance')}: ` +
        rules.map(ruleText).join('; '),
      `    ${nameOf(view, nearestInstanceArn)} ${lacks.join(' and ')}`,
      ...remedies.map((remedy) => `    to mend it: ${remedy}`),
    ]),
  ];
};

const history = (
  view: NamedInstances,
  recorded: readonly RecordedPlacement[],
): readonly string[] => {
  if (recorded.length === 0) return [];
  const shown = recorded.slice(-recordedMost);
  const title =
    shown.length < recorded.length
      ? `the last ${recordedMost} of ${recorded.length} findings:`
      : 'what was found when it was decided:';
  const rows = shown.map(({ at, because, placement, rolloutId }) => [
    `  ${moment(at)}`,
    shortArn(placement.taskId).slice(0, 12),
    because === 'drain' ? 'to be moved' : 'held',
    finding(view, placement),
    rolloutId,
  ]);
  return ['', title, ...table(rows)];
};

const finding = (view: NamedInstances, placement: PlacementExplanation): string => {
  const { placedOn, nearMisses, fault, consideredCount } = placement;
  if (placedOn !== null) return `expected on ${nameOf(view, placedOn)}`;
  const [nearest] = nearMisses;
  if (fault !== null || nearest === undefined) return whyNowhere(placement);
  const { instanceCount, nearestInstanceArn, lacks } = nearest;
  const many = `${instanceCount} of ${consideredCount}`;
  return `no room: ${many} nearly, ${nameOf(view, nearestInstanceArn)} ${lacks.join(' and ')}`;
};
