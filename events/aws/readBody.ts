/** EventBridge's own limit for an entry (EventBridge User Guide, eb-putevents). */
export const bodyBytesMax = 262_144;

/** An ECS task event is nine deep. */
const depthMax = 16;

export type Body =
  | { readonly status: 'read'; readonly value: unknown }
  | { readonly status: 'unparsable'; readonly remedy: string };

/**
 * Text, or a value already parsed, as plain JSON of bounded size and depth. A value is written out
 * and read back, so that no getter, prototype or proxy of the caller comes further than this. Never
 * throws.
 */
export const readBody = (body: unknown): Body => {
  const text = typeof body === 'string' ? body : writtenOut(body);
  if (text === undefined) return unparsable('the body cannot be written as JSON');
  // UTF-8 takes one to three bytes for each code unit; only in between need they be counted.
  const mayExceed = text.length * 3 > bodyBytesMax;
  const isLong = text.length > bodyBytesMax;
  if (isLong || (mayExceed && new TextEncoder().encode(text).length > bodyBytesMax)) {
    return unparsable(`the body is larger than the ${bodyBytesMax} bytes that EventBridge sends`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isDeeper(value, depthMax)) return unparsable(`the body nests deeper than ${depthMax}`);
    return { status: 'read', value };
  } catch {
    return unparsable('the body is not JSON; send the event as EventBridge delivers it');
  }
};

const unparsable = (remedy: string): Body => ({ status: 'unparsable', remedy });

const writtenOut = (body: unknown): string | undefined => {
  try {
    return JSON.stringify(body);
  } catch {
    return undefined;
  }
};

/** Goes no deeper than it asks, so that hostile nesting cannot exhaust the stack. */
const isDeeper = (value: unknown, levelsLeft: number): boolean => {
  if (typeof value !== 'object' || value === null) return levelsLeft < 0;
  if (levelsLeft < 0) return true;
  for (const key of Object.keys(value)) {
    if (isDeeper((value as Readonly<Record<string, unknown>>)[key], levelsLeft - 1)) return true;
  }
  return false;
};
