import * as z from 'zod';
import type { Refusal, RefusalCode } from '../../domain/refusal.ts';

/** What the doors themselves say no with; the deciders' own reasons stand beside them. */
const doorProblems = {
  NotJson: { status: 400, title: 'The body is not JSON that Tuesday takes' },
  Malformed: { status: 400, title: 'The request is not as the API describes it' },
  NotSigned: { status: 401, title: 'The request bears no verified signer' },
  ClusterNotWatched: { status: 403, title: 'This Tuesday does not watch that cluster' },
  RouteNotFound: { status: 404, title: 'There is no such route' },
  ClusterNotFound: { status: 404, title: 'There is no such cluster' },
  StreamNotFound: { status: 404, title: 'There is no such stream' },
  InstanceNotFound: { status: 404, title: 'There is no such container instance' },
  TaskNotFound: { status: 404, title: 'There is neither such a task nor such a service' },
  TaskDefinitionNotFound: { status: 404, title: 'That task definition is not known' },
  TagNotFound: { status: 404, title: 'That tag is not followed' },
  MethodNotAllowed: { status: 405, title: 'The route does not take this method' },
  NoReleaseYet: { status: 409, title: 'No release of a Windows base image is known yet' },
  PlanChanged: { status: 409, title: 'The fleet has moved since the plan was shown' },
  ParkedEventNotUnique: { status: 409, title: 'That begins more than one id' },
  TaskNotUnique: { status: 409, title: 'That begins more than one task id' },
  TooLarge: { status: 413, title: 'The body is too large' },
  NotJsonType: { status: 415, title: 'The body has to be application/json' },
  BodyInvalid: { status: 422, title: 'The body is not as the API describes it' },
  PlacementUnreadable: { status: 422, title: 'Its placement constraints cannot be read' },
  QueryUnreadable: { status: 422, title: 'The cluster query cannot be read' },
  TooManyRequests: { status: 429, title: 'Too many requests' },
  Unforeseen: { status: 500, title: 'Tuesday has failed' },
  StoreBusy: { status: 503, title: 'The record could not be reached in time' },
} as const satisfies Readonly<Record<string, { status: number; title: string }>>;

export type DoorProblemCode = keyof typeof doorProblems;

const refusals: Readonly<Record<RefusalCode, { status: 404 | 409 | 422; title: string }>> = {
  DowngradeNotObserved: { status: 409, title: 'The tag never went back to that build' },
  BudgetSpent: { status: 409, title: 'The disruption budget is spent' },
  SubjectLeased: { status: 409, title: 'It is disturbed already' },
  RolloutAlreadyExists: { status: 409, title: 'The rollout was planned before' },
  RolloutNotFound: { status: 404, title: 'There is no such rollout' },
  RolloutEnded: { status: 409, title: 'The rollout has ended' },
  RolloutNotRunning: { status: 409, title: 'The rollout has not been started' },
  NothingToRollOut: { status: 409, title: 'Nothing that can be patched runs behind' },
  ClusterNotDriven: { status: 409, title: 'The cluster is not in mode drive' },
  ClusterNotAdopted: { status: 404, title: 'The cluster was never seen' },
  ParkedEventNotFound: { status: 404, title: 'No such event is parked' },
  MaintenanceInvalid: { status: 422, title: 'That is no way to set when Tuesday may disturb' },
  FreezeNotFound: { status: 404, title: 'There is no such freeze' },
  OverrideNotFound: { status: 404, title: 'There is no such override' },
  DrainNotFound: { status: 404, title: 'Tuesday has not drained it' },
  DrainInvalid: { status: 422, title: 'That is no way to drain' },
  DrainUnderWay: { status: 409, title: 'It is being drained in another way' },
  ScalingNotPossible: { status: 409, title: 'As it stands the group cannot be resized' },
  DrainNotPossible: { status: 409, title: 'As it stands it cannot be drained or undone' },
  DrainDeadlocked: { status: 409, title: 'Something on it would never leave' },
  IdempotencyKeyReused: { status: 409, title: 'The Idempotency-Key stands for another request' },
};

export type ProblemCode = DoorProblemCode | RefusalCode;

export const problemCodes: Readonly<Record<ProblemCode, { status: number; title: string }>> = {
  ...doorProblems,
  ...refusals,
};

/** Where something is wrong: `field` is a path such as `policy.settleMs`. */
export const Issue = z
  .object({
    in: z.enum(['path', 'query', 'header', 'body']),
    field: z.string(),
    message: z.string(),
  })
  .meta({ id: 'Issue' });
export type Issue = z.output<typeof Issue>;

/** Problem details (RFC 9457), with a code to go by and every issue at once. */
export const Problem = z
  .object({
    type: z.string().meta({ description: '`urn:problem-type:tuesday:` and the code' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'the word to go by; titles may change' }),
    detail: z.string().optional(),
    issues: z.array(Issue.readonly()).readonly().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof Problem>;

export const problemType = 'application/problem+json';

/** Thrown by a door or its handler; becomes the answer. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly issues: readonly Issue[];

  constructor(code: ProblemCode, message: string, issues: readonly Issue[] = []) {
    super(message);
    this.name = 'ProblemError';
    this.code = code;
    this.issues = issues;
  }
}

/** What is told of a refusal, to the last word: nothing else of the error leaves the door. */
export const problemOf = (error: ProblemError | Refusal): Problem => {
  const { status, title } = problemCodes[error.code];
  const { code, message: detail } = error;
  const issues = 'issues' in error && error.issues.length > 0 ? { issues: error.issues } : {};
  return { type: `urn:problem-type:tuesday:${code}`, title, status, code, detail, ...issues };
};

/** By name, for a bundle may hold the class twice. */
export const isProblemError = (error: unknown): error is ProblemError =>
  error instanceof Error && error.name === 'ProblemError';
