import {
  ecsApi,
  findingOf,
  type LintRules,
  quoted,
  type TaskDefinitionFinding,
} from '../finding.ts';
import {
  at,
  type Container,
  isSet,
  type Member,
  membersAt,
  type TaskDefinitionDocument,
  textAt,
} from './document.ts';

const containersMax = 10;
const dependencyPage = ecsApi('ContainerDependency');

export const containerRules = {
  'containers-missing': {
    severity: 'error',
    reason: 'ECS refuses a task definition without a container',
    source: ecsApi('RegisterTaskDefinition, containerDefinitions'),
  },
  'containers-limit': {
    severity: 'error',
    reason: `a task definition holds at most ${containersMax} containers`,
    source: 'AWS General Reference, Amazon ECS quotas',
  },
  'container-name': {
    severity: 'error',
    reason: 'each container has a name, and each name is of one container',
    source: ecsApi('ContainerDefinition, name'),
  },
  'essential-missing': {
    severity: 'error',
    reason: 'ECS refuses a task of which no container is essential',
    source: ecsApi('ContainerDefinition, essential'),
  },
  'dependency-unknown': {
    severity: 'error',
    reason: 'ECS refuses a dependency on a container that the task does not have, or on itself',
    source: dependencyPage,
  },
  'dependency-condition': {
    severity: 'error',
    reason: 'the condition can never be met, so the container never starts',
    source: dependencyPage,
  },
} as const satisfies LintRules;

const finding = findingOf(containerRules);

export const checkContainers = (
  document: TaskDefinitionDocument,
): readonly TaskDefinitionFinding[] => {
  const { containers, prefix } = document;
  const place = { path: `${prefix}containerDefinitions` };
  if (containers.length === 0) {
    const fix = 'write "containerDefinitions": [{"name": ..., "image": ...}]';
    return [finding('containers-missing', place, 'no container', fix)];
  }
  const essential = containers.some(({ json }) => at(json, 'essential') !== false);
  return [
    ...(containers.length <= containersMax
      ? []
      : [finding('containers-limit', place, `${containers.length} of them`, 'split the task')]),
    ...(essential
      ? []
      : [
          finding(
            'essential-missing',
            place,
            '"essential": false in every container',
            'write "essential": true for the one that does the work',
          ),
        ]),
    ...names(containers),
    ...containers.flatMap((container) => dependencies(container, containers)),
  ];
};

const names = (containers: readonly Container[]) => {
  const seen = new Set<string>();
  return containers.flatMap(({ name, path }) => {
    const isNew = name !== '' && !seen.has(name);
    seen.add(name);
    if (isNew) return [];
    const found = name === '' ? 'no name' : `${quoted(name)} a second time`;
    return [finding('container-name', { path: `${path}.name` }, found, 'write a name of its own')];
  });
};

const dependencies = (container: Container, containers: readonly Container[]) =>
  membersAt(container.json, 'dependsOn', `${container.path}.`).flatMap((each) => {
    const name = textAt(each.json, 'containerName') ?? '';
    const target = containers.find((other) => other.name === name);
    if (target === undefined || target === container) {
      const others = containers.filter((other) => other !== container).map((other) => other.name);
      const place = { path: `${each.path}.containerName` };
      const fix = others.length === 0 ? 'remove it' : `write one of ${others.join(', ')}`;
      return [finding('dependency-unknown', place, quoted(name), fix)];
    }
    return condition(each, target);
  });

const condition = ({ json, path }: Member, target: Container) => {
  const name = textAt(json, 'condition');
  const place = { path: `${path}.condition` };
  if (name === 'HEALTHY' && !isSet(at(target.json, 'healthCheck'))) {
    const found = `HEALTHY, and ${target.name} has no healthCheck`;
    return [finding('dependency-condition', place, found, 'give it one, or write "START"')];
  }
  if (name !== 'COMPLETE' && name !== 'SUCCESS') return [];
  if (at(target.json, 'essential') === false) return [];
  const found = `${name}, and ${target.name} is essential`;
  const fix = `write "essential": false for ${target.name}`;
  return [finding('dependency-condition', place, found, fix)];
};
