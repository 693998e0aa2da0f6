import type { GroundTruth } from '../../domain/simulation/groundTruth.ts';

// Ground truth, looked up by name.

export type TrueInstance = GroundTruth['instances'][number];
export type TrueTask = GroundTruth['tasks'][number];
export type TrueService = GroundTruth['services'][number];

export type TruthIndex = {
  readonly truth: GroundTruth;
  /** By container instance ARN; what has no ARN yet is absent. */
  readonly instances: ReadonlyMap<string, TrueInstance>;
  readonly services: ReadonlyMap<string, TrueService>;
  /** By EC2 id: every task that is not STOPPED. */
  readonly tasksOn: ReadonlyMap<string, readonly TrueTask[]>;
};

export const indexTruth = (truth: GroundTruth): TruthIndex => {
  const tasksOn = new Map<string, TrueTask[]>();
  for (const task of truth.tasks) {
    const there = tasksOn.get(task.instance);
    if (there === undefined) tasksOn.set(task.instance, [task]);
    else there.push(task);
  }
  return {
    truth,
    instances: new Map(
      truth.instances.filter(({ arn }) => arn !== '').map((instance) => [instance.arn, instance]),
    ),
    services: new Map(truth.services.map((service) => [service.name, service])),
    tasksOn,
  };
};

/** RUNNING tasks of a live container instance: those of a dead one run in name only. */
export const runningOn = (index: TruthIndex, arn: string): readonly TrueTask[] => {
  const instance = index.instances.get(arn);
  if (instance === undefined || !instance.alive) return [];
  const tasks = index.tasksOn.get(instance.ec2InstanceId) ?? [];
  return tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
};

/** ECS may place a task there: ACTIVE, its agent connected (Developer Guide, task-placement). */
export const takesTasks = (index: TruthIndex, arn: string): boolean => {
  const instance = index.instances.get(arn);
  return instance?.status === 'ACTIVE' && instance.alive && instance.agentConnected;
};

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** Services go by their name here, whether a name or an ARN was given. */
export const serviceName = (nameOrArn: string): string => lastPart(nameOrArn);

/** Every name under which an instance was ever met, each leading to its ARN. */
export type Directory = {
  readonly learn: (arn: string, ec2InstanceId?: string) => void;
  /** The ARN for an ARN, the id at its end, or an EC2 id; what nobody knows stays as it is. */
  readonly arnOf: (name: string) => string;
};

export const createDirectory = (): Directory => {
  const arns = new Map<string, string>();
  return {
    learn: (arn, ec2InstanceId) => {
      if (arn === '') return;
      arns.set(lastPart(arn), arn);
      if (ec2InstanceId !== undefined) arns.set(ec2InstanceId, arn);
    },
    arnOf: (name) => arns.get(name) ?? arns.get(lastPart(name)) ?? name,
  };
};
