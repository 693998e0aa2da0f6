import type { Instant } from '../../events/ids.ts';
import type { QueryRefusal, QuerySubject } from '../placement/query/ast.ts';
import { compileQuery } from '../placement/query/compile.ts';
import { dependenciesOf } from '../placement/query/dependencies.ts';
import { parseQuery } from '../placement/query/parse.ts';
import type { Instance, World } from './world.ts';

export type InstanceQuery = (instance: Instance) => boolean;

/** The version that every simulated agent has. */
export const agentVersion = '1.99.0';

/** A cluster query over the instances of `world`, as they are whenever it is asked. */
export const instanceQuery = (
  world: World,
  expression: string,
): { readonly ok: InstanceQuery } | { readonly refused: QueryRefusal } => {
  const parsed = parseQuery(expression);
  if ('refused' in parsed) return parsed;
  const holds = compileQuery(parsed.ok);
  const countsTasks = dependenciesOf(parsed.ok).changesWithTasks;
  return { ok: (instance) => holds(subjectOf(world, instance, countsTasks)) };
};

const subjectOf = (world: World, instance: Instance, countsTasks: boolean): QuerySubject => {
  const tasks = countsTasks ? instance.tasks.flatMap((arn) => world.tasks[arn] ?? []) : [];
  return {
    ec2InstanceId: instance.ec2InstanceId,
    agentConnected: instance.agentConnected,
    agentVersion,
    registeredAt: instance.registeredAt as Instant,
    runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    attributes: instance.attributes,
    taskGroups: tasks.flatMap(({ desiredStatus, group }) =>
      desiredStatus === 'RUNNING' ? [group] : [],
    ),
  };
};
