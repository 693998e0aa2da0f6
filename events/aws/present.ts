/** The same fields, those that may be `undefined` or `null` made optional. */
export type Present<T> = {
  [K in keyof T as T[K] extends NonNullable<T[K]> ? K : never]: T[K];
} & { [K in keyof T as T[K] extends NonNullable<T[K]> ? never : K]?: NonNullable<T[K]> };

/**
 * Leaves out what is `undefined` or `null`, so that what AWS does not say is absent in the record
 * too.
 */
export const present = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  ) as Present<T>;
