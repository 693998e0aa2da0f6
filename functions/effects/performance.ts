import type { RolloutCommand } from '../../domain/rollout/rolloutCommand.ts';
import type { Effect, Rollout } from '../../domain/rollout/rolloutState.ts';
import type { EffectId, Instant } from '../../events/ids.ts';
import type { HeldReason } from '../../events/rollout.ts';
import { type GatewayError, isGatewayError } from '../../infra/aws/gateways.ts';

/** What came of trying to carry out an effect. */
export type Performance =
  | { readonly status: 'done'; readonly commands: readonly RolloutCommand[] }
  | {
      readonly status: 'refused';
      readonly reason: string;
      /** Only as long as nobody has attempted it: whoever has knows better. */
      readonly unlessAttempted?: true;
      /** Why a group was not asked for more; absent: AWS refused the call. */
      readonly held?: HeldReason;
    }
  | { readonly status: 'open'; readonly why: string };

/**
 * Stores that the call is about to be made. `false`: someone made it a moment ago, and its answer
 * is not known yet.
 */
export type Attempt = () => Promise<boolean>;

export type Of<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

export const succeeded = ({ effectId }: Effect, now: Instant): Performance => ({
  status: 'done',
  commands: [{ type: 'RecordOutcome', effectId, outcome: { status: 'succeeded' }, now }],
});

/** What a performance has to be recorded as; nothing while it is open. */
export const commandsOf = (
  performance: Exclude<Performance, { status: 'open' }>,
  effectId: EffectId,
  now: Instant,
): readonly RolloutCommand[] => {
  if (performance.status === 'done') return performance.commands;
  const { reason, unlessAttempted, held } = performance;
  const outcome = {
    status: 'failed',
    reason,
    ...(unlessAttempted && { unlessAttempted }),
    ...(held && { held }),
  } as const;
  return [{ type: 'RecordOutcome', effectId, outcome, now }];
};

export const refused = (reason: string): Performance => ({ status: 'refused', reason });
export const open = (why: string): Performance => ({ status: 'open', why });

type Failed =
  | { readonly status: 'refused'; readonly reason: string }
  | { readonly status: 'open'; readonly why: string };

/** What came of asking AWS, or how that failed. */
export const orFailure = async <Answer>(ask: () => Promise<Answer>): Promise<Answer | Failed> => {
  try {
    return await ask();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return failure(error);
  }
};

/** What AWS refuses is an outcome; a throttle, or an answer that never came, is none. */
export const failure = ({ kind, code, message }: GatewayError): Failed =>
  kind === 'refused'
    ? { status: 'refused', reason: `${code}: ${message}` }
    : { status: 'open', why: `${kind}: ${message}` };

/** Nothing is begun any more, and nothing ended. */
export const stopped = ({ status }: Rollout) => status === 'halted' || status === 'aborted';

export const notFound = 'ECS does not find it; that is not proof that it is gone';
export const attempted = 'it was attempted a moment ago, and the answer is not known yet';
