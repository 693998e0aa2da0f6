/**
 * The store could not be asked in time; nothing was written as far as it knows. Trying again later
 * is right.
 */
export class StoreBusy extends Error {
  readonly code = 'StoreBusy';

  constructor(what: string, options?: ErrorOptions) {
    super(what, options);
    this.name = 'StoreBusy';
  }
}

/**
 * What was opened is no store of ours, or cannot serve as one. Trying again will not help; `remedy`
 * may.
 */
export class StoreUnusable extends Error {
  readonly code = 'StoreUnusable';
  /** What is wrong, and what to do about it, apart: a door may print them on two lines. */
  readonly what: string;
  readonly remedy: string;

  constructor(what: string, remedy: string, options?: ErrorOptions) {
    super(`${what}: ${remedy}`, options);
    this.name = 'StoreUnusable';
    this.what = what;
    this.remedy = remedy;
  }
}
