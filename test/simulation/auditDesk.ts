import type { AuditSetup } from './audit.ts';
import type { DrainBook } from './auditDrains.ts';
import type { LedgerBook } from './auditLedger.ts';
import type { RecordBook } from './auditRecord.ts';
import type { SurgeBook } from './auditSurge.ts';
import type { TakenBook } from './auditTaken.ts';
import type { Directory, TruthIndex } from './auditTruth.ts';

/** All that the themes of the audit share during one step. */
export type Desk = {
  readonly setup: AuditSetup;
  readonly record: RecordBook;
  readonly ledger: LedgerBook;
  readonly taken: TakenBook;
  readonly drains: DrainBook;
  readonly surges: SurgeBook;
  readonly directory: Directory;
  /** Truth at the end of the step before; at the first step, of this one. */
  previous: TruthIndex;
  present: TruthIndex;
  /** Instances that ought to exist. */
  wholeInstances: number;
  /** Counts from 1. */
  step: number;
  /** `sequence` of the last commit before this step. */
  startSequence: number;
  readonly say: (violation: string) => void;
};
