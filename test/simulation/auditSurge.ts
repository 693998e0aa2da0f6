import type { Act } from './auditActs.ts';
import type { Desk } from './auditDesk.ts';
import { allowanceOf, holdsLease } from './auditLedger.ts';
import { closeIntents, type IntentKind, intentsFor, type Recorded } from './auditRecord.ts';

// I22, S18: instances that are launched before those that they replace go. The desired capacity of
// a group is an absolute figure that others write too (EC2 Auto Scaling API, SetDesiredCapacity).

/** What surges brought about; a full run must meet each. */
export const surgeMeetings = ['surged', 'retired', 'givenBack', 'reset', 'atMaximum'] as const;
export type SurgeMeeting = (typeof surgeMeetings)[number];

type Account = {
  readonly stream: string;
  readonly groupName: string;
  /** ARN, or EC2 id where it never registered. */
  newcomer?: string;
  isOverruled?: true;
};

export type SurgeBook = {
  /** By planned instance: its group is one above what it would be on its account. */
  readonly accounts: Map<string, Account>;
  /** Newcomers that are given back, each to the planned instance under whose lease. */
  readonly givenBack: Map<string, string>;
  /** Groups that keep what could not be emptied, and how many. */
  readonly kept: Map<string, number>;
  readonly met: Record<SurgeMeeting, number>;
};

export const createSurgeBook = (): SurgeBook => ({
  accounts: new Map(),
  givenBack: new Map(),
  kept: new Map(),
  met: { surged: 0, retired: 0, givenBack: 0, reset: 0, atMaximum: 0 },
});

/** Whose lease covers what is done to an instance. */
export const leasedAs = ({ givenBack }: SurgeBook, instance: string): string =>
  givenBack.get(instance) ?? instance;

const isBySurge = (recorded: Recorded, desk: Desk): boolean =>
  desk.record.rollouts.get(recorded.stream)?.plan.policy.replacement === 'surge';

/** What the record may not say of a surge. */
export const judgeSurge = (recorded: Recorded, desk: Desk): void => {
  const { event, stream } = recorded;
  const { accounts } = desk.surges;
  if (event.type === 'GroupSurgeIntended') {
    const { from, to, instances, groupName } = event.data;
    if (to !== from + instances.length) {
      desk.say(`I22: ${stream} asks ${groupName} for ${to - from}, for ${instances.length}`);
    }
    for (const { containerInstanceArn, leaseId } of instances) {
      if (holdsLease(desk, 'instance', containerInstanceArn, leaseId)) continue;
      desk.say(`I11: a surge for ${containerInstanceArn}, but ${leaseId} is not its lease`);
    }
  }
  if (event.type === 'InstanceDrainIntended' && isBySurge(recorded, desk)) {
    const arn = event.data.containerInstanceArn;
    const rollout = desk.record.rollouts.get(stream);
    if (accounts.get(arn)?.newcomer === undefined || !rollout?.proved.has(arn)) {
      desk.say(`I18: ${arn} is to be drained before what is launched for it is proved`);
    }
  }
  if (event.type === 'InstanceSkipped' && accounts.has(event.data.containerInstanceArn)) {
    const { containerInstanceArn: arn } = event.data;
    if (accounts.get(arn)?.isOverruled !== true) {
      desk.say(`S18: ${stream} gives up ${arn}, and nobody gives back what was launched for it`);
    }
  }
};

/** Takes one event into the book; to be called after the rules have judged it. */
export const noteSurge = ({ event, stream, sequence }: Recorded, desk: Desk): void => {
  const { accounts, givenBack, kept, met } = desk.surges;
  const close = (subject: string | undefined, kinds: readonly IntentKind[]) => {
    if (subject !== undefined) closeIntents(desk.record, stream, subject, kinds, sequence);
  };
  switch (event.type) {
    case 'GroupSurgeIntended':
      for (const { containerInstanceArn } of event.data.instances) {
        accounts.set(containerInstanceArn, { stream, groupName: event.data.groupName });
      }
      return;
    case 'GroupSurgeRefused':
      for (const arn of event.data.instances) accounts.delete(arn);
      return;
    case 'GroupOverruled':
      met.reset += 1;
      for (const [arn, account] of accounts) {
        if (account.groupName !== event.data.groupName || account.stream !== stream) continue;
        account.isOverruled = true;
        close(arn, ['run']);
        close(account.newcomer, ['empty']);
        desk.record.rollouts.get(stream)?.replaced.delete(arn);
      }
      desk.wholeInstances -= kept.get(event.data.groupName) ?? 0;
      kept.delete(event.data.groupName);
      return;
    case 'InstanceReplaced': {
      const account = accounts.get(event.data.containerInstanceArn);
      if (account !== undefined) account.newcomer = event.data.replacementArn;
      return;
    }
    case 'SurplusReturnIntended': {
      const { containerInstanceArn: arn, newcomer } = event.data;
      const account = accounts.get(arn);
      if (account === undefined) return;
      close(account.newcomer, ['empty', 'end']);
      close(arn, ['drain', 'terminate', 'run', 'restore']);
      if (newcomer === undefined) return;
      desk.directory.learn(newcomer.replacementArn, newcomer.replacementEc2InstanceId);
      account.newcomer = newcomer.replacementArn;
      givenBack.set(newcomer.replacementArn, arn);
      return;
    }
    case 'SurplusEndIntended': {
      const { containerInstanceArn: arn, ec2InstanceId } = event.data;
      if (ec2InstanceId !== undefined) givenBack.set(desk.directory.arnOf(ec2InstanceId), arn);
      return;
    }
    case 'SurplusKeepIntended':
      close(accounts.get(event.data.containerInstanceArn)?.newcomer, ['empty', 'end']);
      return;
    default:
      noteEnd({ event, stream, sequence, at: 0 }, desk);
  }
};

const noteEnd = ({ event, stream, sequence }: Recorded, desk: Desk): void => {
  const { accounts, givenBack, kept, met } = desk.surges;
  if (event.type === 'InstanceRetired') {
    met.retired += 1;
    accounts.delete(event.data.containerInstanceArn);
    giveUp(event.data.containerInstanceArn, desk);
  }
  if (event.type !== 'SurplusSettled') return;
  const { containerInstanceArn: arn } = event.data;
  const account = accounts.get(arn);
  if (account === undefined) return;
  giveUp(arn, desk);
  const ended = [...givenBack].filter(([, planned]) => planned === arn).map(([name]) => name);
  for (const name of ended) {
    closeIntents(desk.record, stream, name, ['empty', 'end', 'keep'], sequence);
    giveUp(name, desk);
    givenBack.delete(name);
  }
  const isEnded = ended.some((name) => intentsFor(desk.record, 'end', name).some(wasSpent));
  const isKept = !isEnded && !account.isOverruled;
  if (isKept) {
    kept.set(account.groupName, (kept.get(account.groupName) ?? 0) + 1);
    desk.wholeInstances += 1;
  } else met.givenBack += 1;
  accounts.delete(arn);
  desk.record.rollouts.get(stream)?.replaced.delete(arn);
};

/** A lifecycle hook may keep it DRAINING for a while: it is out until it is gone. */
const giveUp = (arn: string, desk: Desk): void => {
  const taken = desk.taken.instances.get(arn);
  if (taken !== undefined) taken.skipped = true;
};

const wasSpent = ({ spent }: { readonly spent: boolean }) => spent;

/** I22: with decrement where another was launched for it, and only there. */
export const judgeDecrement = ({ call, deed, known }: Act, desk: Desk): void => {
  if (deed.kind !== 'terminate') return;
  const { accounts, givenBack } = desk.surges;
  const isSurplus = accounts.has(deed.instance) || givenBack.has(deed.instance);
  const intents = intentsFor(desk.record, 'terminate', deed.instance);
  const ofSurge = intents.some(
    ({ stream }) => desk.record.rollouts.get(stream)?.plan.policy.replacement === 'surge',
  );
  const named = `TerminateInstanceInAutoScalingGroup of ${deed.instance} at ${call.at}`;
  if (deed.shrinks && !isSurplus && !ofSurge) {
    desk.say(`I22: ${named} takes the desired capacity down: nothing replaces it (${known})`);
  }
  if (!deed.shrinks && isSurplus) desk.say(`S18: ${named} without decrement: it comes again`);
};

/** S18: never more than its owner allows, and no more surplus than leases. */
export const judgeGroups = (desk: Desk): void => {
  for (const { name, desired, declared, maxSize, living } of desk.present.truth.groups ?? []) {
    if (desired > maxSize || living > maxSize) {
      desk.say(`I22: ${name} wants ${desired}, has ${living}, and its maximum is ${maxSize}`);
    }
    if (desired > declared) desk.surges.met.surged += 1;
    if (desired === maxSize) desk.surges.met.atMaximum += 1;
    const accounts = [...desk.surges.accounts.values()].filter((each) => each.groupName === name);
    const most = declared + accounts.length + (desk.surges.kept.get(name) ?? 0);
    if (desired > most) desk.say(`S18: ${name} wants ${desired}, and ${most} are accounted for`);
    const { ceiling } = desk.ledger;
    const budget = Math.max(
      ceiling.instance,
      allowanceOf(desk.ledger.budget.instances, desk.wholeInstances),
    );
    const surplus = desired - declared - (desk.surges.kept.get(name) ?? 0);
    if (surplus > budget) desk.say(`I11: ${name} wants ${surplus} too many, ${budget} allowed`);
  }
};

/** At rest nothing is surplus but what could not be emptied, and is named. */
export const judgeGroupsAtRest = (desk: Desk): void => {
  for (const { name, desired, declared, living } of desk.present.truth.groups ?? []) {
    const most = declared + (desk.surges.kept.get(name) ?? 0);
    if (desired < declared || desired > most) {
      desk.say(`S18: ${name} wants ${desired} at rest, and its owner declares ${declared}`);
    }
    if (living !== desired) desk.say(`S18: ${name} has ${living} at rest and wants ${desired}`);
  }
};
