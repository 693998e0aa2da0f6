import type { PlacementTask } from '../placement/placementProblem.ts';
import {
  fail,
  type Input,
  idOf,
  invalid,
  numberOf,
  type Operation,
  ok,
  pageOf,
  textOf,
  textsOf,
} from './answers.ts';
import { clusterResourceArn } from './arns.ts';
import { findInstance } from './ecsInstanceCalls.ts';
import { chooseInstance, whyNowhere } from './placement.ts';
import { placementTaskOf, wishesOf } from './placementTask.ts';
import { epochMoment, taskShape } from './shapes.ts';
import { findDefinition } from './taskDefinitions.ts';
import { familyOf } from './taskSteps.ts';
import { startTask, stopTask } from './tasks.ts';
import { schedule } from './timers.ts';
import type { Task, World } from './world.ts';

/** A clientToken is remembered for 24 hours (Amazon ECS API Reference, "Ensuring idempotency"). */
const tokenMs = 86_400_000;

const shapeOf = (world: World, task: Task) => ({
  ...taskShape(world, task, epochMoment),
  tags: [],
});

const findTask = (world: World, reference: string): Task | undefined => {
  return world.tasks[
    reference.startsWith('arn:') ? reference : clusterResourceArn(world, 'task', reference)
  ];
};

const listTasks: Operation = (world, input) => {
  const status = textOf(input, 'desiredStatus') ?? 'RUNNING';
  const serviceName = textOf(input, 'serviceName');
  if (serviceName !== undefined && world.services[idOf(serviceName)] === undefined) {
    return fail('ServiceNotFoundException', 'Service not found.');
  }
  const containerInstance = textOf(input, 'containerInstance');
  const instance = containerInstance && findInstance(world, containerInstance);
  if (containerInstance !== undefined && instance === undefined) {
    return invalid('Container instance not found.');
  }
  const family = textOf(input, 'family');
  const startedBy = textOf(input, 'startedBy');
  const arns = Object.values(world.tasks)
    .filter(
      (task) =>
        task.desiredStatus === status &&
        (serviceName === undefined || task.service === idOf(serviceName)) &&
        (!instance || task.ec2InstanceId === instance.ec2InstanceId) &&
        (family === undefined || familyOf(task) === family) &&
        (startedBy === undefined || task.startedBy === startedBy),
    )
    .map(({ arn }) => arn);
  const { page, nextToken } = pageOf(arns.sort(), input, 100);
  return ok({ taskArns: page, ...(nextToken && { nextToken }) });
};

const describeTasks: Operation = (world, input) => {
  const references = textsOf(input, 'tasks');
  if (references.length === 0) return invalid('Tasks cannot be empty.');
  if (references.length > 100) return invalid('Tasks can have at most 100 items.');
  return ok({
    tasks: references.flatMap((reference) => {
      const task = findTask(world, reference);
      return task === undefined ? [] : [{ ...shapeOf(world, task), healthStatus: 'UNKNOWN' }];
    }),
    failures: references
      .filter((reference) => findTask(world, reference) === undefined)
      .map((arn) => ({ arn, reason: 'MISSING' })),
  });
};

const runTask: Operation = (world, input) => {
  const token = textOf(input, 'clientToken');
  if (token !== undefined && !/^[!-~]{1,64}$/.test(token)) {
    return invalid('clientToken must be 1 to 64 ASCII characters.');
  }
  const count = numberOf(input, 'count') ?? 1;
  if (count < 1 || count > 10) return invalid('Count should be between 1 and 10.');
  const definition = findDefinition(world, textOf(input, 'taskDefinition') ?? '');
  if (definition === undefined) return fail('ClientException', 'TaskDefinition not found.');
  const wishes = wishesOf(input);
  if ('refused' in wishes) return wishes.refused;
  const request = JSON.stringify([definition.arn, count, wishes, parametersOf(input)]);
  const earlier = token === undefined ? undefined : world.tokens[token];
  if (earlier !== undefined) return repeated(world, earlier, request);
  const { startedBy, group } = parametersOf(input);
  const wish = placementTaskOf(definition, {
    ...wishes,
    group: group ?? `family:${definition.family}`,
  });
  const started: Task[] = [];
  while (started.length < count) {
    const instance = chooseInstance(world, wish);
    if (instance === undefined) break;
    const origin = { ...(startedBy && { startedBy }), ...(group && { group }) };
    started.push(startTask(world, definition, instance, origin));
  }
  if (token !== undefined && started.length > 0) {
    world.tokens[token] = { request, tasks: started.map(({ arn }) => arn) };
    schedule(world, world.now + tokenMs, { kind: 'token', id: token });
  }
  const failures = started.length < count ? whyNone(world, wish) : [];
  return ok({ tasks: started.map((task) => shapeOf(world, task)), failures });
};

const parametersOf = (input: Input) => ({
  startedBy: textOf(input, 'startedBy'),
  group: textOf(input, 'group'),
});

/**
 * The same request again gives the same tasks as they are now; another one under the same token is
 * refused.
 */
const repeated = (
  world: World,
  earlier: { readonly request: string; readonly tasks: readonly string[] },
  request: string,
) =>
  earlier.request === request
    ? ok({
        tasks: earlier.tasks.flatMap((arn) => {
          const task = world.tasks[arn];
          return task === undefined ? [] : [shapeOf(world, task)];
        }),
        failures: [],
      })
    : fail(
        'ConflictException',
        'The RunTask request could not be processed due to conflicts. The provided clientToken ' +
          'is already in use with a different RunTask request.',
        { resourceIds: earlier.tasks },
      );

/** An instance that no constraint names is not worth a failure of its own. */
const whyNone = (world: World, wish: PlacementTask) => {
  const failures = whyNowhere(world, wish);
  const named = failures.filter(({ reason }) => !reason.startsWith('MemberOf'));
  return named.length > 0 ? named : [{ reason: 'MemberOf placement constraint unsatisfied.' }];
};

const stopTaskCall: Operation = (world, input) => {
  const task = findTask(world, textOf(input, 'task') ?? '');
  if (task === undefined) return invalid('The referenced task was not found.');
  stopTask(world, task, {
    stopCode: 'UserInitiated',
    reason: textOf(input, 'reason') ?? 'Task stopped by user',
  });
  return ok({ task: shapeOf(world, task) });
};

export const taskOperations: Readonly<Record<string, Operation>> = {
  ListTasks: listTasks,
  DescribeTasks: describeTasks,
  RunTask: runTask,
  StopTask: stopTaskCall,
};
