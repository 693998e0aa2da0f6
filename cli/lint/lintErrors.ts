/** Findings that are errors were printed: nothing is left to say but the exit code, 1. */
export class LintErrors extends Error {
  override readonly name = 'LintErrors';
}
