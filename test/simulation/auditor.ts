import type { StoredEvent } from '../../events/catalogue.ts';
import type { SequencedCommit } from '../../infra/eventStore/eventStore.ts';
import type { AuditedCall, Auditor, AuditSetup, AuditStep } from './audit.ts';
import { type Act, deedsOf } from './auditActs.ts';
import { createClaimBook, judgeClaims, noteClaim } from './auditClaims.ts';
import type { Desk } from './auditDesk.ts';
import {
  createDrainBook,
  judgeDeadlines,
  judgeDrainEnd,
  judgeRolloutBegins,
  noteDrain,
  noteInterrupted,
} from './auditDrains.ts';
import { judgeAct } from './auditEffects.ts';
import {
  createEnforcementBook,
  judgeEnforced,
  judgeEnforcing,
  judgeLandings,
  noteEnforcement,
} from './auditEnforcement.ts';
import {
  createGhostBook,
  judgeDeregistration,
  judgeGhostsAtRest,
  noteGhost,
} from './auditGhosts.ts';
import { createHookBook, judgeAnswer, noteHook } from './auditHooks.ts';
import { judgeIntent, judgeReplacement } from './auditIntents.ts';
import {
  createLedgerBook,
  judgeLeaseOfAct,
  judgeLedgerEvent,
  judgeOut,
  judgeUnleased,
  settleCeiling,
} from './auditLedger.ts';
import { createLimitBook, judgeLimits, settleLimits } from './auditLimits.ts';
import { createPrefetchBook, judgePrefetch, judgeRegistration } from './auditPrefetch.ts';
import { createProtectionBook, judgeProtected, noteProtection } from './auditProtection.ts';
import {
  createRecordBook,
  intentOf,
  noteIntent,
  noteOutcome,
  type Recorded,
} from './auditRecord.ts';
import { judgeRest } from './auditRest.ts';
import { noteRollout } from './auditRollout.ts';
import { createStoreBook, judgeCommit, judgeMirror, judgeObservation } from './auditStore.ts';
import {
  createSurgeBook,
  judgeGroups,
  judgeGroupsAtRest,
  judgeSurge,
  leasedAs,
  noteSurge,
} from './auditSurge.ts';
import { createTakenBook, noteTaken, settle, takeAct } from './auditTaken.ts';
import {
  createTemplateBook,
  judgeTemplateCall,
  judgeTemplatesAtRest,
  noteTemplate,
  settleTemplates,
} from './auditTemplates.ts';
import { createTokenBook, judgeLiveTasks, judgeRun } from './auditTokens.ts';
import { createDirectory, indexTruth } from './auditTruth.ts';
import {
  createWindowBook,
  judgeBeginning,
  judgeClosing,
  judgeLateCall,
  judgeWindowsAtRest,
  noteWindows,
  settleWindows,
} from './auditWindows.ts';
import {
  createWorkloadBook,
  judgeHealth,
  judgeInstances,
  judgeTermination,
} from './auditWorkload.ts';

const nothing = indexTruth({ instances: [], services: [], tasks: [] });

const createDesk = (setup: AuditSetup, say: (violation: string) => void): Desk => ({
  setup,
  record: createRecordBook(),
  ledger: createLedgerBook(setup.budget),
  taken: createTakenBook(),
  drains: createDrainBook(),
  surges: createSurgeBook(),
  directory: createDirectory(),
  previous: nothing,
  present: nothing,
  wholeInstances: setup.instances ?? 0,
  step: 0,
  startSequence: 0,
  say,
});

const createBooks = () => ({
  store: createStoreBook(),
  claims: createClaimBook(),
  enforcement: createEnforcementBook(),
  tokens: createTokenBook(),
  workload: createWorkloadBook(),
  windows: createWindowBook(),
  limits: createLimitBook(),
  prefetches: createPrefetchBook(),
  ghosts: createGhostBook(),
  hooks: createHookBook(),
  protections: createProtectionBook(),
  templates: createTemplateBook(),
});
type Books = ReturnType<typeof createBooks>;

const beginStep = (desk: Desk, step: AuditStep): void => {
  desk.step += 1;
  const first = desk.step === 1;
  desk.previous = first ? indexTruth(step.truth) : desk.present;
  desk.present = indexTruth(step.truth);
  if (first) {
    desk.wholeInstances = desk.setup.instances ?? step.truth.instances.length;
    settleCeiling(desk);
  }
  for (const { arn, ec2InstanceId } of step.truth.instances) {
    desk.directory.learn(arn, ec2InstanceId);
  }
  noteInterrupted(step, desk);
};

/** First the rules, against what was known until now; then the books. */
const takeEvent = (recorded: Recorded, desk: Desk, books: Books): void => {
  judgeObservation(books.store, recorded, desk.say);
  judgeLedgerEvent(recorded, desk);
  judgeLimits(books.limits, recorded, desk);
  judgeBeginning(books.windows, recorded, desk);
  judgeClosing(books.windows, recorded, desk);
  judgeReplacement(recorded, desk);
  noteGhost(books.ghosts, recorded);
  noteHook(books.hooks, recorded);
  judgePrefetch(books.prefetches, recorded, desk);
  judgeRolloutBegins(recorded, desk);
  judgeDrainEnd(recorded, desk);
  judgeSurge(recorded, desk);
  judgeProtected(books.protections, recorded, desk);
  noteProtection(books.protections, recorded);
  noteTemplate(books.templates, recorded, desk);
  const newcomerOf = (planned: string) => desk.surges.accounts.get(planned)?.newcomer;
  const intent = intentOf(recorded, desk.directory, newcomerOf);
  if (intent !== undefined) judgeIntent(recorded, intent, desk);
  noteOutcome(desk.record, recorded);
  if (intent !== undefined) noteIntent(desk.record, intent);
  noteRollout(desk.record, recorded, desk.directory);
  noteTaken(desk.taken, recorded, desk.record.rollouts.get(recorded.stream));
  noteSurge(recorded, desk);
  noteDrain(recorded, desk);
  noteClaim(books.claims, recorded, desk);
  noteEnforcement(books.enforcement, recorded);
  noteWindows(books.windows, recorded, desk);
};

const takeCommit = (commit: SequencedCommit, desk: Desk, books: Books): void => {
  judgeCommit(books.store, commit, desk.say);
  const { stream, sequence, at } = commit;
  for (const event of commit.events) {
    // The store writes nothing that is not in events/catalogue.ts.
    takeEvent({ stream, sequence, at, event: event as StoredEvent }, desk, books);
  }
};

const takeCall = (call: AuditedCall, desk: Desk, books: Books): void => {
  for (const deed of deedsOf(call, desk.directory)) {
    const act: Act = { call, deed, known: call.afterSequence ?? desk.startSequence };
    judgeAct(act, desk);
    judgeLeaseOfAct(act, desk);
    judgeTermination(act, desk);
    judgeRun(books.tokens, books.prefetches, act, desk);
    judgeDeregistration(books.ghosts, act, desk);
    judgeAnswer(books.hooks, act, desk);
    judgeTemplateCall(books.templates, act, desk);
    judgeRegistration(books.prefetches, act, desk);
    judgeEnforcing(books.enforcement, act, desk);
    judgeLateCall(books.windows, act, desk);
    takeAct(desk.taken, act);
    judgeOut(act, desk);
  }
};

/** Was it sent before the commit was stored, as far as anyone can tell? At one moment: after. */
const precedes = (call: AuditedCall, commit: SequencedCommit): boolean =>
  call.afterSequence === undefined ? call.at < commit.at : call.afterSequence < commit.sequence;

/** Commits and calls as one history, each kind in its own order. */
const takeStep = ({ commits, calls }: AuditStep, desk: Desk, books: Books): void => {
  const waiting = [...calls];
  for (const commit of commits) {
    for (let call = waiting[0]; call !== undefined && precedes(call, commit); call = waiting[0]) {
      waiting.shift();
      takeCall(call, desk, books);
    }
    takeCommit(commit, desk, books);
  }
  for (const call of waiting) takeCall(call, desk, books);
};

const endStep = (step: AuditStep, desk: Desk, books: Books): void => {
  judgeHealth(books.workload, step, desk);
  judgeInstances(desk);
  judgeLandings(books.enforcement, step, desk);
  judgeLiveTasks(books.tokens, desk);
  const { interrupted } = desk.drains;
  const standsFor = (arn: string) => leasedAs(desk.surges, arn);
  const { drained } = step.byOthers;
  settle(desk.taken, desk.present, drained, desk.wholeInstances, interrupted, standsFor);
  judgeDeadlines(step.now, desk);
  judgeClaims(books.claims, desk);
  settleTemplates(books.templates, desk);
  judgeGroups(desk);
  judgeUnleased(desk);
  settleCeiling(desk);
  settleWindows(books.windows, step.now, desk);
  settleLimits(books.limits, desk);
  desk.startSequence = books.store.sequence;
};

/**
 * Judges a simulated run step by step, from the record, the calls and ground truth alone. Where
 * the order of a call and a commit is in doubt, the call is not held to have known the commit.
 */
export const createAuditor = (setup: AuditSetup): Auditor => {
  let violations: string[] = [];
  const desk = createDesk(setup, (violation) => violations.push(violation));
  const books = createBooks();
  return {
    afterStep: (step) => {
      violations = [];
      beginStep(desk, step);
      takeStep(step, desk, books);
      endStep(step, desk, books);
      return violations;
    },
    atRest: (step) => {
      violations = [];
      desk.present = indexTruth(step.truth);
      judgeRest(desk);
      judgeGroupsAtRest(desk);
      judgeGhostsAtRest(desk);
      judgeTemplatesAtRest(books.templates, desk);
      judgeEnforced(books.enforcement, desk);
      judgeWindowsAtRest(books.windows, step.now, desk);
      judgeMirror(books.store, desk.present, desk.say);
      return violations;
    },
    met: () => ({
      ...books.windows.met,
      ...books.limits.met,
      ...books.prefetches.met,
      ...books.ghosts.met,
      ...books.hooks.met,
      ...books.protections.met,
      ...books.templates.met,
      ...desk.drains.met,
      ...desk.surges.met,
    }),
  };
};
