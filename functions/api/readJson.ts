/** A body as it arrived: a value, or what keeps it from being one. */
export type JsonBody =
  | { readonly status: 'read'; readonly value: unknown }
  | { readonly status: 'tooLarge'; readonly detail: string }
  | { readonly status: 'notJson'; readonly detail: string };

/** ECS takes 64 KiB of a task definition, and nobody writes so much of a Dockerfile. */
export const bodyBytesMax = 262_144;

const depthMax = 16;

/**
 * JSON of bounded size and depth that says each thing once. Names that JavaScript gives a meaning
 * are refused, so that no handler has to think of them.
 */
export const readJson = (bytes: Buffer): JsonBody => {
  if (bytes.byteLength > bodyBytesMax) {
    return { status: 'tooLarge', detail: `a body has ${bodyBytesMax} bytes at most` };
  }
  const notJson = (detail: string): JsonBody => ({ status: 'notJson', detail });
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return notJson('the body is not JSON in UTF-8');
  }
  if (isDeeper(value, depthMax)) return notJson(`the body nests deeper than ${depthMax}`);
  const odd = oddName(text);
  return odd === undefined ? { status: 'read', value } : notJson(odd);
};

/** Goes no deeper than it asks, so that hostile nesting cannot exhaust the stack. */
const isDeeper = (value: unknown, levelsLeft: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (levelsLeft === 0) return true;
  return Object.values(value).some((item) => isDeeper(item, levelsLeft - 1));
};

const forbiddenNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** `JSON.parse` takes the last of two equal names silently; other readers take the first. */
const oddName = (text: string): string | undefined => {
  const open: (Set<string> | undefined)[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[[\]{}]/gs)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, -1)) as string;
      const names = open.at(-1);
      const shown = JSON.stringify(name.slice(0, 40));
      if (forbiddenNames.has(name)) return `the body has a field ${shown}`;
      if (names?.has(name)) return `the body has the field ${shown} twice`;
      names?.add(name);
    }
  }
  return undefined;
};
