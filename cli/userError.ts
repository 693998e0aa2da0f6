/**
 * What the person at the keyboard can mend: says which word was wrong and what to do. Printed
 * alone, exit code 2.
 */
export class UserError extends Error {
  constructor(what: string, remedy: string, options?: ErrorOptions) {
    super(`${what}\n  ${remedy}`, options);
    this.name = 'UserError';
  }
}
