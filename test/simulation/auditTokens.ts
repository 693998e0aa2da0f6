import { type Act, field } from './auditActs.ts';
import type { Desk } from './auditDesk.ts';
import { judgePull, type PrefetchBook } from './auditPrefetch.ts';
import { plannedArn } from './auditRecord.ts';
import { indexTruth, takesTasks } from './auditTruth.ts';

// I6, I17: the tasks that we run ourselves, each under a token and pinned to one instance.

type Token = {
  readonly input: string;
  readonly ec2InstanceId: string;
  readonly tasks: Set<string>;
};

export type TokenBook = {
  readonly tokens: Map<string, Token>;
  /** By EC2 id, the tasks of no service that were there before our first. */
  readonly earlier: Map<string, ReadonlySet<string>>;
};

export const createTokenBook = (): TokenBook => ({ tokens: new Map(), earlier: new Map() });

const standaloneOn = (index: Desk['present'], ec2InstanceId: string): readonly string[] =>
  (index.tasksOn.get(ec2InstanceId) ?? [])
    .filter(({ service }) => service === null)
    .map(({ arn }) => arn);

/** I7: the token is the effect id of an intent to prove, and the pin its replacement. */
const judgeProof = (token: string, ec2InstanceId: string, act: Act, desk: Desk): void => {
  const intent = desk.record.effects.get(token);
  const stored =
    intent?.kind === 'run' &&
    intent.at <= act.call.at &&
    intent.sequence <= (act.call.afterSequence ?? Number.POSITIVE_INFINITY);
  if (intent === undefined || !stored) {
    desk.say(`I7: RunTask under ${token}, which no stored intent to prove carries`);
    return;
  }
  const rollout = desk.record.rollouts.get(intent.stream);
  if (rollout === undefined) {
    if (desk.directory.arnOf(ec2InstanceId) === intent.subject) return;
    desk.say(`I7: RunTask under ${token} on ${ec2InstanceId}, not on what came for another`);
    return;
  }
  const replacement = rollout.replaced.get(plannedArn(rollout, intent.subject));
  if (replacement?.ec2InstanceId === ec2InstanceId) return;
  desk.say(`I7: RunTask under ${token} on ${ec2InstanceId}, not on the replacement to be proved`);
};

/** I17: an instance that takes no task is not asked; where the moment is in doubt, both sides. */
const judgePlace = (ec2InstanceId: string, act: Act, desk: Desk): void => {
  if (!act.call.took) return;
  const arn = desk.directory.arnOf(ec2InstanceId);
  const doubt = [desk.previous, desk.present];
  const moments = act.call.before === undefined ? doubt : [indexTruth(act.call.before)];
  if (moments.some((index) => takesTasks(index, arn))) return;
  desk.say(`I17: RunTask on ${arn}, which is not ACTIVE with its agent connected`);
};

const answeredTasks = (answer: unknown): readonly string[] => {
  const tasks = field(answer, 'tasks');
  if (!Array.isArray(tasks)) return [];
  return tasks.map((task) => field(task, 'taskArn')).filter((arn) => typeof arn === 'string');
};

/** I6: the same token asks for the same, and stands for one task. */
const judgeToken = (token: Token, name: string, act: Act, desk: Desk): void => {
  if (token.input !== JSON.stringify(act.call.input)) {
    desk.say(`I6: RunTask under ${name} asks for something else than before`);
  }
  for (const arn of answeredTasks(act.call.answer)) token.tasks.add(arn);
  if (token.tasks.size > 1) desk.say(`I6: ${token.tasks.size} tasks under the token ${name}`);
};

export const judgeRun = (book: TokenBook, pulls: PrefetchBook, act: Act, desk: Desk): void => {
  const { call, deed } = act;
  if (deed.kind !== 'run') return;
  const [ec2InstanceId, ...others] = deed.pins;
  if (ec2InstanceId === undefined || others.length > 0 || deed.count !== 1) {
    desk.say(`I6: RunTask at ${call.at} is not one task pinned to one instance`);
    return;
  }
  if (deed.token === undefined) {
    desk.say(`I6: RunTask on ${ec2InstanceId} at ${call.at} has no clientToken`);
    return;
  }
  if (!judgePull(pulls, deed.token, ec2InstanceId, act, desk)) {
    judgeProof(deed.token, ec2InstanceId, act, desk);
  }
  judgePlace(ec2InstanceId, act, desk);
  if (!book.earlier.has(ec2InstanceId)) {
    book.earlier.set(ec2InstanceId, new Set(standaloneOn(desk.previous, ec2InstanceId)));
  }
  const token = book.tokens.get(deed.token) ?? {
    input: JSON.stringify(call.input),
    ec2InstanceId,
    tasks: new Set<string>(),
  };
  book.tokens.set(deed.token, token);
  judgeToken(token, deed.token, act, desk);
};

/** I6 in ground truth: where we run tasks there are no more of them than tokens. */
export const judgeLiveTasks = (book: TokenBook, desk: Desk): void => {
  for (const [ec2InstanceId, earlier] of book.earlier) {
    const live = standaloneOn(desk.present, ec2InstanceId).filter((arn) => !earlier.has(arn));
    const tokens = [...book.tokens.values()].filter(
      (token) => token.ec2InstanceId === ec2InstanceId,
    );
    if (live.length <= tokens.length) continue;
    desk.say(`I6: ${live.length} tasks live on ${ec2InstanceId} under ${tokens.length} tokens`);
  }
};
