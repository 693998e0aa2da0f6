import type { ObservedService, ObservedTask } from '../../../events/fleet.ts';
import type { PlacementExplanation } from '../../../events/placement.ts';
import { serviceOfTask, tasksOfService } from '../../fleet/fleetView.ts';
import { defaultCompatibility } from '../../windows/compatibility.ts';
import { imageKnowledgeOf, type KnownFleet, placementInstancesOf } from '../fleetKnowledge.ts';
import { taskPatternOf } from '../fleetTask.ts';
import { obstaclesOn } from '../obstacles.ts';
import type { PlacementRule, PlacementRules, PlacementTask } from '../placementProblem.ts';
import { judgeFleet } from '../query/judgeFleet.ts';
import { ecsRules, withoutTask } from '../requirement.ts';
import { scan } from '../scanPlacements.ts';
import { explainPlacement } from './explainPlacement.ts';

/** What the answer is about: a task that is there, or the next one of a service. */
export type ExplainedSubject =
  | { readonly type: 'task'; readonly task: ObservedTask }
  | { readonly type: 'service'; readonly service: ObservedService };

export type TaskExplanation =
  | {
      readonly placement: PlacementExplanation;
      /** What is odd about its constraints in this fleet, one sentence each. */
      readonly findings: readonly string[];
      /** How the instance that a task is on stands: its rank, or the rules that now remove it. */
      readonly itsOwn:
        | { readonly rank: number }
        | { readonly rules: readonly PlacementRule[] }
        | null;
    }
  | { readonly unexplained: string };

/**
 * Where the task would go were it placed now, by the rules of ECS and those of Windows together. A
 * task that runs is looked at as if it were not there.
 */
export const explainTask = (
  fleet: KnownFleet,
  subject: ExplainedSubject,
  osReserveMiB: number,
): TaskExplanation => {
  const task = placementTaskOf(fleet, subject);
  if ('unexplained' in task) return task;
  const rules: PlacementRules = {
    ...ecsRules,
    windows: { osReserveMiB, compatibility: defaultCompatibility },
  };
  const findings = task.constraints.flatMap((each) =>
    each.type === 'memberOf'
      ? judgeFleet(each.query, fleet.view).findings.map(({ message }) => message)
      : [],
  );
  const instances = placementInstancesOf(fleet).map((each) => withoutTask(each, task.id));
  const placement = explainPlacement(instances, task, rules);
  if (subject.type === 'service') return { placement, findings, itsOwn: null };
  const own = subject.task.containerInstanceArn;
  const { candidates, question } = scan(instances, task, rules);
  const place = candidates.findIndex(({ instance }) => instance.id === own);
  if (place >= 0) return { placement, findings, itsOwn: { rank: place + 1 } };
  const instance = instances.find(({ id }) => id === own);
  return {
    placement,
    findings,
    itsOwn: instance ? { rules: obstaclesOn(instance, question) } : null,
  };
};

const placementTaskOf = (
  { view, images }: KnownFleet,
  subject: ExplainedSubject,
): PlacementTask | { readonly unexplained: string } => {
  const service = subject.type === 'service' ? subject.service : serviceOfTask(view, subject.task);
  const like = subject.type === 'task' ? subject.task : lastOf(view, subject.service);
  const taskDefinitionArn =
    subject.type === 'task' ? subject.task.taskDefinitionArn : subject.service.taskDefinitionArn;
  const definition = view.taskDefinitions.get(taskDefinitionArn);
  if (definition === undefined) {
    return { unexplained: `${taskDefinitionArn} has not been described yet` };
  }
  const group =
    subject.type === 'task' ? subject.task.group : `service:${subject.service.serviceName}`;
  const pattern = taskPatternOf(group, definition, service ?? {}, (name) => {
    const container = like?.containers.find((each) => each.name === name);
    return imageKnowledgeOf(images, container);
  });
  if ('unreadable' in pattern) return { unexplained: pattern.unreadable };
  const own = subject.type === 'task' ? subject.task.containerInstanceArn : undefined;
  return {
    ...pattern,
    // A standalone task has no default strategy.
    strategies: service === undefined ? [] : pattern.strategies,
    id: subject.type === 'task' ? subject.task.taskArn : group,
    hostVolumeInstanceId: definition.hostPaths.length > 0 ? (own ?? null) : null,
    chance: 0,
  };
};

/** The newest task of a service tells what its images are. */
const lastOf = (view: KnownFleet['view'], { serviceName, taskDefinitionArn }: ObservedService) =>
  tasksOfService(view, serviceName)
    .filter((task) => task.taskDefinitionArn === taskDefinitionArn)
    .toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))[0];
