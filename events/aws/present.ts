/** The same fields, those that may be `undefined` or `null` made optional. */
export type Present<T> = {
  [K in keyof T as T[K] extends NonNullable<T[K]> ? K : never]: T[K];
} & { [K in keyof T as T[K] extends NonNullable<T[K]> ? never : K]?: NonNullable<T[K]> };

/**
 * Leaves out what is `undefined` or `null`, so that what AWS does not say is absent in the record
 * too.
 */
export const present = <T extends object>(fields: T): Present<T> => {
  const said: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) {
    const value = (fields as Readonly<Record<string, unknown>>)[key];
    if (value !== undefined && value !== null) said[key] = value;
  }
  return said as Present<T>;
};
