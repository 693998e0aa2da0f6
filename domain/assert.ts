/** For our own mistakes only. Never caught; what users get wrong is a Refusal or a 400. */
export function assert(truth: boolean, promise: string): asserts truth {
  if (!truth) throw new Error(`broken promise: ${promise}`);
}
