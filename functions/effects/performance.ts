import type { RolloutCommand } from '../../domain/rollout/rolloutCommand.ts';
import type { Effect } from '../../domain/rollout/rolloutState.ts';
import type { Instant } from '../../events/ids.ts';

/** What came of trying to carry out an effect. */
export type Performance =
  | { readonly status: 'done'; readonly commands: readonly RolloutCommand[] }
  | {
      readonly status: 'refused';
      readonly reason: string;
      /** Only as long as nobody has attempted it: whoever has knows better. */
      readonly unlessAttempted?: true;
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

export const refused = (reason: string): Performance => ({ status: 'refused', reason });
export const open = (why: string): Performance => ({ status: 'open', why });

export const attempted = 'it was attempted a moment ago, and the answer is not known yet';
