import { Refusal, type RefusalCode } from '../../domain/refusal.ts';
import { isProblemError, type ProblemCode } from '../../functions/api/problem.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';
import type { Api } from './api.ts';
import { localApi } from './localApi.ts';
import { remoteApi, type Send } from './remoteApi.ts';

export type ApiOptions = {
  readonly store: string;
  readonly api?: string;
  /** Who asks, where no signature tells. */
  readonly actor?: string;
};

/**
 * Runs `use` over the API behind `--api`, or over the record in `--store`. What is refused becomes
 * a `UserError` with what to do about it.
 */
export const withApi = async (
  options: ApiOptions,
  tools: CliTools,
  use: (api: Api) => Promise<void>,
): Promise<void> => {
  const api = await openApi(options, tools);
  try {
    await use(api);
  } catch (error) {
    throw asUserError(error);
  } finally {
    api.close();
  }
};

const openApi = async ({ api, store, actor = 'operator' }: ApiOptions, tools: CliTools) => {
  if (api === undefined) return localApi(tools.openStore(store, { create: false }), actor, tools);
  const base = addressOf(api);
  return remoteApi(base, await senderFor(base));
};

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

const addressOf = (text: string): URL => {
  const remedy = 'give one such as https://abc123.execute-api.eu-west-1.amazonaws.com';
  if (!URL.canParse(text)) throw new UserError(`--api ${text} is no address`, remedy);
  const url = new URL(text);
  const isSafe = url.protocol === 'https:' || loopback.has(url.hostname);
  if (isSafe && /^https?:$/.test(url.protocol)) return url;
  throw new UserError(`--api ${text}: only https leaves this machine`, remedy);
};

/** Nothing signs on this machine: `tuesday serve` takes whoever reaches it for the operator. */
const senderFor = async (base: URL): Promise<Send> => {
  if (loopback.has(base.hostname)) {
    return ({ url, method, headers, body }) =>
      fetch(url, { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) });
  }
  const region = regionOf(base);
  const { signedFetch } = await import('../../infra/aws/signedFetch.ts');
  return signedFetch(region);
};

const regionOf = ({ hostname }: URL): string => {
  const named = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(hostname)?.[1];
  const region = named ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (region !== undefined) return region;
  throw new UserError(`--api ${hostname} names no Region`, 'set AWS_REGION to that of the API');
};

const asUserError = (error: unknown): unknown => {
  if (!(error instanceof Refusal) && !isProblemError(error)) return error;
  const remedy = remedies[error.code] ?? 'nothing was done';
  return new UserError(`${error.code}: ${error.message}`, remedy, { cause: error });
};

const remedies: Partial<Record<ProblemCode | RefusalCode, string>> = {
  ClusterNotFound: 'see `tuesday cluster` for those that there are',
  FreezeNotFound: 'see `tuesday windows` for those that there are',
  OverrideNotFound: 'see `tuesday windows` for those that there are',
  MaintenanceInvalid: 'nothing was changed',
  RolloutNotFound: 'see `tuesday rollout list` for those that there are',
  RolloutEnded: 'plan a new one with `tuesday rollout plan`',
  RolloutNotRunning: 'start it first with `tuesday rollout start <id>`',
  NothingToRollOut: 'see `tuesday exposure` for what is unknown, and why',
  ClusterNotDriven: 'raise it with `tuesday cluster mode <name> drive`',
  DrainNotFound: 'see `tuesday drain list` for those that there are',
  DrainUnderWay: 'see `tuesday drain list`; undo it first with `tuesday drain undo <instance>`',
  DrainNotPossible: 'see `tuesday drain list` for what is drained, and by whom',
  DrainDeadlocked: 'mend what is named, or give a reason to go on with --force <why>',
  DrainInvalid: 'nothing was drained',
  NoReleaseYet: 'read Microsoft’s registry first: `tuesday releases --read`',
  PlanChanged: 'look at the plan again',
  ParkedEventNotFound: 'see `tuesday parked` for those that there are',
  ParkedEventNotUnique: 'see `tuesday parked` for those that there are',
  InstanceNotFound: 'see `tuesday fleet --instances` for those that there are',
  TaskNotFound: 'see `tuesday fleet --tasks` for tasks, or give a service',
  TaskNotUnique: 'give more of it',
  DowngradeNotObserved: 'see what it did with `tuesday releases --history`',
  TagNotFound: 'see `tuesday releases` for those that are followed',
  StoreBusy: 'try again in a moment',
  TooManyRequests: 'try again in a moment',
};
