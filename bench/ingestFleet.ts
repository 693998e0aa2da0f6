import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from './random.ts';

// A fleet as the rule on the event bus would tell it: the events of AWS's own shape
// (events/samples), with ids as random as the real ones.

export const fleet = { instances: 1_000, tasks: 20_000, services: 200 } as const;

const sample = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../events/samples', name), 'utf8'));
const account = 'arn:aws:ecs:eu-west-1:111122223333';
const registry = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const beganMs = Date.parse('2025-10-14T17:00:00Z');
/** 60 events a second. */
const betweenEventsMs = 1_000 / 60;

/** Every instance once, then every task PENDING and every task RUNNING, each in random order. */
export const fleetBodies = (seed: number): readonly string[] => {
  const random = createRandom(seed);
  const services = Array.from({ length: fleet.services }, (_, index) => aService(index, random));
  const instances = Array.from({ length: fleet.instances }, () => anInstance(random));
  const tasks = Array.from({ length: fleet.tasks }, () => ({
    id: random.hex(32),
    runtimeId: random.hex(64),
    service: random.oneOf(services),
    instance: random.oneOf(instances),
    hostPort: 49_152 + random.below(16_384),
    pullMs: 60_000 + random.below(240_000),
  }));
  let nowMs = beganMs;
  const told = (make: (at: string, id: string) => unknown) => {
    nowMs += betweenEventsMs;
    return JSON.stringify(make(new Date(nowMs).toISOString(), random.uuid()));
  };
  return [
    ...instances.map((instance) => told((at, id) => instanceEvent(instance, at, id))),
    ...random.shuffled(tasks).map((task) => told((at, id) => taskEvent(task, 'PENDING', at, id))),
    ...random.shuffled(tasks).map((task) => told((at, id) => taskEvent(task, 'RUNNING', at, id))),
  ];
};

type Random = ReturnType<typeof createRandom>;

const aService = (index: number, random: Random) => ({
  name: `service-${index}`,
  revision: 1 + random.below(300),
  deployment: `ecs-svc/${random.digits(19)}`,
  digest: `sha256:${random.hex(64)}`,
});

const anInstance = (random: Random) => ({
  arn: `${account}:container-instance/shop/${random.hex(32)}`,
  ec2InstanceId: `i-0${random.hex(16)}`,
  zone: `eu-west-1${random.oneOf(['a', 'b', 'c'])}`,
});

const instanceEvent = (
  { arn, ec2InstanceId }: ReturnType<typeof anInstance>,
  at: string,
  id: string,
) => {
  const event = sample('ecs-container-instance-state-change.json');
  const detail = { ...event.detail, containerInstanceArn: arn, ec2InstanceId, version: 3 };
  return { ...event, id, time: at, resources: [arn], detail: { ...detail, updatedAt: at } };
};

const taskEvent = (
  task: {
    readonly id: string;
    readonly runtimeId: string;
    readonly service: ReturnType<typeof aService>;
    readonly instance: ReturnType<typeof anInstance>;
    readonly hostPort: number;
    readonly pullMs: number;
  },
  lastStatus: 'PENDING' | 'RUNNING',
  at: string,
  id: string,
) => {
  const { service, instance } = task;
  const event = sample('ecs-task-state-change.json');
  const arn = `${account}:task/shop/${task.id}`;
  const runs = lastStatus === 'RUNNING';
  const { startedAt: _, ...known } = event.detail;
  const [container] = known.containers;
  const detail = {
    ...known,
    availabilityZone: instance.zone,
    containerInstanceArn: instance.arn,
    containers: [
      {
        ...container,
        name: service.name,
        image: `${registry}/${service.name}:main`,
        lastStatus,
        taskArn: arn,
        networkBindings: [],
        ...(runs && {
          imageDigest: service.digest,
          runtimeId: task.runtimeId,
          networkBindings: [
            { bindIP: '0.0.0.0', containerPort: 80, hostPort: task.hostPort, protocol: 'tcp' },
          ],
        }),
      },
    ],
    createdAt: new Date(Date.parse(at) - (runs ? task.pullMs : 1_000)).toISOString(),
    group: `service:${service.name}`,
    lastStatus,
    startedBy: service.deployment,
    taskArn: arn,
    taskDefinitionArn: `${account}:task-definition/${service.name}:${service.revision}`,
    updatedAt: at,
    version: runs ? 3 : 1,
    ...(runs && { startedAt: at }),
  };
  if (!runs) delete detail.containers[0].imageDigest;
  return { ...event, id, time: at, resources: [arn], detail };
};
