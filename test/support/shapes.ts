import * as z from 'zod';

type JsonSchema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
};

/**
 * One line for each field that a schema knows: its path, `?` where it may be absent, and its kind.
 */
export const shapeLines = (schema: z.ZodType): readonly string[] =>
  lines(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, '');

const lines = (schema: JsonSchema, path: string): readonly string[] => {
  if (schema.anyOf) return schema.anyOf.flatMap((option, n) => lines(option, `${path}|${n}`));
  if (schema.items) return lines(schema.items, `${path}[]`);
  if (schema.properties) {
    const required = new Set(schema.required);
    return Object.entries(schema.properties).flatMap(([name, member]) =>
      lines(member, `${path}.${name}${required.has(name) ? '' : '?'}`),
    );
  }
  if (typeof schema.additionalProperties === 'object') {
    return lines(schema.additionalProperties, `${path}{}`);
  }
  return [`${path} ${kindOf(schema)}`];
};

const kindOf = ({ const: value, enum: values, pattern, type }: JsonSchema): string => {
  if (value !== undefined) return JSON.stringify(value);
  if (values !== undefined) return values.map((each) => JSON.stringify(each)).join(' | ');
  return pattern === undefined ? `${type}` : `/${pattern}/`;
};
