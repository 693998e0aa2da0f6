/**
 * Every reason for which a caller may be told no. One word, one meaning; the API answers with it,
 * 404 where what was named is not there and 409 for the rest.
 */
export type RefusalCode =
  | 'DowngradeNotObserved'
  | 'BudgetSpent'
  | 'SubjectLeased'
  | 'RolloutAlreadyExists'
  | 'RolloutNotFound'
  | 'RolloutEnded'
  | 'RolloutNotRunning'
  | 'NothingToRollOut'
  | 'ClusterNotDriven'
  | 'ClusterNotAdopted'
  | 'ParkedEventNotFound'
  | 'MaintenanceInvalid'
  | 'FreezeNotFound'
  | 'OverrideNotFound'
  | 'DrainNotFound'
  | 'DrainInvalid'
  | 'DrainUnderWay'
  | 'DrainNotPossible'
  | 'DrainDeadlocked'
  | 'ScalingNotPossible'
  | 'IdempotencyKeyReused';

/** The caller asked for what the rules forbid. Thrown before any event exists. */
export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}
