import { clusterResourceArn } from './arns.ts';
import { drawBetween, drawHex, drawOne } from './chance.ts';
import { publishEc2State, publishInstance } from './envelopes.ts';
import { amiLaunched } from './launchTemplates.ts';
import { cachedLayers } from './registry.ts';
import { wakeWaiting } from './serviceSignals.ts';
import { finishTask } from './tasks.ts';
import { type InstanceStep, schedule } from './timers.ts';
import type { Group, Instance, World } from './world.ts';

const second = 1000;
const dayMs = 86_400_000;

/**
 * Launches one instance of the group, from what its template names, in the zone that has the
 * fewest.
 */
export const launchInstance = (world: World, group: Group): Instance | undefined => {
  const ami = amiLaunched(world, group);
  if (ami === undefined) return undefined;
  world.launches += 1;
  const instance = newInstance(world, group, {
    zone: emptiestZone(world, group),
    amiId: ami.amiId,
    build: ami.build,
  });
  instance.registersNever = world.launchesWithoutAgent.includes(world.launches);
  publishEc2State(world, instance);
  after(world, instance, 'boot', drawBetween(world.chance, 15, 30) * second);
  const bootMs = drawBetween(world.chance, group.bootMinMs, group.bootMaxMs);
  if (!instance.registersNever) after(world, instance, 'register', bootMs);
  return instance;
};

const emptiestZone = (world: World, group: Group): string => {
  const amount = (zone: string) =>
    livingOf(world, group).filter((instance) => instance.zone === zone).length;
  const least = Math.min(...group.zones.map(amount));
  return drawOne(
    world.chance,
    group.zones.filter((zone) => amount(zone) === least),
  );
};

/** Instances that count towards the group's desired capacity. */
export const livingOf = (world: World, group: Group): Instance[] =>
  group.instances.flatMap((id) => {
    const instance = world.instances[id];
    const lives = instance?.lifecycle === 'Pending' || instance?.lifecycle === 'InService';
    return instance !== undefined && lives ? [instance] : [];
  });

export const newInstance = (
  world: World,
  group: Group,
  origin: { readonly zone: string; readonly amiId: string; readonly build: string },
): Instance => {
  const instance: Instance = {
    ...origin,
    ec2InstanceId: `i-0${drawHex(world.chance, 16)}`,
    arn: null,
    group: group.name,
    launchedAt: world.now,
    ec2State: 'pending',
    lifecycle: 'Pending',
    hookToken: null,
    status: 'ABSENT',
    agentConnected: false,
    agentBackAt: 0,
    ghost: false,
    registersNever: false,
    version: 0,
    attributes: {},
    registeredAt: 0,
    cpu: group.cpu,
    memoryMiB: group.memoryMiB,
    cpuUsed: 0,
    memoryUsedMiB: 0,
    tcpPorts: [],
    tasks: [],
    taskChanges: 0,
    layers: {},
    downloadFreeAt: 0,
    unpackFreeAt: 0,
    bytesPulled: 0,
    held: [],
  };
  world.instances[instance.ec2InstanceId] = instance;
  group.instances.push(instance.ec2InstanceId);
  return instance;
};

/** The agent registers: attributes, and the Server Core layers that the AMI brings along. */
export const registerInstance = (
  world: World,
  instance: Instance,
  buildAttribute: boolean,
): void => {
  const group = world.groups[instance.group];
  if (group === undefined) return;
  const id = drawHex(world.chance, 32);
  instance.arn = clusterResourceArn(world, 'container-instance', id);
  world.containerInstances[instance.arn] = instance.ec2InstanceId;
  instance.status = 'ACTIVE';
  instance.agentConnected = true;
  instance.registeredAt = world.now;
  instance.attributes = {
    'ecs.ami-id': instance.amiId,
    'ecs.availability-zone': instance.zone,
    'ecs.instance-type': group.instanceType,
    'ecs.os-type': 'windows',
    'ecs.os-family': group.operatingSystemFamily,
    'ecs.cpu-architecture': 'x86_64',
    'com.amazonaws.ecs.capability.logging-driver.awslogs': null,
    'com.amazonaws.ecs.capability.ecr-auth': null,
    'com.amazonaws.ecs.capability.task-iam-role': null,
    ...(buildAttribute ? { 'tuesday.os-build': instance.build } : {}),
  };
  for (const { diffId } of cachedLayers(world, instance.build)) {
    instance.layers[diffId] = world.now;
  }
  scheduleBlip(world, instance);
};

/**
 * Agents lose their connection now and then in normal operation (Amazon ECS Developer Guide,
 * container instance events).
 */
const scheduleBlip = (world: World, instance: Instance) => {
  if (world.agentBlipsPerDay <= 0) return;
  const meanMs = dayMs / world.agentBlipsPerDay;
  after(
    world,
    instance,
    'blip',
    drawBetween(world.chance, Math.round(meanMs / 2), Math.round(meanMs * 1.5)),
  );
};

export const after = (world: World, instance: Instance, step: InstanceStep, ms: number): void =>
  schedule(world, world.now + ms, { kind: 'instance', id: instance.ec2InstanceId, step });

export const loseAgent = (world: World, instance: Instance, ms: number): void => {
  instance.agentBackAt = Math.max(instance.agentBackAt, world.now + ms);
  after(world, instance, 'reconnect', ms);
  if (!instance.agentConnected) return;
  instance.agentConnected = false;
  publishInstance(world, instance);
};

/** Everything that waited for the agent goes on now. */
export const reconnectAgent = (world: World, instance: Instance): void => {
  const isGone = instance.ghost || instance.ec2State !== 'running';
  if (isGone || instance.agentConnected || world.now < instance.agentBackAt) return;
  if (instance.arn === null || instance.status === 'INACTIVE') return;
  instance.agentConnected = true;
  publishInstance(world, instance);
  for (const due of instance.held.splice(0)) schedule(world, world.now, due);
  wakeWaiting(world);
};

export const blip = (world: World, instance: Instance): void => {
  if (instance.ec2State !== 'running' || instance.ghost) return;
  loseAgent(world, instance, drawBetween(world.chance, 5, 90) * second);
  scheduleBlip(world, instance);
};

/** INACTIVE: its tasks stop, its resources are nobody's any more. */
export const deregisterInstance = (
  world: World,
  instance: Instance,
  why: { readonly stopCode: string; readonly reason: string },
): void => {
  if (instance.status === 'INACTIVE' || instance.status === 'ABSENT') return;
  for (const arn of [...instance.tasks]) {
    const task = world.tasks[arn];
    if (task === undefined) continue;
    task.stopCode ??= why.stopCode;
    task.stoppedReason ??= why.reason;
    task.stoppingAt ??= world.now;
    finishTask(world, task);
  }
  instance.status = 'INACTIVE';
  instance.agentConnected = false;
  instance.held = [];
  publishInstance(world, instance);
};
