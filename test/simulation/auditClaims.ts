import type { Desk } from './auditDesk.ts';
import { plannedArn, type Recorded, type RolloutRecord } from './auditRecord.ts';
import { runningOn, serviceName } from './auditTruth.ts';

// I18: what the record claims to have come about has come about. A claim is false only where the
// truth before its step and the truth after it both deny it.

export type ClaimBook = {
  /** Claims of this step; each says what is wrong with it once the truth is known. */
  pending: (() => string | undefined)[];
  /** Task ARN to the EC2 id on which ground truth showed it RUNNING. */
  readonly ranOn: Map<string, string>;
  /** Task ARNs that the record shows RUNNING, or stopped with nothing but exit codes of 0. */
  readonly ranInRecord: Map<string, string>;
  /** Task ARNs that the record shows stopped with an exit code other than 0. */
  readonly failedInRecord: Set<string>;
};

export const createClaimBook = (): ClaimBook => ({
  pending: [],
  ranOn: new Map(),
  ranInRecord: new Map(),
  failedInRecord: new Set(),
});

/** Nothing is placed on a DRAINING instance: what runs there at the end was there all along. */
const drainedClaim = (arn: string, desk: Desk) => () => {
  if (desk.present.instances.get(arn)?.status !== 'DRAINING') return undefined;
  const before = new Set(runningOn(desk.previous, arn).map((task) => task.arn));
  const denied = runningOn(desk.present, arn).some((task) => before.has(task.arn));
  return denied ? `I18: ${arn} is said to be drained, and tasks run on it` : undefined;
};

const restoredClaim = (arn: string, desk: Desk) => () => {
  const denied =
    !desk.taken.othersDrained.has(arn) &&
    [desk.previous, desk.present].every(({ instances }) => {
      return instances.get(arn)?.status === 'DRAINING';
    });
  return denied ? `I18: ${arn} is said to be restored, and is DRAINING` : undefined;
};

const replacedClaim = (arn: string, desk: Desk) => () => {
  if (desk.taken.instances.get(arn)?.terminated === true) return undefined;
  const denied = [desk.previous, desk.present].every(
    ({ instances }) => instances.get(arn)?.alive === true,
  );
  return denied ? `I18: ${arn} is said to be replaced, and lives` : undefined;
};

const deployedClaim = (name: string, rollout: RolloutRecord, desk: Desk) => () => {
  const id = rollout.deploymentIds.get(name);
  const denied = [desk.previous, desk.present].every(({ services }) => {
    const deployment = services.get(name)?.deployments.find((other) => other.id === id);
    return deployment !== undefined && deployment.rolloutState !== 'COMPLETED';
  });
  return denied ? `I18: ${name} is said to be deployed, and ${id} is not complete` : undefined;
};

/** Positive evidence: a task ran on the very replacement. */
const provedClaim =
  (book: ClaimBook, arn: string, taskArn: string, rollout: RolloutRecord) => () => {
    const replacement = rollout.replaced.get(plannedArn(rollout, arn));
    if (replacement === undefined) return `I18: ${arn} is said to be proved, but not replaced`;
    const where = book.ranOn.get(taskArn);
    const inRecord = book.ranInRecord.get(taskArn);
    if (where === undefined && inRecord === undefined) {
      return `I18: ${arn} is said to be proved by ${taskArn}, which never ran`;
    }
    const there =
      where === undefined ? inRecord === replacement.arn : where === replacement.ec2InstanceId;
    return there
      ? undefined
      : `I18: ${arn} is said to be proved by ${taskArn}, which ran elsewhere`;
  };

const noteTask = (book: ClaimBook, { event }: Recorded): void => {
  if (event.type !== 'TaskObserved') return;
  const { taskArn, containerInstanceArn, lastStatus, containers } = event.data.task;
  const succeeded =
    lastStatus === 'STOPPED' &&
    containers.length > 0 &&
    containers.every(({ exitCode }) => exitCode === 0);
  if (lastStatus === 'STOPPED' && containers.some(({ exitCode = 0 }) => exitCode !== 0)) {
    book.failedInRecord.add(taskArn);
  }
  if (lastStatus === 'RUNNING' || succeeded) {
    book.ranInRecord.set(taskArn, containerInstanceArn ?? '');
  }
};

export const noteClaim = (book: ClaimBook, recorded: Recorded, desk: Desk): void => {
  noteTask(book, recorded);
  const { event } = recorded;
  const rollout = desk.record.rollouts.get(recorded.stream);
  if (rollout === undefined) return;
  switch (event.type) {
    case 'InstanceDrained':
      book.pending.push(drainedClaim(event.data.containerInstanceArn, desk));
      return;
    case 'InstanceRestored':
      book.pending.push(restoredClaim(event.data.containerInstanceArn, desk));
      return;
    case 'InstanceReplaced':
      if (rollout.plan.policy.replacement === 'surge') return;
      book.pending.push(replacedClaim(event.data.containerInstanceArn, desk));
      return;
    case 'InstanceProved': {
      const { containerInstanceArn, taskArn } = event.data;
      if (book.failedInRecord.has(taskArn)) {
        desk.say(`I18: ${containerInstanceArn} is said to be proved by ${taskArn}, which failed`);
      }
      book.pending.push(provedClaim(book, containerInstanceArn, taskArn, rollout));
      return;
    }
    case 'ServiceDeployed':
      book.pending.push(deployedClaim(serviceName(event.data.serviceArn), rollout, desk));
      return;
  }
};

/** To be called when the truth at the end of the step is on the desk. */
export const judgeClaims = (book: ClaimBook, desk: Desk): void => {
  for (const { arn, instance, lastStatus } of desk.present.truth.tasks) {
    if (lastStatus === 'RUNNING') book.ranOn.set(arn, instance);
  }
  for (const claim of book.pending) {
    const violation = claim();
    if (violation !== undefined) desk.say(violation);
  }
  book.pending = [];
};
