import { drawBetween, drawOne } from '../../domain/simulation/chance.ts';
import {
  injectAgentLoss,
  injectInstanceDeath,
  resetDesiredCapacity,
  setRunOutcome,
  spoilNextLaunch,
} from '../../domain/simulation/faults.ts';
import { reconnectAgent } from '../../domain/simulation/instances.ts';
import { schedule } from '../../domain/simulation/timers.ts';
import type { Instance, World } from '../../domain/simulation/world.ts';
import { byHand } from './byHand.ts';
import type { Faults } from './faultPlan.ts';

const minuteMs = 60_000;

/** What goes wrong in the cluster and around it, at most one of each kind a step. */
export const injectWorldFaults = (world: World, faults: Faults): void => {
  const { hits, chance } = faults;
  const one = (): Instance | undefined => {
    const living = registered(world).filter(({ ghost }) => !ghost);
    return living.length < 3 ? undefined : drawOne(chance, living);
  };
  const strike = (kind: Parameters<Faults['hits']>[0], blow: (instance: Instance) => void) => {
    if (!hits(kind)) return;
    const instance = one();
    if (instance !== undefined) blow(instance);
  };
  strike('instanceDies', ({ ec2InstanceId }) => injectInstanceDeath(world, ec2InstanceId));
  strike('instanceGhosts', ({ ec2InstanceId }) =>
    injectInstanceDeath(world, ec2InstanceId, { ghost: true }),
  );
  strike('agentLost', ({ ec2InstanceId }) =>
    injectAgentLoss(world, ec2InstanceId, drawBetween(chance, 1, 90) * minuteMs),
  );
  const above = Object.values(world.groups).filter(
    (group) => group.desiredCapacity > group.declaredCapacity,
  );
  if (above.length > 0 && hits('terraformResets')) {
    resetDesiredCapacity(world, drawOne(chance, above));
  }
  if (hits('taskProtected')) protectTask(world, faults);
  if (hits('neverRegisters')) spoilNextLaunch(world);
  if (hits('badImage')) spoilNewestImage(world);
  if (hits('canaryFails')) setCanaries(world, 1);
  else if (world.now % 3 === 0) setCanaries(world, 0);
  if (hits('rebuildUnanswered')) drawOne(chance, Object.values(world.appTags)).builder = 'silent';
  if (hits('tagMovesBack')) moveTagBack(world, faults);
};

const protectTask = (world: World, { ofTasks }: Faults) => {
  const running = Object.values(world.tasks).filter(
    ({ service, lastStatus }) => service !== null && lastStatus === 'RUNNING',
  );
  if (running.length === 0) return;
  const { arn } = drawOne(ofTasks, running);
  world.protections[arn] = world.now + drawBetween(ofTasks, 10, 60) * minuteMs;
};

export const registered = (world: World): readonly Instance[] =>
  Object.values(world.instances).filter(
    ({ status, ec2State }) =>
      (status === 'ACTIVE' || status === 'DRAINING') && ec2State === 'running',
  );

export const setCanaries = (world: World, exitCode: number) => {
  for (const family of Object.keys(world.runs)) setRunOutcome(world, family, exitCode);
};

/** The newest image that a pipeline pushed: what is rolled out next, and does not start. */
const spoilNewestImage = (world: World) => {
  const newest = Object.values(world.ecr).sort((a, b) => b.pushedAt - a.pushedAt)[0];
  if (newest !== undefined) newest.bad = true;
};

/** A floating tag points at an older release again, as Microsoft's have done. */
const moveTagBack = (world: World, { chance }: Faults) => {
  const names = Object.keys(world.registry);
  const repository = world.registry[drawOne(chance, names)];
  const older = Object.entries(repository?.releases ?? {});
  if (repository === undefined || older.length === 0) return;
  const [release, digest] = drawOne(chance, older);
  repository.tags[release.slice(0, release.indexOf('@'))] = digest;
};

/**
 * All is well again from here on: agents are back, images good, tags forward, and nothing new is
 * published. What is beyond repair someone has cleared away.
 */
export const mendWorld = (world: World): void => {
  world.agentBlipsPerDay = 0;
  world.launchesWithoutAgent = [];
  setCanaries(world, 0);
  for (const image of Object.values(world.ecr)) image.bad = false;
  for (const instance of registered(world)) {
    instance.agentBackAt = world.now;
    reconnectAgent(world, instance);
  }
  forwardTags(world);
  cancelReleases(world);
};

const forwardTags = (world: World) => {
  for (const repository of Object.values(world.registry)) {
    for (const [release, digest] of Object.entries(repository.releases)) {
      // Entries stand in the order of publication, so the last one of a tag wins.
      repository.tags[release.slice(0, release.indexOf('@'))] = digest;
    }
  }
};

const cancelReleases = (world: World) => {
  const coming = new Set(
    world.timers.flatMap(({ due }) =>
      due.kind === 'release' ? [world.scheduledReleases[due.index]?.build] : [],
    ),
  );
  const kept = world.timers.filter(({ due }) => {
    if (due.kind === 'release') return false;
    return due.kind !== 'ami' || !coming.has(world.scheduledAmis[due.index]?.build);
  });
  world.timers = [];
  for (const { at, due } of kept.sort((a, b) => a.at - b.at || a.sequence - b.sequence)) {
    schedule(world, at, due);
  }
};

/**
 * What an operator clears away: machines that run and never registered. Answers with their EC2 ids.
 */
export const clearAway = (world: World): readonly string[] => {
  const cleared: string[] = [];
  for (const instance of Object.values(world.instances)) {
    const { ec2InstanceId } = instance;
    const overdue = world.now - instance.launchedAt > 30 * minuteMs;
    if (instance.registersNever && overdue && instance.ec2State === 'running') {
      terminate(world, ec2InstanceId);
      cleared.push(ec2InstanceId);
    }
  }
  return cleared;
};

const terminate = (world: World, InstanceId: string) =>
  byHand(world, 'autoscaling', 'TerminateInstanceInAutoScalingGroup', {
    InstanceId,
    ShouldDecrementDesiredCapacity: false,
  });
