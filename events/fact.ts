import * as z from 'zod';

/** Every stored event has this shape: a past-tense name and what was true at that moment. */
export const fact = <Name extends string, Data extends z.ZodRawShape>(type: Name, data: Data) =>
  z.object({ type: z.literal(type), data: z.object(data).readonly() }).readonly();
