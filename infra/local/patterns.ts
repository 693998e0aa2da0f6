import * as z from 'zod';
import { checkPattern, EventPattern } from './eventPattern.ts';
import { type DeclaredFunction, type Resource, readFunctions, readResources } from './template.ts';

/** Values for the parameters that CloudFormation fills in, such as `AWS::AccountId`. */
export type PseudoParameters = Readonly<Record<string, string>>;

export type FunctionPattern = {
  readonly function: string;
  /** Logical id of the rule, for messages. */
  readonly rule: string;
  readonly pattern: EventPattern;
};

/**
 * Which function gets which events, as deployed: rule, its queue, the function that reads the
 * queue. Without a value for a pseudo parameter (`AWS::AccountId`), and for a list that is given
 * when deploying, the condition asks only that the field is there. Throws where a rule has a
 * target that no function reads.
 */
export const readEventPatterns = (
  serverlessFile: string,
  parameters: PseudoParameters = {},
): readonly FunctionPattern[] => {
  const readers = readersOf(readFunctions(serverlessFile));
  const rules = Object.entries(readResources(serverlessFile)).filter(
    ([, { Type }]) => Type === 'AWS::Events::Rule',
  );
  return rules.flatMap(([rule, resource]) => patternsOf(rule, resource, readers, parameters));
};

const Rule = z.looseObject({
  EventPattern: z.unknown(),
  Targets: z.array(z.looseObject({ Arn: z.object({ 'Fn::GetAtt': z.array(z.string()) }) })).min(1),
});

const patternsOf = (
  rule: string,
  resource: Resource,
  readers: ReadonlyMap<string, string>,
  parameters: PseudoParameters,
): readonly FunctionPattern[] => {
  const { EventPattern: declared, Targets } = Rule.parse(resource.Properties);
  const pattern = EventPattern.parse(filledIn(declared, parameters));
  checkPattern(pattern);
  return Targets.map(({ Arn }) => {
    const queue = Arn['Fn::GetAtt'][0] ?? '';
    const reader = readers.get(queue);
    if (reader === undefined) throw new Error(`rule ${rule}: no function reads ${queue}`);
    return { function: reader, rule, pattern };
  });
};

const QueueSource = z.object({
  sqs: z.looseObject({ arn: z.object({ 'Fn::GetAtt': z.array(z.string()) }) }),
});

/** Logical id of a queue to the name of the function that reads it. */
const readersOf = (functions: readonly DeclaredFunction[]): ReadonlyMap<string, string> =>
  new Map(
    functions.flatMap(({ name, events }) =>
      events.flatMap((event) => {
        const queue = QueueSource.safeParse(event).data?.sqs.arn['Fn::GetAtt'][0];
        return queue === undefined ? [] : [[queue, name] as const];
      }),
    ),
  );

const Reference = z.strictObject({ Ref: z.string() });

/** A list that the operator gives when deploying, such as the clusters that are watched. */
const ListParameter = z.strictObject({
  'Fn::Split': z.tuple([z.literal(','), z.string().regex(/^\$\{param:[A-Za-z]+\}$/)]),
});

const filledIn = (value: unknown, parameters: PseudoParameters): unknown => {
  const reference = Reference.safeParse(value).data?.Ref;
  if (reference !== undefined) return parameters[reference] ?? { exists: true };
  if (ListParameter.safeParse(value).success) return [{ exists: true }];
  if (Array.isArray(value)) return value.map((item) => filledIn(item, parameters));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, filledIn(item, parameters)]),
  );
};
