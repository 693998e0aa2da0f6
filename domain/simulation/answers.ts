import type { World } from './world.ts';

/**
 * What a call answers, as AWS puts it on the wire: JSON members, moments as epoch seconds (ISO text
 * in Auto Scaling).
 */
export type Answer =
  | { readonly ok: unknown }
  | {
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly status: number;
        /** Further members of the error, such as `resourceIds` of ConflictException. */
        readonly members?: Readonly<Record<string, unknown>>;
      };
    };

export type Input = Readonly<Record<string, unknown>>;
export type Operation = (world: World, input: Input) => Answer;

export const ok = (answer: unknown): Answer => ({ ok: answer });

export const fail = (
  code: string,
  message: string,
  members?: Readonly<Record<string, unknown>>,
): Answer => ({ error: { code, message, status: 400, ...(members && { members }) } });

export const invalid = (message: string): Answer => fail('InvalidParameterException', message);

export const textOf = (input: Input, member: string): string | undefined => {
  const value = input[member];
  return typeof value === 'string' ? value : undefined;
};

export const numberOf = (input: Input, member: string): number | undefined => {
  const value = input[member];
  return typeof value === 'number' ? value : undefined;
};

export const textsOf = (input: Input, member: string): readonly string[] => {
  const value = input[member];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

export const recordsOf = (input: Input, member: string): readonly Input[] => {
  const value = input[member];
  return Array.isArray(value) ? value.filter(isRecord) : [];
};

export const isRecord = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The last part of an ARN, or the text itself. */
export const idOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

/**
 * One page of `items`, which must be in a fixed order: the token is the last item of the page
 * before, so that a page neither repeats nor skips what stayed when others came or went.
 */
export const pageOf = (
  items: readonly string[],
  input: Input,
  sizeDefault: number,
): { readonly page: readonly string[]; readonly nextToken?: string } => {
  const size = numberOf(input, 'maxResults') ?? sizeDefault;
  const after = textOf(input, 'nextToken');
  const rest = after === undefined ? items : items.filter((item) => item > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return rest.length > page.length && last !== undefined ? { page, nextToken: last } : { page };
};
