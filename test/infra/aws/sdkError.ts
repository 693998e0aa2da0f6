/** An error in the shape that the SDK throws: a name, and the HTTP status where there was one. */
export const sdkError = (name: string, httpStatusCode?: number, more: object = {}): Error =>
  Object.assign(new Error(`${name} happened`), { name, $metadata: { httpStatusCode }, ...more });

/** A connection that broke, as node:http reports it. */
export const socketError = (code: string): Error => Object.assign(new Error(code), { code });
