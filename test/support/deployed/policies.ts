import type { Resource } from './synthesise.ts';

// IAM's answer to one request, as far as the template needs it (IAM User Guide, "Policy evaluation
// logic"): an Allow that matches, and no Deny that does. An operator that is not known here is an
// error, never a no and never a yes.

type Resources = Readonly<Record<string, Resource>>;

export type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
type Document = { readonly Statement: readonly Statement[] };

export type Request = {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request; one that is absent matches no condition. */
  readonly context?: Readonly<Record<string, string>>;
};

/** Every statement of a role: its own policies, and those that are attached to it. */
export const statementsOf = (resources: Resources, role: string): readonly Statement[] => {
  const own = (resources[role]?.Properties.Policies ?? []) as { PolicyDocument: Document }[];
  const attached = Object.values(resources).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::IAM::Policy' && (Properties.Roles as readonly string[]).includes(role),
  );
  return [...own.map(({ PolicyDocument }) => PolicyDocument), ...attached.map(documentOf)].flatMap(
    ({ Statement }) => Statement,
  );
};

const documentOf = ({ Properties }: Resource): Document => Properties.PolicyDocument as Document;

/** What a role may do by its policies. */
export const mayRole = (resources: Resources, role: string, request: Request): boolean =>
  decide(statementsOf(resources, role), request);

/** What a service of AWS may do by the policies of the queues, the topic and the key. */
export const mayService = (resources: Resources, service: string, request: Request): boolean => {
  const statements = Object.values(resources).flatMap(({ Type, Properties }) => {
    if (Type === 'AWS::SQS::QueuePolicy' || Type === 'AWS::SNS::TopicPolicy') {
      return (Properties.PolicyDocument as Document).Statement;
    }
    return [];
  });
  return decide(statements.filter(concerns(service)), request);
};

/** What a service of AWS may do with a key by the key's policy, in which `*` is that key. */
export const mayUseKey = (resources: Resources, service: string, request: Request): boolean => {
  const policy = resources.DataKey?.Properties.KeyPolicy as Document | undefined;
  return decide(policy?.Statement.filter(concerns(service)) ?? [], request);
};

const concerns =
  (service: string) =>
  ({ Principal }: Statement): boolean =>
    Principal === '*' || [(Principal as { Service?: string })?.Service].flat().includes(service);

const decide = (statements: readonly Statement[], request: Request): boolean => {
  const matching = statements.filter((statement) => matches(statement, request));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return false;
  return matching.some(({ Effect }) => Effect === 'Allow');
};

const matches = (statement: Statement, { action, resource, context = {} }: Request): boolean =>
  [statement.Action].flat().some((each) => isLike(each.toLowerCase(), action.toLowerCase())) &&
  [statement.Resource ?? '*'].flat().some((each) => isLike(each, resource)) &&
  Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => test(operator, wanted, context[key])),
  );

const test = (operator: string, wanted: unknown, actual: string | undefined): boolean => {
  if (operator === 'Null') return String(wanted) === String(actual === undefined);
  if (actual === undefined) return operator.endsWith('IfExists');
  const alternatives = [wanted].flat().map(String);
  switch (operator.replace(/IfExists$/, '')) {
    case 'StringEquals':
    case 'Bool':
      return alternatives.includes(actual);
    case 'ArnEquals':
    case 'ArnLike':
    case 'StringLike':
      return alternatives.some((each) => isLike(each, actual));
    default:
      throw new Error(`condition operator ${operator} is not understood here`);
  }
};

/** `*` is any text, `?` any one character. */
export const isLike = (pattern: string, text: string): boolean => {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
};
