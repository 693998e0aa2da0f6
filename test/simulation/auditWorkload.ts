import type { AuditStep } from './audit.ts';
import type { Act } from './auditActs.ts';
import type { Desk } from './auditDesk.ts';
import { indexTruth, runningOn, serviceName } from './auditTruth.ts';

// I8, I10, I14, I15: what ground truth says about the workload.

export type WorkloadBook = {
  /** By service, the last step in which something other than us touched it. */
  readonly touched: Map<string, number>;
};

export const createWorkloadBook = (): WorkloadBook => ({ touched: new Map() });

const noteTouched = (book: WorkloadBook, step: AuditStep, desk: Desk): void => {
  for (const name of [
    ...step.losses.services,
    ...step.byOthers.deployed,
    ...step.byOthers.scaled,
  ]) {
    book.touched.set(serviceName(name), desk.step);
  }
  for (const name of [...step.losses.instances, ...step.byOthers.drained]) {
    const arn = desk.directory.arnOf(name);
    for (const index of [desk.previous, desk.present]) {
      const ec2InstanceId = index.instances.get(arn)?.ec2InstanceId ?? name;
      for (const { service } of index.tasksOn.get(ec2InstanceId) ?? []) {
        if (service !== null) book.touched.set(service, desk.step);
      }
    }
  }
};

/** Did a healthy task of the service end on what we took out, or under our own deployment? */
const byUs = (name: string, desk: Desk): boolean => {
  if (desk.taken.services.has(name)) return true;
  const stillHealthy = new Set(
    desk.present.truth.tasks.filter(({ healthy }) => healthy).map(({ arn }) => arn),
  );
  return desk.previous.truth.tasks.some(
    ({ arn, service, healthy, instance }) =>
      service === name &&
      healthy &&
      !stillHealthy.has(arn) &&
      desk.taken.instances.has(desk.directory.arnOf(instance)),
  );
};

/**
 * I8, I10: healthy tasks of a service do not fall, by our doing, below what ECS computes as
 * ceil(desired x minimumHealthyPercent / 100) (ECS Developer Guide, deployment-type-ecs). Excused
 * for `excuseSteps` steps after an involuntary loss or another actor touched the service.
 */
export const judgeHealth = (book: WorkloadBook, step: AuditStep, desk: Desk): void => {
  noteTouched(book, step, desk);
  const excuseSteps = desk.setup.excuseSteps ?? 3;
  for (const { name, desired, healthyRunning, ...service } of desk.present.truth.services) {
    const before = desk.previous.services.get(name)?.healthyRunning ?? 0;
    const agreed = desk.setup.services.find((other) => other.name === name) ?? service;
    const lower = Math.ceil((desired * agreed.minimumHealthyPercent) / 100);
    if (healthyRunning >= before || healthyRunning >= lower) continue;
    const touched = book.touched.get(name);
    if (touched !== undefined && desk.step - touched < excuseSteps) continue;
    if (!byUs(name, desk)) continue;
    desk.say(
      `I8: ${name} fell by our doing from ${before} to ${healthyRunning} healthy, minimum ${lower}`,
    );
  }
};

/** I8: we terminate no instance on which a task runs. */
export const judgeTermination = ({ call, deed }: Act, desk: Desk): void => {
  if (deed.kind !== 'terminate' || !call.took) return;
  const index = call.before === undefined ? desk.previous : indexTruth(call.before);
  // A step earlier its tasks may have been on their way out; not so where it was not yet DRAINING.
  const draining = index.instances.get(deed.instance)?.status === 'DRAINING';
  if (call.before === undefined && draining) return;
  const running = runningOn(index, deed.instance).map(({ arn }) => arn);
  if (running.length === 0) return;
  desk.say(`I8: ${deed.instance} terminated by us while ${running.length} run: ${running[0]}`);
};

/** `10.0.20348.4294` and `20348.4294` alike; undefined where it is no build. */
const parseBuild = (text: string | null) => {
  const found = /^(?:10\.0\.)?(\d{5})(?:\.(\d+))?$/.exec(text ?? '');
  return found === null ? undefined : { build: found[1], revision: found[2] };
};

/**
 * Microsoft, version-compatibility, process isolation: 2019 and 2022 want their own build, a
 * 26100 instance also runs 20348, and on 2016 (14393) the revision has to match too.
 */
export const mayRunTogether = (imageBuild: string, instanceBuild: string): boolean => {
  const image = parseBuild(imageBuild);
  const instance = parseBuild(instanceBuild);
  if (image === undefined || instance === undefined) return false;
  if (instance.build === '26100') return image.build === '26100' || image.build === '20348';
  if (image.build !== instance.build) return false;
  return instance.build !== '14393' || image.revision === instance.revision;
};

/** I14 and I15, on every instance that is alive. */
export const judgeInstances = (desk: Desk): void => {
  for (const instance of desk.present.truth.instances) {
    const { arn, ec2InstanceId, alive, build, memoryUsed, memoryRegistered } = instance;
    if (!alive) continue;
    if (memoryUsed > memoryRegistered) {
      desk.say(`I15: ${arn} has ${memoryUsed} MiB in use of ${memoryRegistered} registered`);
    }
    const verdicts = new Map<string, boolean>();
    for (const task of desk.present.tasksOn.get(ec2InstanceId) ?? []) {
      if (task.lastStatus !== 'RUNNING' || task.build === null) continue;
      const may = verdicts.get(task.build) ?? mayRunTogether(task.build, build);
      verdicts.set(task.build, may);
      if (may) continue;
      desk.say(`I14: ${task.arn} of build ${task.build} runs on ${arn} of build ${build}`);
    }
  }
};
