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
  // UTF-8 takes at least one byte for each code unit; text this long need not be counted exactly.
  if (text.length > bodyBytesMax || new TextEncoder().encode(text).length > bodyBytesMax) {
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

/** Level by level and not by recursion: hostile nesting must not exhaust the stack. */
const isDeeper = (value: unknown, levelsMax: number): boolean => {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levelsMax) return true;
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
  }
  return false;
};
