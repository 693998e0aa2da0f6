import { loseMachine, reconcileSoon, terminateInstance } from './autoScaling.ts';
import { publishInstance, publishInterruption } from './envelopes.ts';
import { after, livingOf, loseAgent } from './instances.ts';
import type { Group, World } from './world.ts';

/**
 * The machine dies now. ECS is told, and its tasks stop; or, as a `ghost`, nobody tells it: the
 * container instance stays registered with a lost agent and tasks as last seen, until someone
 * deregisters it. Its group launches another.
 */
export const injectInstanceDeath = (
  world: World,
  ec2InstanceId: string,
  { ghost = false }: { readonly ghost?: boolean } = {},
): void => {
  const instance = world.instances[ec2InstanceId];
  if (instance === undefined || instance.ec2State === 'terminated') return;
  if (ghost && instance.agentConnected) {
    instance.agentConnected = false;
    publishInstance(world, instance);
  }
  loseMachine(world, instance);
};

/** From the notice to the interruption (EC2 User Guide, Spot Instance interruption notices). */
export const noticeMs = 2 * 60_000;

/**
 * EC2 gives notice that it takes a Spot Instance back, and two minutes later terminates it; or, if
 * it is `spared`, leaves it after all: AWS says that a notice is followed by an interruption, and
 * this is what an instance looks like that was only stopped and came back.
 */
export const injectSpotNotice = (
  world: World,
  ec2InstanceId: string,
  { spared = false }: { readonly spared?: boolean } = {},
): void => {
  const instance = world.instances[ec2InstanceId];
  if (instance?.ec2State !== 'running') return;
  publishInterruption(world, instance, spared ? 'stop' : 'terminate');
  if (!spared) after(world, instance, 'interrupt', noticeMs);
};

/** The agent is away for `ms`; containers run on, and what the agent was to do waits. */
export const injectAgentLoss = (world: World, ec2InstanceId: string, ms: number): void => {
  const instance = world.instances[ec2InstanceId];
  const isRegistered = instance?.status === 'ACTIVE' || instance?.status === 'DRAINING';
  if (instance !== undefined && isRegistered && !instance.ghost) loseAgent(world, instance, ms);
};

/**
 * From now on no task of this image starts (`<repository>@<digest>` or `<repository>:<tag>` as it
 * stands now), or again does.
 */
export const setImageBad = (world: World, reference: string, bad: boolean): void => {
  for (const image of Object.values(world.ecr)) {
    const names = [image.digest, ...image.tags.map((tag) => `${image.repository}:${tag}`)];
    if ([...names, `${image.repository}@${image.digest}`].includes(reference)) image.bad = bad;
  }
};

/** How the tasks of a family that ends by itself end from now on. */
export const setRunOutcome = (world: World, family: string, exitCode: number): void => {
  const outcome = world.runs[family];
  if (outcome !== undefined) world.runs[family] = { ...outcome, exitCode };
};

/**
 * Terraform applies what its owner declares: the group ends whichever instances are too many, the
 * oldest first. Answers with the EC2 ids of those.
 */
export const resetDesiredCapacity = (world: World, group: Group): readonly string[] => {
  group.desiredCapacity = group.declaredCapacity;
  const living = livingOf(world, group);
  const surplus = living.slice(0, Math.max(0, living.length - group.desiredCapacity));
  for (const instance of surplus) terminateInstance(world, instance);
  reconcileSoon(world, group);
  return surplus.map(({ ec2InstanceId }) => ec2InstanceId);
};

/** The next launch of any group gives an instance whose agent never registers. */
export const spoilNextLaunch = (world: World): void => {
  world.launchesWithoutAgent.push(world.launches + 1);
};
