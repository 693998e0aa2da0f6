import type { Desk } from './auditDesk.ts';
import { judgeDrainsAtRest } from './auditDrains.ts';
import type { RolloutRecord } from './auditRecord.ts';

// I5, I24, I25: at rest nothing is under way, and whatever was not done is named with a reason.

/** What the plan promised, each item under the names that a hold may give it. */
const itemsOf = ({ plan }: RolloutRecord): readonly (readonly [string, ...string[]])[] => [
  ...plan.images.map(
    ({ image, repository, tag, staleDigest }) =>
      [image, `${repository}:${tag}`, staleDigest] as const,
  ),
  ...plan.instances.map(
    ({ containerInstanceArn, ec2InstanceId }) => [containerInstanceArn, ec2InstanceId] as const,
  ),
  ...plan.services.map(({ serviceArn, serviceName }) => [serviceArn, serviceName] as const),
];

/** A plan that waits for a person to start it explains itself. */
const waitsForStart = ({ plan, started, stops }: RolloutRecord): boolean =>
  plan.policy.start === 'manual' && !started && stops.length === 0;

/** An abort says why for all that it leaves. */
const isAborted = ({ stops }: RolloutRecord): boolean =>
  stops.some(({ kind }) => kind === 'aborted');

const judgeItems = (rollout: RolloutRecord, desk: Desk): void => {
  if (waitsForStart(rollout) || isAborted(rollout)) return;
  const held = new Set(rollout.held.filter(({ reason }) => reason).map(({ subject }) => subject));
  for (const names of itemsOf(rollout)) {
    const [subject] = names;
    if (rollout.ended.has(subject) || names.some((name) => held.has(name))) continue;
    desk.say(`I25: ${rollout.stream} leaves ${subject} neither ended nor held with a reason`);
  }
};

const judgeIntents = (desk: Desk): void => {
  for (const { kind, subject, stream, outcome } of [...desk.record.intents.values()].flat()) {
    if (!outcome) desk.say(`I5: ${stream} intended to ${kind} ${subject}, without an outcome`);
  }
};

const judgeTaken = (desk: Desk): void => {
  for (const [arn, { skipped, terminated }] of desk.taken.instances) {
    const status = desk.present.instances.get(arn)?.status;
    if (status === 'DRAINING') desk.say(`I13: ${arn} is left DRAINING by us`);
    else if (!skipped) {
      desk.say(
        `I25: ${arn} is ${terminated ? 'terminated' : 'drained'} by us and nothing followed`,
      );
    }
  }
  for (const arn of desk.taken.replaced) {
    if (desk.present.instances.get(arn)?.status !== 'DRAINING') continue;
    desk.say(`I13: ${arn} is replaced, and is left DRAINING`);
  }
  for (const name of desk.taken.services) desk.say(`I25: our deployment of ${name} goes on`);
};

/** Judges the step on the desk, which `afterStep` has seen. */
export const judgeRest = (desk: Desk): void => {
  for (const { leaseId, id } of desk.ledger.live.values()) {
    desk.say(`I25: lease ${leaseId} of ${id} is live at rest`);
  }
  judgeIntents(desk);
  judgeTaken(desk);
  judgeDrainsAtRest(desk);
  for (const rollout of desk.record.rollouts.values()) judgeItems(rollout, desk);
};
