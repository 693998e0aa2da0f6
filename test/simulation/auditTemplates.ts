import { type LaunchTemplate, versionNamed } from '../../domain/simulation/launchTemplates.ts';
import { type Act, field } from './auditActs.ts';
import type { Desk } from './auditDesk.ts';
import { plannedArn, type Recorded } from './auditRecord.ts';

// I5, I7, I13, I19, I22 for launch templates: a version more is made after an intent and differs in
// the AMI alone, the group launches from it, and what somebody else has set since is theirs.

export const templateMeetings = [
  'templateRenewed',
  'templateReturned',
  'templateOverruled',
] as const;
export type TemplateMeeting = (typeof templateMeetings)[number];

type Intent = {
  readonly effectId: string;
  readonly stream: string;
  readonly sequence: number;
  readonly isBack: boolean;
  readonly groupName: string;
  readonly templateId: string;
  readonly launchedFrom: string;
  readonly sourceVersion: number;
  readonly fromAmiId: string;
  readonly amiId: string;
  closedSequence?: number;
};

type Renewal = { readonly sequence: number; readonly effectId: string; readonly channel: string };

export type TemplateBook = {
  readonly intents: Intent[];
  /** By rollout and group: the version that was set last, and not given back. */
  readonly sets: Map<string, Renewal>;
  /** By rollout: when it was last resumed, and the channels in which an instance was proved. */
  readonly resumed: Map<string, number>;
  readonly proved: Map<string, Set<string>>;
  readonly refused: Set<string>;
  /** `<group> <version>`: the group launched from it at some moment. */
  readonly launched: Set<string>;
  readonly claims: (() => string | undefined)[];
  readonly met: Record<TemplateMeeting, number>;
};

export const createTemplateBook = (): TemplateBook => ({
  intents: [],
  sets: new Map(),
  resumed: new Map(),
  proved: new Map(),
  refused: new Set(),
  launched: new Set(),
  claims: [],
  met: { templateRenewed: 0, templateReturned: 0, templateOverruled: 0 },
});

const place = (stream: string, groupName: string) => `${stream} ${groupName}`;
type Groups = Desk['present']['truth']['groups'];
const templateOf = (groups: Groups, name: string): LaunchTemplate | undefined =>
  groups?.find((group) => group.name === name)?.template;
const launchedNow = (template: LaunchTemplate | undefined) =>
  template && versionNamed(template, template.version);

const close = (book: TemplateBook, isMeant: (intent: Intent) => boolean, sequence: number) => {
  for (const intent of book.intents.filter(isMeant)) intent.closedSequence ??= sequence;
};

const judgeForward = (book: TemplateBook, intent: Intent, desk: Desk): void => {
  const rollout = desk.record.rollouts.get(intent.stream);
  const named = `${intent.stream} intends a version for ${intent.groupName}`;
  if (rollout?.plan.policy.launchTemplate !== 'newVersion') {
    desk.say(`I7: ${named}, which its policy does not allow`);
  }
  if (rollout === undefined || !rollout.started || rollout.stops.length > 0) {
    desk.say(`I19: ${named}, and it does not run`);
  }
  const set = book.sets.get(place(intent.stream, intent.groupName));
  if (set === undefined || (book.resumed.get(intent.stream) ?? 0) > set.sequence) return;
  desk.say(`I13: ${named} over one that somebody else has set since`);
};

const judgeBack = (book: TemplateBook, intent: Intent, desk: Desk): void => {
  const stops = desk.record.rollouts.get(intent.stream)?.stops ?? [];
  const named = `${intent.stream} gives back the template of ${intent.groupName}`;
  if (!stops.some(({ kind }) => kind === 'aborted')) desk.say(`I19: ${named}, and goes on`);
  const set = book.sets.get(place(intent.stream, intent.groupName));
  if (set === undefined) desk.say(`I7: ${named}, of which it has set no version`);
  else if (book.proved.get(intent.stream)?.has(set.channel)) {
    desk.say(`I22: ${named}, and an instance was proved on it`);
  }
};

const intend = (book: TemplateBook, recorded: Recorded, desk: Desk): void => {
  const { event, stream, sequence } = recorded;
  const isForward = event.type === 'LaunchTemplateVersionIntended';
  if (!isForward && event.type !== 'LaunchTemplateReturnIntended') return;
  const { launchTemplateId: templateId, ...change } = event.data;
  const intent: Intent = { ...change, templateId, stream, sequence, isBack: !isForward };
  if (book.intents.some(({ effectId }) => effectId === intent.effectId)) {
    desk.say(`I6: ${intent.effectId} is the effect of two intents`);
  }
  (isForward ? judgeForward : judgeBack)(book, intent, desk);
  book.intents.push(intent);
};

/** The rules, and then the book. */
export const noteTemplate = (book: TemplateBook, recorded: Recorded, desk: Desk): void => {
  const { event, stream, sequence } = recorded;
  intend(book, recorded, desk);
  const isOpen =
    (groupName: string) =>
    (intent: Intent): boolean =>
      intent.stream === stream && intent.groupName === groupName && intent.sequence < sequence;
  switch (event.type) {
    case 'RolloutResumed':
      book.resumed.set(stream, sequence);
      return;
    case 'InstanceProved': {
      const rollout = desk.record.rollouts.get(stream);
      const arn = rollout && plannedArn(rollout, event.data.containerInstanceArn);
      const item = rollout?.plan.instances.find((each) => each.containerInstanceArn === arn);
      if (item === undefined) return;
      book.proved.set(stream, (book.proved.get(stream) ?? new Set()).add(item.channel));
      return;
    }
    case 'HoldsChanged':
      if (event.data.held.some(({ reason }) => reason === 'LaunchTemplateConflict')) {
        book.met.templateOverruled += 1;
      }
      return;
    case 'EffectFailed':
      close(book, ({ effectId }) => effectId === event.data.effectId, sequence);
      return;
    case 'LaunchTemplateVersionRefused':
      close(book, isOpen(event.data.groupName), sequence);
      book.refused.add(place(stream, event.data.groupName));
      return;
    case 'LaunchTemplateVersionSet': {
      const { groupName, version } = event.data;
      const intent = book.intents.findLast((each) => isOpen(groupName)(each) && !each.isBack);
      close(book, isOpen(groupName), sequence);
      const channel = channelOf(desk, stream, intent);
      book.sets.set(place(stream, groupName), {
        sequence,
        effectId: intent?.effectId ?? '',
        channel,
      });
      book.refused.delete(place(stream, groupName));
      // What was proved before was launched from something else.
      book.proved.get(stream)?.delete(channel);
      book.met.templateRenewed += 1;
      book.claims.push(() => {
        if (intent === undefined) return `I18: ${groupName} has a version nobody intended`;
        if (book.launched.has(`${groupName} ${version} ${intent.amiId}`)) return undefined;
        return `I18: ${groupName} is said to launch from ${version}, of ${intent.amiId}`;
      });
      return;
    }
    case 'LaunchTemplateReturned': {
      const { groupName } = event.data;
      close(book, isOpen(groupName), sequence);
      const set = book.sets.get(place(stream, groupName));
      book.sets.delete(place(stream, groupName));
      book.met.templateReturned += 1;
      book.claims.push(() => {
        const now = launchedNow(templateOf(desk.present.truth.groups, groupName));
        const isOurs = set !== undefined && now?.clientToken === set.effectId;
        return isOurs ? `I18: ${groupName} is said to launch as before, and does not` : undefined;
      });
      return;
    }
  }
};

const channelOf = ({ record }: Desk, stream: string, intent: Intent | undefined): string => {
  const plan = record.rollouts.get(stream)?.plan;
  const year = /(\d{4})$/.exec(intent?.groupName ?? '')?.[1];
  return plan?.targets.find(({ channel }) => channel.endsWith(year ?? '?'))?.channel ?? '';
};

const keysOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .filter(([, each]) => each !== undefined)
        .map(([key]) => key.charAt(0).toLowerCase() + key.slice(1))
        .toSorted()
    : [];

/** To be called for every call, before it is taken for done. */
export const judgeTemplateCall = (book: TemplateBook, act: Act, desk: Desk): void => {
  const { deed, call } = act;
  for (const { name, template } of call.before?.groups ?? []) {
    noteLaunched(book, name, template);
  }
  if (deed.kind === 'makeVersion') judgeVersion(book, act, desk);
  if (deed.kind === 'setTemplate') judgeSetting(book, act, desk);
};

const standing = (intent: Intent, { call, known }: Act): boolean =>
  intent.sequence <= (call.afterSequence ?? Number.POSITIVE_INFINITY) &&
  (intent.closedSequence ?? Number.POSITIVE_INFINITY) > known;

const judgeMoment = (book: TemplateBook, intent: Intent, act: Act, desk: Desk): void => {
  const { call } = act;
  const named = `${call.operation} for ${intent.groupName} at ${call.at}`;
  const stop = desk.record.rollouts
    .get(intent.stream)
    ?.stops.find(({ kind, sequence }) => kind !== 'paused' && sequence <= act.known);
  if (stop !== undefined && !intent.isBack) {
    desk.say(`I19: ${named} after ${intent.stream} was ${stop.kind}`);
  }
  const now = launchedNow(templateOf(call.before?.groups, intent.groupName));
  const isMeant = intent.isBack
    ? now?.image === intent.amiId
    : now?.image === intent.fromAmiId || now?.clientToken === intent.effectId;
  if (!isMeant) desk.say(`I13: ${named}, which launches from ${now?.image} by now`);
  noteLaunched(book, intent.groupName, templateOf(call.before?.groups, intent.groupName));
};

const judgeVersion = (book: TemplateBook, act: Act, desk: Desk): void => {
  const { input, at, operation } = act.call;
  const token = field(input, 'clientToken');
  const intent = book.intents.find(({ effectId }) => effectId === token);
  if (intent === undefined || !standing(intent, act)) {
    desk.say(`I7: ${operation} at ${at} (${token}) is not intended now`);
    return;
  }
  judgeMoment(book, intent, act, desk);
  const data = field(input, 'launchTemplateData');
  const image = intent.isBack ? intent.fromAmiId : intent.amiId;
  const isAsMeant =
    field(input, 'launchTemplateId') === intent.templateId &&
    Number(field(input, 'sourceVersion')) === intent.sourceVersion &&
    keysOf(data).join() === 'imageId' &&
    field(data, 'imageId') === image;
  if (!isAsMeant) desk.say(`I22: ${operation} at ${at} makes more of it than another AMI`);
};

const judgeSetting = (book: TemplateBook, act: Act, desk: Desk): void => {
  const { input, at, operation, before } = act.call;
  const name = `${field(input, 'autoScalingGroupName')}`;
  const intent = book.intents.findLast((each) => each.groupName === name && standing(each, act));
  if (intent === undefined) {
    desk.say(`I7: ${operation} of ${name} at ${at} is not intended now`);
    return;
  }
  judgeMoment(book, intent, act, desk);
  const chosen = field(input, 'launchTemplate');
  const version = `${field(chosen, 'version')}`;
  const made = templateOf(before?.groups, name)?.versions.find(
    ({ number }) => `${number}` === version,
  );
  const isAsMeant =
    keysOf(input).join() === 'autoScalingGroupName,launchTemplate' &&
    field(chosen, 'launchTemplateId') === intent.templateId &&
    (intent.isBack ? version === intent.launchedFrom : made?.clientToken === intent.effectId);
  if (!isAsMeant) desk.say(`I22: ${operation} of ${name} at ${at} sets more, or another version`);
};

const noteLaunched = (book: TemplateBook, name: string, template: LaunchTemplate | undefined) => {
  const now = launchedNow(template);
  if (now !== undefined) book.launched.add(`${name} ${now.number} ${now.image}`);
};

/** To be called when the truth at the end of the step is on the desk. */
export const settleTemplates = (book: TemplateBook, desk: Desk): void => {
  for (const { name, template } of desk.present.truth.groups ?? []) {
    noteLaunched(book, name, template);
  }
  for (const claim of book.claims.splice(0)) {
    const violation = claim();
    if (violation !== undefined) desk.say(violation);
  }
};

/** At rest nothing is meant any more, and no group launches from what an aborted rollout made. */
export const judgeTemplatesAtRest = (book: TemplateBook, desk: Desk): void => {
  for (const { effectId, closedSequence, stream } of book.intents) {
    if (closedSequence === undefined)
      desk.say(`I5: ${stream} leaves ${effectId} without an outcome`);
  }
  for (const [where, { effectId, channel }] of book.sets) {
    const [stream = '', groupName = ''] = where.split(' ');
    const stops = desk.record.rollouts.get(stream)?.stops ?? [];
    const isGivenUp = book.refused.has(where) || book.proved.get(stream)?.has(channel);
    if (isGivenUp || !stops.some(({ kind }) => kind === 'aborted')) continue;
    const now = launchedNow(templateOf(desk.present.truth.groups, groupName));
    if (now?.clientToken !== effectId) continue;
    desk.say(`I20: ${groupName} still launches from what ${stream} made, which was aborted`);
  }
};
