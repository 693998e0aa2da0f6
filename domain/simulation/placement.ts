import { assert } from '../assert.ts';
import {
  createPlacementIndex,
  decidePlacement,
  type PlacementIndex,
  rulesOnInstances,
} from '../placement/indexed/placementIndex.ts';
import { toldOf } from '../placement/indexed/tell.ts';
import type {
  PlacementInstance,
  PlacementRule,
  PlacementTask,
} from '../placement/placementProblem.ts';
import { draw } from './chance.ts';
import { placementInstanceOf } from './placementInstance.ts';
import { reservedPorts } from './shapes.ts';
import type { Instance, World } from './world.ts';

// The simulated ECS places by the engine, by ECS's own rules alone: it knows nothing of builds, and
// keeps no memory back for Windows.

/**
 * Where a task goes; `undefined` where no instance may take it. What its strategies leave equal is
 * drawn.
 */
export const chooseInstance = (world: World, task: PlacementTask): Instance | undefined => {
  const decision = decidePlacement(indexOf(world), { ...task, chance: draw(world.chance) });
  return decision.outcome === 'placed' ? instanceOf(world, decision.instanceId) : undefined;
};

/** Why each registered instance may not take a task, in the words of RunTask's `failures`. */
export const whyNowhere = (
  world: World,
  task: PlacementTask,
): readonly { readonly arn: string; readonly reason: string }[] =>
  rulesOnInstances(indexOf(world), task).flatMap(({ instanceId, rule }) =>
    rule === null ? [] : [{ arn: instanceId, reason: failureReasons[rule] }],
  );

/** As RunTask words them (Amazon ECS Developer Guide, "Amazon ECS API failure reasons"). */
const failureReasons: Readonly<Record<PlacementRule, string>> = {
  NotActive: 'INACTIVE',
  AgentDisconnected: 'AGENT',
  NotProven: 'INACTIVE',
  Cpu: 'RESOURCE:CPU',
  Memory: 'RESOURCE:MEMORY',
  Gpu: 'RESOURCE:GPU',
  Ports: 'RESOURCE:PORTS',
  PortLimit: 'RESOURCE:PORTS',
  NetworkInterfaces: 'RESOURCE:ENI',
  Attribute: 'ATTRIBUTE',
  DistinctInstance: 'DistinctInstance placement constraint unsatisfied.',
  MemberOf: 'MemberOf placement constraint unsatisfied.',
  OsReserve: 'RESOURCE:MEMORY',
  BuildUnknown: 'ATTRIBUTE',
  BuildMismatch: 'ATTRIBUTE',
  RevisionMustMatch: 'ATTRIBUTE',
  KnownBadPair: 'ATTRIBUTE',
  BelowFloor: 'ATTRIBUTE',
  HostVolume: 'ATTRIBUTE',
};

/** What is registered, as the engine sees it. */
export const placementInstances = (world: World): readonly PlacementInstance[] =>
  indexOf(world).columns.instances;

export const instanceAt = (world: World, arn: string): Instance => instanceOf(world, arn);

/** The rules of the simulated ECS. */
export const simulatedRules = { reservedTcpPorts: reservedPorts, windows: null } as const;

export const registered = (world: World): Instance[] =>
  Object.values(world.instances).filter(
    ({ status }) => status === 'ACTIVE' || status === 'DRAINING',
  );

const instanceOf = (world: World, arn: string): Instance => {
  const instance = world.instances[world.containerInstances[arn] ?? ''];
  assert(instance !== undefined, `${arn} is registered`);
  return instance;
};

type Told = { readonly stamp: Stamp; readonly instance: PlacementInstance };

type Stamp = Pick<Instance, 'version' | 'status' | 'agentConnected' | 'taskChanges' | 'attributes'>;

type Known = { readonly index: PlacementIndex; readonly told: ReadonlyMap<string, Told> };

// A world is changed in place; what the index was told of it is kept beside it.
const known = new WeakMap<World, Known>();

const indexOf = (world: World): PlacementIndex => {
  const before = known.get(world);
  const told = new Map<string, Told>();
  let isSame = true;
  for (const instance of registered(world)) {
    const arn = instance.arn ?? '';
    const last = before?.told.get(arn);
    if (last !== undefined && isAsTold(instance, last.stamp)) {
      told.set(arn, last);
      continue;
    }
    isSame = false;
    const { version, status, agentConnected, taskChanges, attributes } = instance;
    const stamp = { version, status, agentConnected, taskChanges, attributes };
    told.set(arn, { stamp, instance: placementInstanceOf(world, instance) });
  }
  if (before !== undefined && isSame && before.told.size === told.size) return before.index;
  const instances = [...told.values()].map(({ instance }) => instance);
  const index =
    before === undefined
      ? createPlacementIndex(instances, simulatedRules)
      : toldOf(before.index, instances);
  known.set(world, { index, told });
  return index;
};

const isAsTold = (instance: Instance, stamp: Stamp): boolean =>
  instance.version === stamp.version &&
  instance.status === stamp.status &&
  instance.agentConnected === stamp.agentConnected &&
  instance.taskChanges === stamp.taskChanges &&
  instance.attributes === stamp.attributes;
