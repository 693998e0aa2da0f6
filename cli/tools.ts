import type { Instant } from '../events/ids.ts';
import type { EventStore } from '../infra/eventStore/eventStore.ts';

/** What a command may use of the world around it. Tests hand in their own. */
export type CliTools = {
  /**
   * Opens, and where `create` is set makes, the store in `file`. Throws `UserError` where it is
   * missing.
   */
  readonly openStore: (
    file: string,
    options: { readonly create: boolean; readonly survives?: 'process' | 'machine' },
  ) => EventStore & { readonly close: () => void };
  readonly now: () => Instant;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** A person is watching: progress may be redrawn in place. */
  readonly isTerminal: boolean;
};
