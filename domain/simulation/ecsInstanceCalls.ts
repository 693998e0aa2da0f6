import {
  type Input,
  idOf,
  invalid,
  type Operation,
  ok,
  pageOf,
  recordsOf,
  textOf,
  textsOf,
} from './answers.ts';
import { clusterResourceArn } from './arns.ts';
import { publishInstance } from './envelopes.ts';
import { instanceQuery } from './instanceQuery.ts';
import { deregisterInstance } from './instances.ts';
import { evaluateSoon, wakeWaiting } from './serviceSignals.ts';
import { attributesShape, instanceShape } from './shapes.ts';
import type { Instance, World } from './world.ts';

const shapeOf = (world: World, instance: Instance) => ({
  ...instanceShape(world, instance),
  attachments: [],
  registeredAt: instance.registeredAt / 1000,
  tags: [],
});

export const findInstance = (world: World, reference: string): Instance | undefined => {
  const arn = reference.startsWith('arn:')
    ? reference
    : clusterResourceArn(world, 'container-instance', reference);
  return world.instances[world.containerInstances[arn] ?? ''];
};

const listContainerInstances: Operation = (world, input) => {
  const status = textOf(input, 'status');
  const expression = textOf(input, 'filter');
  const query = expression === undefined ? { ok: () => true } : instanceQuery(world, expression);
  if ('refused' in query) return invalid(`Invalid filter. ${query.refused.message}`);
  const arns = Object.values(world.instances).flatMap((instance) => {
    const isListed = instance.status === 'ACTIVE' || instance.status === 'DRAINING';
    const isWanted = isListed && (status === undefined || instance.status === status);
    return isWanted && query.ok(instance) && instance.arn !== null ? [instance.arn] : [];
  });
  const { page, nextToken } = pageOf(arns.sort(), input, 100);
  return ok({ containerInstanceArns: page, ...(nextToken && { nextToken }) });
};

const describeContainerInstances: Operation = (world, input) => {
  const references = textsOf(input, 'containerInstances');
  if (references.length === 0) return invalid('Container instances cannot be empty.');
  if (references.length > 100) return invalid('Container instances can have at most 100 items.');
  return ok(found(world, references));
};

const found = (world: World, references: readonly string[]) => ({
  containerInstances: references.flatMap((reference) => {
    const instance = findInstance(world, reference);
    return instance === undefined ? [] : [shapeOf(world, instance)];
  }),
  failures: references
    .filter((reference) => findInstance(world, reference) === undefined)
    .map((arn) => ({ arn, reason: 'MISSING' })),
});

/** ACTIVE and DRAINING only, and only from one of them (API UpdateContainerInstancesState). */
const updateContainerInstancesState: Operation = (world, input) => {
  const references = textsOf(input, 'containerInstances');
  const status = textOf(input, 'status');
  if (status !== 'ACTIVE' && status !== 'DRAINING') {
    return invalid('Container instance status should be one of [ACTIVE, DRAINING].');
  }
  if (references.length === 0) return invalid('Container instances cannot be empty.');
  if (references.length > 10) return invalid('Container instances can have at most 10 items.');
  const refused = references.filter(
    (reference) => findInstance(world, reference)?.status === 'INACTIVE',
  );
  for (const reference of references) setStatus(world, findInstance(world, reference), status);
  const answer = found(
    world,
    references.filter((reference) => !refused.includes(reference)),
  );
  const inactive = refused.map((arn) => ({ arn, reason: 'INACTIVE' }));
  return ok({ ...answer, failures: [...answer.failures, ...inactive] });
};

const setStatus = (world: World, instance: Instance | undefined, status: 'ACTIVE' | 'DRAINING') => {
  if (instance === undefined || instance.status === status) return;
  if (instance.status !== 'ACTIVE' && instance.status !== 'DRAINING') return;
  instance.status = status;
  publishInstance(world, instance);
  for (const service of Object.values(world.services)) {
    const touches = service.tasks.some((arn) => instance.tasks.includes(arn));
    if (touches) evaluateSoon(world, service);
  }
  if (status === 'ACTIVE') wakeWaiting(world);
};

const deregisterContainerInstance: Operation = (world, input) => {
  const instance = findInstance(world, textOf(input, 'containerInstance') ?? '');
  if (instance === undefined) return invalid('Referenced container instance not found.');
  if (instance.tasks.length > 0 && input.force !== true) {
    return invalid('Found running tasks on the instance.');
  }
  deregisterInstance(world, instance, {
    stopCode: 'UserInitiated',
    reason: 'Container instance deregistration forced by user',
  });
  return ok({ containerInstance: shapeOf(world, instance) });
};

const putAttributes: Operation = (world, input) => {
  const attributes = recordsOf(input, 'attributes');
  const targets = attributes.map((attribute) => findInstance(world, targetOf(attribute)));
  if (attributes.length === 0 || targets.some((target) => target === undefined)) {
    return {
      error: { code: 'TargetNotFoundException', message: 'Target not found.', status: 400 },
    };
  }
  attributes.forEach((attribute, index) => {
    const name = textOf(attribute, 'name');
    const target = targets[index];
    if (name !== undefined && target !== undefined) {
      target.attributes = { ...target.attributes, [name]: textOf(attribute, 'value') ?? null };
    }
  });
  for (const target of new Set(targets)) if (target !== undefined) publishInstance(world, target);
  return ok({ attributes });
};

const targetOf = (attribute: Input) => idOf(textOf(attribute, 'targetId') ?? '');

const listAttributes: Operation = (world, input) => {
  const name = textOf(input, 'attributeName');
  const attributes = Object.values(world.instances).flatMap((instance) =>
    attributesShape(instance)
      .filter((attribute) => attribute.name === name)
      .map((attribute) => ({ ...attribute, targetId: instance.arn })),
  );
  return ok({ attributes });
};

export const instanceOperations: Readonly<Record<string, Operation>> = {
  ListContainerInstances: listContainerInstances,
  DescribeContainerInstances: describeContainerInstances,
  UpdateContainerInstancesState: updateContainerInstancesState,
  DeregisterContainerInstance: deregisterContainerInstance,
  PutAttributes: putAttributes,
  ListAttributes: listAttributes,
};
