import { assert } from '../assert.ts';
import { clusterResourceArn, definitionArn } from './arns.ts';
import { chanceFrom, drawBetween, drawDigits, drawHex } from './chance.ts';
import { daemonPlan } from './daemonScheduler.ts';
import { appTagKey, pushAppImage, resolveImage } from './images.ts';
import { newInstance, registerInstance } from './instances.ts';
import type { LaunchTemplate } from './launchTemplates.ts';
import { chooseInstance } from './placement.ts';
import { placementTaskOf, wishOf } from './placementTask.ts';
import { publishRelease } from './registry.ts';
import type { GroupPlan, Scenario, ServicePlan, TaskDefinitionPlan } from './scenario.ts';
import { startTask } from './tasks.ts';
import { schedule } from './timers.ts';
import type { Deployment, Service, Task, World } from './world.ts';

/**
 * The world of a scenario at its beginning: everything runs and is at rest, nothing has been sent
 * yet.
 */
export const createWorld = (scenario: Scenario, seed: number): World => {
  const world = emptyWorld(scenario, seed);
  publishPast(world, scenario);
  for (const plan of scenario.repositories) {
    const { builder, base, repository, tag, channel } = plan;
    const appLayers = plan.appLayers.map((layer) => ({ ...layer }));
    const app = { repository, tag, channel, base: { ...base }, appLayers, builder, builds: 0 };
    world.appTags[appTagKey(repository, tag)] = app;
    const pushed = pushAppImage(world, app, plan.build, plan.pushedAt);
    assert(pushed !== undefined, `${base.repository}:${base.tag} was published at ${plan.build}`);
  }
  for (const plan of scenario.taskDefinitions) registerPlanned(world, plan);
  for (const plan of scenario.groups) world.groups[plan.name] = newGroup(plan, scenario);
  for (const plan of scenario.instances) {
    const group = world.groups[plan.group];
    assert(group !== undefined, `the group ${plan.group} is in the scenario`);
    group.desiredCapacity += 1;
    group.declaredCapacity += 1;
    const { zone, amiId, build } = plan;
    const instance = newInstance(world, group, { zone, amiId, build });
    instance.ec2State = 'running';
    instance.lifecycle = 'InService';
    registerInstance(world, instance, plan.buildAttribute);
    instance.version = drawBetween(world.chance, 40, 4000);
    instance.launchedAt = world.now - 25 * 86_400_000;
    instance.registeredAt = instance.launchedAt + group.bootMaxMs;
  }
  for (const plan of scenario.services) startService(world, plan);
  // What happened before the beginning is nobody's news.
  world.outbox = [];
  world.outboxSequence = 0;
  world.delivery = scenario.delivery;
  return world;
};

/** A service at rest says so again from time to time; the period is assumed. */
const steadyStateEveryMs = 6 * 3_600_000;

const emptyWorld = (scenario: Scenario, seed: number): World => ({
  name: scenario.name,
  now: scenario.startsAt,
  chance: chanceFrom(seed),
  timers: [],
  timerSequence: 0,
  account: scenario.account,
  region: scenario.region,
  clusterName: scenario.clusterName,
  clusterArn: `arn:aws:ecs:${scenario.region}:${scenario.account}:cluster/${scenario.clusterName}`,
  scheduledReleases: scenario.releases.filter(({ publishedAt }) => publishedAt > scenario.startsAt),
  scheduledTagMoves: (scenario.tagMoves ?? []).filter(({ at }) => at > scenario.startsAt),
  publications: 0,
  registry: {},
  scheduledAmis: scenario.amis.filter(({ publishedAt }) => publishedAt > scenario.startsAt),
  amis: [],
  privateAmis: [],
  groups: {},
  capacityProviders: scenario.capacityProviders ?? [],
  launches: 0,
  launchesWithoutAgent: [...scenario.launchesWithoutAgent],
  instances: {},
  containerInstances: {},
  taskDefinitions: {},
  revisions: {},
  runs: {},
  services: {},
  tasks: {},
  tokens: {},
  protections: {},
  appTags: {},
  ecr: {},
  vendorImages: Object.fromEntries(
    scenario.vendorImages.map(({ image, build, bytes }) => [
      image,
      { build, bad: false, layers: [{ digest: image, diffId: image, bytes }] },
    ]),
  ),
  builds: {},
  badPairs: [...scenario.badPairs],
  rates: scenario.rates,
  delivery: { latencyMaxMs: 0, duplicatePercent: 0 },
  agentBlipsPerDay: scenario.agentBlipsPerDay,
  steadyStateEveryMs: scenario.steadyStateEveryMs ?? steadyStateEveryMs,
  bytesPulled: 0,
  outbox: [],
  outboxSequence: 0,
});

const publishPast = (world: World, scenario: Scenario) => {
  const past = <Item extends { readonly publishedAt: number }>(items: readonly Item[]) =>
    items
      .filter(({ publishedAt }) => publishedAt <= scenario.startsAt)
      .sort((a, b) => a.publishedAt - b.publishedAt);
  for (const release of past(scenario.releases)) publishRelease(world, release);
  world.amis.push(...past(scenario.amis));
  for (const [index, { publishedAt }] of world.scheduledReleases.entries()) {
    schedule(world, publishedAt, { kind: 'release', index });
  }
  for (const [index, { at }] of world.scheduledTagMoves.entries()) {
    schedule(world, at, { kind: 'tagMove', index });
  }
  for (const [index, { publishedAt }] of world.scheduledAmis.entries()) {
    schedule(world, publishedAt, { kind: 'ami', index });
  }
};

const newGroup = (plan: GroupPlan, { instances }: Scenario) => ({
  ...plan,
  minSize: plan.minSize ?? 0,
  maxSize:
    plan.maxSize ?? Math.max(1, 2 * instances.filter(({ group }) => group === plan.name).length),
  desiredCapacity: 0,
  declaredCapacity: 0,
  instances: [],
  reconcileAt: null,
  ...(plan.launchesFrom && { template: firstTemplate(plan.launchesFrom) }),
});

const firstTemplate = ({
  templateId: id,
  version,
  image,
}: NonNullable<GroupPlan['launchesFrom']>): LaunchTemplate => ({
  id,
  version,
  default: 1,
  versions: [{ number: 1, image, createdAt: 0 }],
});

const registerPlanned = (world: World, plan: TaskDefinitionPlan) => {
  const arn = definitionArn(world, plan.family, 1);
  world.revisions[plan.family] = 1;
  world.taskDefinitions[arn] = {
    arn,
    family: plan.family,
    revision: 1,
    operatingSystemFamily: plan.operatingSystemFamily,
    networkMode: plan.networkMode ?? null,
    containerDefinitions: plan.containers.map((container) => ({
      name: container.name,
      image: container.image,
      cpu: container.cpu,
      memory: container.memoryMiB,
      essential: true,
      portMappings:
        container.containerPort === undefined
          ? []
          : [
              {
                containerPort: container.containerPort,
                hostPort: container.hostPort ?? 0,
                protocol: 'tcp',
              },
            ],
    })),
    rest: { requiresCompatibilities: ['EC2'] },
    registeredAt: world.now - 30 * 86_400_000,
  };
  if (plan.run !== undefined) world.runs[plan.family] = plan.run;
};

const startService = (world: World, plan: ServicePlan) => {
  const taskDefinition = definitionArn(world, plan.family, 1);
  const definition = world.taskDefinitions[taskDefinition];
  assert(definition !== undefined, `the family ${plan.family} is in the scenario`);
  const createdAt = world.now - 20 * 86_400_000;
  const deployment = pastDeployment(world, taskDefinition, createdAt);
  const { id, pinned } = deployment;
  for (const { image } of definition.containerDefinitions) {
    const digest = resolveImage(world, image, undefined)?.digest;
    if (digest) pinned[image] = digest;
  }
  const service = restingService(world, plan, deployment);
  world.services[plan.name] = service;
  const isDaemon = service.schedulingStrategy === 'DAEMON';
  const daemon = isDaemon ? daemonPlan(world, service, definition) : undefined;
  if (daemon !== undefined) service.desiredCount = daemon.matchingCount;
  const wish = placementTaskOf(definition, wishOf(service));
  for (let count = 0; count < service.desiredCount; count++) {
    const on = daemon?.start[count];
    const instance =
      daemon === undefined
        ? chooseInstance(world, wish)
        : world.instances[world.containerInstances[on ?? ''] ?? ''];
    assert(instance !== undefined, `the fleet has room for the tasks of ${plan.name}`);
    const task = startTask(world, definition, instance, {
      service: { name: plan.name, deployment: id },
      pinned,
    });
    letRun(world, task, createdAt + count * 1000);
  }
  const at = world.now + drawBetween(world.chance, 0, world.steadyStateEveryMs);
  schedule(world, at, { kind: 'steadyState', id: plan.name });
};

const pastDeployment = (world: World, taskDefinition: string, createdAt: number): Deployment => {
  const id = `ecs-svc/${drawDigits(world.chance, 19)}`;
  return {
    id,
    status: 'PRIMARY',
    taskDefinition,
    createdAt,
    updatedAt: createdAt + 600_000,
    failedTasks: 0,
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${id} completed.`,
    pinned: {},
  };
};

const restingService = (world: World, plan: ServicePlan, deployment: Deployment): Service => ({
  name: plan.name,
  arn: clusterResourceArn(world, 'service', plan.name),
  taskDefinition: deployment.taskDefinition,
  desiredCount: plan.desiredCount,
  minimumHealthyPercent: plan.minimumHealthyPercent,
  maximumPercent: plan.maximumPercent,
  circuitBreaker: plan.circuitBreaker ?? { enable: false, rollback: false },
  schedulingStrategy: plan.schedulingStrategy ?? 'REPLICA',
  availabilityZoneRebalancing: plan.availabilityZoneRebalancing ?? 'DISABLED',
  rebalancingTask: null,
  placementConstraints: (plan.placementConstraints ?? []).map((expression) => ({
    type: 'memberOf' as const,
    expression,
  })),
  placementStrategy: [...(plan.placementStrategy ?? [])],
  createdAt: deployment.createdAt,
  deployments: [deployment],
  lastCompleted: {
    id: deployment.id,
    taskDefinition: deployment.taskDefinition,
    pinned: { ...deployment.pinned },
  },
  events: [],
  tasks: [],
  evaluateAt: null,
  steady: true,
  stuck: false,
  startFailures: 0,
  throttledUntil: 0,
  placementFailures: 0,
  placementFailureSaidAt: 0,
});

/** The task has been running, healthy, since `startedAt`; its image is on the instance. */
const letRun = (world: World, task: Task, startedAt: number) => {
  task.lastStatus = 'RUNNING';
  task.version = 3;
  task.createdAt = startedAt - 120_000;
  task.pullStartedAt = startedAt - 110_000;
  task.pullStoppedAt = startedAt - 20_000;
  task.startedAt = startedAt;
  task.healthy = true;
  for (const container of task.containers) {
    container.runtimeId = drawHex(world.chance, 64);
    const found = resolveImage(world, container.image, container.digest ?? undefined);
    container.digest = found?.digest ?? null;
    const layers = world.instances[task.ec2InstanceId]?.layers;
    if (layers === undefined) continue;
    for (const { diffId } of found?.content.layers ?? []) layers[diffId] = world.now;
  }
};
