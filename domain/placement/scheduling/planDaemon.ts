import { obstaclesOn, questionOf } from '../obstacles.ts';
import type {
  PlacementInstance,
  PlacementRule,
  PlacementRules,
  PlacementTask,
} from '../placementProblem.ts';
import { requirementOf } from '../requirement.ts';

/** A task of the daemon that is to run. */
export type DaemonTask = { readonly id: string; readonly instanceId: string };

export type DaemonPlan = {
  /** Instances that match and have none: one task is to start on each. */
  readonly start: readonly string[];
  readonly stop: readonly {
    readonly taskId: string;
    readonly because: 'Twice' | 'InstanceGone' | 'InstanceDraining' | 'NoLongerMatches';
  }[];
  /** Instances without a task, and the rules that keep it off. */
  readonly kept: readonly {
    readonly instanceId: string;
    readonly rules: readonly PlacementRule[];
  }[];
  /** How many instances the daemon is for: its desired count. */
  readonly matchingCount: number;
};

/** Rules that say which instances a daemon is for; the others say whether there is room. */
const matching: ReadonlySet<PlacementRule> = new Set(['Attribute', 'MemberOf']);

/**
 * DAEMON: one task on every instance that is ACTIVE, has the attributes the task definition
 * requires and satisfies the constraints; strategies are not asked, and `distinctInstance` holds by
 * itself (Amazon ECS Developer Guide, "Amazon ECS services"). On an instance that drains its task
 * leaves last, once nothing else runs there, because the others may need it. An instance whose
 * agent is away keeps what it has and gets nothing.
 */
export const planDaemon = (
  instances: readonly PlacementInstance[],
  task: PlacementTask,
  tasks: readonly DaemonTask[],
  rules: PlacementRules,
): DaemonPlan => {
  const alone = { ...task, constraints: task.constraints.filter(isQuery), strategies: [] };
  const question = questionOf(alone, requirementOf(alone, rules), rules);
  const there = Map.groupBy(tasks, ({ instanceId }) => instanceId);
  const start: string[] = [];
  const stop: DaemonPlan['stop'][number][] = [];
  const kept: DaemonPlan['kept'][number][] = [];
  let matchingCount = 0;
  for (const instance of instances.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const [own, ...more] = (there.get(instance.id) ?? []).toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    );
    there.delete(instance.id);
    for (const { id } of more) stop.push({ taskId: id, because: 'Twice' });
    const obstacles = obstaclesOn(instance, question);
    const isFor = !obstacles.some((rule) => matching.has(rule));
    if (isFor && instance.status === 'ACTIVE') matchingCount += 1;
    if (own === undefined) {
      if (obstacles.length === 0) start.push(instance.id);
      else kept.push({ instanceId: instance.id, rules: obstacles });
    } else if (!isFor) {
      stop.push({ taskId: own.id, because: 'NoLongerMatches' });
    } else if (instance.status === 'DRAINING' && isAlone(instance, own)) {
      stop.push({ taskId: own.id, because: 'InstanceDraining' });
    }
  }
  for (const { id } of [...there.values()].flat())
    stop.push({ taskId: id, because: 'InstanceGone' });
  return { start, stop, kept, matchingCount };
};

const isQuery = ({ type }: PlacementTask['constraints'][number]): boolean => type === 'memberOf';

const isAlone = ({ tasks }: PlacementInstance, { id }: DaemonTask): boolean =>
  tasks.every((each) => each.id === id || each.desiredStatus === 'STOPPED');
