import { drawBetween } from './chance.ts';
import { publishEc2State, publishInstance, publishTerminationHook } from './envelopes.ts';
import {
  after,
  blip,
  deregisterInstance,
  launchInstance,
  livingOf,
  reconnectAgent,
  registerInstance,
} from './instances.ts';
import { uuid } from './outbox.ts';
import { wakeWaiting } from './serviceSignals.ts';
import { type InstanceStep, schedule } from './timers.ts';
import type { Group, Instance, World } from './world.ts';

const second = 1000;
/** A group notices a missing instance within about a minute (assumed). */
const reconcileAfterMs = 40 * second;
const rememberedMs = 3_600 * second;

/** Brings the group up to its desired capacity. It never terminates: only calls do. */
export const reconcileGroup = (world: World, group: Group): void => {
  group.reconcileAt = null;
  let missing = group.desiredCapacity - livingOf(world, group).length;
  while (missing > 0 && launchInstance(world, group) !== undefined) missing -= 1;
};

export const reconcileSoon = (world: World, group: Group): void => {
  if (group.reconcileAt !== null) return;
  group.reconcileAt = world.now + reconcileAfterMs;
  schedule(world, group.reconcileAt, { kind: 'group', id: group.name });
};

/** Terminates through the lifecycle hook, where the group has one. */
export const terminateInstance = (world: World, instance: Instance): void => {
  const group = world.groups[instance.group];
  if (group === undefined) return;
  reconcileSoon(world, group);
  const hook = group.terminationHook;
  if (hook === undefined) {
    shutDown(world, instance);
    return;
  }
  instance.lifecycle = 'Terminating:Wait';
  instance.hookToken = uuid(world);
  publishTerminationHook(world, instance, hook.name);
  after(world, instance, 'hookTimeout', hook.timeoutMs);
};

export const finishHook = (world: World, instance: Instance): void => {
  if (instance.lifecycle !== 'Terminating:Wait') return;
  instance.hookToken = null;
  shutDown(world, instance);
};

const shutDown = (world: World, instance: Instance) => {
  instance.lifecycle = 'Terminating';
  instance.ec2State = 'shutting-down';
  publishEc2State(world, instance);
  after(world, instance, 'vanish', drawBetween(world.chance, 30, 60) * second);
};

/**
 * The instance is gone. ECS deregisters it by itself, unless its agent was disconnected: then it
 * stays registered, a ghost, with its tasks as last seen (API DeregisterContainerInstance).
 */
export const vanish = (world: World, instance: Instance): void => {
  instance.ec2State = 'terminated';
  instance.lifecycle = 'Terminated';
  publishEc2State(world, instance);
  if (instance.agentConnected) {
    instance.agentConnected = false;
    publishInstance(world, instance);
    deregisterInstance(world, instance, {
      stopCode: 'TerminationNotice',
      reason: `Host EC2 (instance ${instance.ec2InstanceId}) terminated.`,
    });
  } else instance.ghost = true;
  const group = world.groups[instance.group];
  if (group !== undefined) {
    group.instances = group.instances.filter((id) => id !== instance.ec2InstanceId);
  }
  after(world, instance, 'forget', rememberedMs);
};

/** The machine is gone at once, whoever took it, and its group launches another. */
export const loseMachine = (world: World, instance: Instance): void => {
  instance.ec2State = 'shutting-down';
  publishEc2State(world, instance);
  vanish(world, instance);
  const group = world.groups[instance.group];
  if (group !== undefined) reconcileSoon(world, group);
};

/** One step of an instance's life; a step that no longer fits does nothing. */
export const stepInstance = (world: World, instance: Instance, step: InstanceStep): void =>
  steps[step](world, instance);

const steps: Readonly<Record<InstanceStep, (world: World, instance: Instance) => void>> = {
  boot: (world, instance) => {
    if (instance.ec2State !== 'pending') return;
    instance.ec2State = 'running';
    instance.lifecycle = 'InService';
    publishEc2State(world, instance);
  },
  register: (world, instance) => {
    if (instance.ec2State !== 'running' || instance.arn !== null) return;
    registerInstance(world, instance, world.groups[instance.group]?.setsBuildAttribute ?? false);
    publishInstance(world, instance);
    wakeWaiting(world);
  },
  blip,
  reconnect: reconnectAgent,
  hookTimeout: finishHook,
  interrupt: (world, instance) => {
    if (instance.ec2State === 'running') loseMachine(world, instance);
  },
  vanish: (world, instance) => {
    if (instance.ec2State !== 'terminated') vanish(world, instance);
  },
  forget: (world, instance) => forget(world, instance),
};

const forget = (world: World, instance: Instance) => {
  const isRegistered = instance.status === 'ACTIVE' || instance.status === 'DRAINING';
  if (isRegistered) {
    after(world, instance, 'forget', rememberedMs);
    return;
  }
  delete world.instances[instance.ec2InstanceId];
  if (instance.arn !== null) delete world.containerInstances[instance.arn];
};
