import type {
  PlacementContainer,
  PlacementInstance,
  PlacementProblem,
  PlacementTask,
} from '../../../domain/placement/placementProblem.ts';

type Claim = (problem: PlacementProblem) => boolean;

/** Leaves out what it can while `isStillTrue` of what remains, until nothing more can go. */
export const shrunk = (problem: PlacementProblem, isStillTrue: Claim): PlacementProblem => {
  for (const smaller of smallerThan(problem)) {
    if (isStillTrue(smaller)) return shrunk(smaller, isStillTrue);
  }
  return problem;
};

/** Large cuts first: halves of the lists, then single entries, then what is inside them. */
function* smallerThan(problem: PlacementProblem): Generator<PlacementProblem> {
  const { instances, tasks, rules } = problem;
  for (const fewer of withFewer(tasks)) yield { ...problem, tasks: fewer };
  for (const fewer of withFewer(instances)) yield { ...problem, instances: fewer };
  if (rules.windows !== null) yield { ...problem, rules: { ...rules, windows: null } };
  for (const [position, task] of tasks.entries()) {
    for (const smaller of smallerTasks(task)) {
      yield { ...problem, tasks: tasks.with(position, smaller) };
    }
  }
  for (const [position, instance] of instances.entries()) {
    for (const smaller of smallerInstances(instance)) {
      yield { ...problem, instances: instances.with(position, smaller) };
    }
  }
}

function* withFewer<Item>(items: readonly Item[], least = 0): Generator<readonly Item[]> {
  const half = Math.floor(items.length / 2);
  if (half > 1 && half >= least) {
    yield items.slice(half);
    yield items.slice(0, half);
  }
  if (items.length <= least) return;
  for (const position of items.keys()) yield items.toSpliced(position, 1);
}

function* smallerTasks(task: PlacementTask): Generator<PlacementTask> {
  const { constraints, requiredAttributes, strategies, containers } = task;
  for (const fewer of withFewer(constraints)) yield { ...task, constraints: fewer };
  for (const fewer of withFewer(requiredAttributes)) yield { ...task, requiredAttributes: fewer };
  for (const fewer of withFewer(strategies)) yield { ...task, strategies: fewer };
  for (const fewer of withFewer(containers, 1)) yield { ...task, containers: fewer };
  if (task.hostVolumeInstanceId !== null) yield { ...task, hostVolumeInstanceId: null };
  for (const [position, container] of containers.entries()) {
    for (const smaller of smallerContainers(container)) {
      yield { ...task, containers: containers.with(position, smaller) };
    }
  }
}

function* smallerContainers(container: PlacementContainer): Generator<PlacementContainer> {
  const { tcpPorts, udpPorts, layers, cpu, gpus } = container;
  for (const fewer of withFewer(tcpPorts)) yield { ...container, tcpPorts: fewer };
  for (const fewer of withFewer(udpPorts)) yield { ...container, udpPorts: fewer };
  for (const fewer of withFewer(layers ?? [])) yield { ...container, layers: fewer };
  if (cpu > 0) yield { ...container, cpu: 0 };
  if (gpus > 0) yield { ...container, gpus: 0 };
}

function* smallerInstances(instance: PlacementInstance): Generator<PlacementInstance> {
  const { attributes, layers, remaining } = instance;
  for (const fewer of withFewer(instance.tasks)) yield { ...instance, tasks: fewer };
  for (const fewer of withFewer(Object.entries(attributes))) {
    yield { ...instance, attributes: Object.fromEntries(fewer) };
  }
  for (const fewer of withFewer(layers ?? [])) yield { ...instance, layers: fewer };
  for (const fewer of withFewer(remaining.tcpPorts)) {
    yield { ...instance, remaining: { ...remaining, tcpPorts: fewer } };
  }
  for (const fewer of withFewer(remaining.udpPorts)) {
    yield { ...instance, remaining: { ...remaining, udpPorts: fewer } };
  }
}
