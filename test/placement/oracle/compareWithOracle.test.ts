import { describe, expect, it } from 'vitest';
import type {
  PlacementInstance,
  PlacementProblem,
  PlacementTask,
} from '../../../domain/placement/placementProblem.ts';
import { compareWithOracle, type Decide } from './compareWithOracle.ts';
import { decideByScan } from './decideByScan.ts';
import { taskRoles } from './vocabulary.ts';

// Engines with one mistake each: the oracle, which sees a problem that is not quite the one asked.

const seesInstances =
  (change: (instance: PlacementInstance) => PlacementInstance): Decide =>
  (problem) =>
    decideByScan({ ...problem, instances: problem.instances.map(change) });

const seesTasks =
  (change: (task: PlacementTask) => PlacementTask): Decide =>
  (problem) =>
    decideByScan({ ...problem, tasks: problem.tasks.map(change) });

const seesContainers = (change: (task: PlacementTask) => PlacementTask['containers']): Decide =>
  seesTasks((task) => ({ ...task, containers: change(task) }));

type Windows = NonNullable<PlacementProblem['rules']['windows']>;
const seesWindows =
  (change: (windows: Windows) => Windows | null): Decide =>
  (problem) => {
    const { windows } = problem.rules;
    const changed = windows === null ? null : change(windows);
    return decideByScan({ ...problem, rules: { ...problem.rules, windows: changed } });
  };

const seesPolicy = (change: (policy: NonNullable<Windows['compatibility']>) => object): Decide =>
  seesWindows((windows) =>
    windows.compatibility === null
      ? windows
      : {
          ...windows,
          compatibility: { ...windows.compatibility, ...change(windows.compatibility) },
        },
  );

const withAttributes = (
  instance: PlacementInstance,
  keep: (name: string, value: string | null) => boolean,
): PlacementInstance => ({
  ...instance,
  attributes: Object.fromEntries(
    Object.entries(instance.attributes).filter(([name, value]) => keep(name, value)),
  ),
});

const mistakes: Readonly<Record<string, Decide>> = {
  'a task does not see those before it': (problem) =>
    problem.tasks.flatMap((task) => decideByScan({ ...problem, tasks: [task] })),
  'a task that is to stop still counts': seesInstances((instance) => ({
    ...instance,
    tasks: instance.tasks.map((task) => ({ ...task, desiredStatus: 'RUNNING' })),
  })),
  'what tasks hold is taken off a second time': seesInstances((instance) => ({
    ...instance,
    remaining: {
      ...instance.remaining,
      cpu: instance.tasks.reduce((left, { holds }) => left - holds.cpu, instance.remaining.cpu),
    },
  })),
  'UDP is not looked at': seesInstances((instance) => ({
    ...instance,
    remaining: { ...instance.remaining, udpPorts: [] },
  })),
  'a port is one in both protocols': seesInstances(({ remaining, ...instance }) => {
    const both = [...remaining.tcpPorts, ...remaining.udpPorts];
    return { ...instance, remaining: { ...remaining, tcpPorts: both, udpPorts: both } };
  }),
  'assigned ports count towards the limit': seesInstances((instance) => {
    const { remaining } = instance;
    const assigned = remaining.tcpPorts.filter((port) => port >= 49_152);
    const counted = assigned.map((port) => port - 30_000); // which no task wants
    const tcpPorts = [...remaining.tcpPorts, ...counted];
    return { ...instance, remaining: { ...remaining, tcpPorts } };
  }),
  'unknown interfaces are some': seesInstances((instance) => ({
    ...instance,
    remaining: {
      ...instance.remaining,
      networkInterfaces: instance.remaining.networkInterfaces ?? 1,
    },
  })),
  'ports of awsvpc are looked at': seesTasks((task) => ({ ...task, networkMode: 'default' })),
  'the ports of the agent are forgotten': (problem) =>
    decideByScan({ ...problem, rules: { ...problem.rules, reservedTcpPorts: [] } }),
  'task roles without a value keep no port': seesInstances((instance) =>
    withAttributes(instance, (name, value) => name !== taskRoles || value !== null),
  ),
  'an attribute without a value is absent': seesInstances((instance) =>
    withAttributes(instance, (_name, value) => value !== null),
  ),
  'an attribute without a value has an empty one': seesInstances((instance) => ({
    ...instance,
    attributes: Object.fromEntries(
      Object.entries(instance.attributes).map(([name, value]) => [name, value ?? '']),
    ),
  })),
  'attributes are inherited from Object': seesInstances((instance) => ({
    ...instance,
    attributes: { constructor: 'Object', ...instance.attributes },
  })),
  'an unknown agent version is zero': seesInstances((instance) => ({
    ...instance,
    agentVersion: instance.agentVersion ?? '0',
  })),
  'registered is compared by the millisecond': seesInstances((instance) => {
    const { registeredAt } = instance;
    const rounded = registeredAt === null ? null : Math.ceil(registeredAt / 1000) * 1000;
    return { ...instance, registeredAt: rounded as typeof registeredAt };
  }),
  'only the first container is looked at': seesContainers(({ containers }) =>
    containers.slice(0, 1),
  ),
  'the last container with a reason names it': seesContainers(({ containers }) =>
    containers.toReversed(),
  ),
  'layers of an unknown container are none': seesContainers(({ containers }) =>
    containers.map((container) => ({ ...container, layers: container.layers ?? [] })),
  ),
  'a layer in two containers is pulled twice': seesContainers(({ containers }) =>
    containers.map((container, position) => ({
      ...container,
      layers:
        container.layers?.map(({ diffId, bytes }) =>
          position === 0 ? { diffId, bytes } : { diffId: `${diffId}+${position}`, bytes },
        ) ?? null,
    })),
  ),
  'the fifth strategy is dropped': seesTasks((task) => ({
    ...task,
    strategies: task.strategies.slice(0, 4),
  })),
  'strategies are applied from the last on': seesTasks((task) => ({
    ...task,
    strategies: task.strategies.toReversed(),
  })),
  'only the first spread over an attribute applies': seesTasks((task) => ({
    ...task,
    strategies: task.strategies.filter(
      (strategy, position) =>
        position === 0 || strategy.type !== 'spread' || !strategy.field.startsWith('attribute:'),
    ),
  })),
  'chance is rounded, not floored': seesTasks((task) => ({
    ...task,
    chance: Math.min(task.chance + 0.02, 1 - 2 ** -53),
  })),
  'one constraint is enough': seesTasks((task) => ({
    ...task,
    constraints: task.constraints.slice(0, 1),
  })),
  'Windows has no reserve': seesWindows((windows) => ({ ...windows, osReserveMiB: 0 })),
  'Windows is Linux': seesWindows(() => null),
  'floors bind one way': seesPolicy(({ floors }) => ({
    floors: floors.map((floor) => ({ ...floor, binds: 'image' })),
  })),
  'only the first floor binds': seesPolicy(({ floors }) => ({ floors: floors.slice(0, 1) })),
  'only the first bad pair is known': seesPolicy(({ learnedBadPairs }) => ({
    learnedBadPairs: learnedBadPairs.slice(0, 1),
  })),
  'host directories are anywhere': seesTasks((task) => ({ ...task, hostVolumeInstanceId: null })),
};

describe('a comparison with the oracle', () => {
  it.each(Object.entries(mistakes))('finds it when %s', (_name, decide) => {
    const { disagreements } = compareWithOracle(decide, { seed: 1, decisions: 5000 });
    expect(disagreements.length).toBeGreaterThan(0);
  });

  it('shows the smallest problem that still shows the mistake', () => {
    const forgetful = mistakes['host directories are anywhere'] ?? decideByScan;
    const { disagreements } = compareWithOracle(forgetful, { seed: 1, decisions: 5000 });
    const [first] = disagreements;
    expect(first?.problem.instances).toHaveLength(1);
    expect(first?.problem.tasks).toHaveLength(1);
    expect(first?.problem.tasks[0]?.constraints).toEqual([]);
    expect(first?.decided).not.toEqual(first?.oracle);
  });

  it('takes an engine that writes into its question, or that throws, as one that differs', () => {
    const writes: Decide = (problem) => {
      (problem.instances as PlacementInstance[]).sort();
      return decideByScan(problem);
    };
    const { disagreements } = compareWithOracle(writes, { seed: 1, decisions: 500 });
    expect(disagreements[0]?.decided).toMatch(/^threw TypeError/);
  });
});
