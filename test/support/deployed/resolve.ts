import type { Resource, Template } from './synthesise.ts';

// What CloudFormation would make of a template's functions, in account 111122223333 in eu-west-1.

export const account = '111122223333';
export const region = 'eu-west-1';
export const stackName = 'tuesday-dev';

const noValue = Symbol('AWS::NoValue');

const pseudo: Readonly<Record<string, unknown>> = {
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
  'AWS::StackName': stackName,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NoValue': noValue,
};

/** The template without functions, and without the resources whose condition does not hold. */
export const resolved = (template: Template): Readonly<Record<string, Resource>> =>
  Object.fromEntries(
    Object.entries(template.Resources)
      .filter(([, { Condition }]) => Condition === undefined || holds(template, Condition))
      .map(([id, resource]) => [id, value(template, resource) as Resource]),
  );

const holds = (template: Template, condition: string): boolean =>
  value(template, template.Conditions?.[condition]) === true;

const value = (template: Template, node: unknown): unknown => {
  if (Array.isArray(node)) {
    return node.map((each) => value(template, each)).filter((each) => each !== noValue);
  }
  if (typeof node !== 'object' || node === null) return node;
  const [[name, argument] = ['', undefined], ...more] = Object.entries(node);
  if (more.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
    return call(template, name, argument);
  }
  return Object.fromEntries(
    Object.entries(node)
      .map(([key, each]) => [key, value(template, each)] as const)
      .filter(([, each]) => each !== noValue),
  );
};

const call = (template: Template, name: string, argument: unknown): unknown => {
  const inner = (node: unknown) => value(template, node);
  const list = () => (argument as readonly unknown[]).map(inner);
  switch (name) {
    case 'Ref':
      return refOf(template, argument as string);
    case 'Fn::GetAtt':
      return attributeOf(template, [argument].flat().join('.'));
    case 'Fn::Sub':
      return substituted(template, argument as string | readonly [string, object]);
    case 'Fn::Join': {
      const [separator, parts] = list() as [string, readonly string[]];
      return parts.join(separator);
    }
    case 'Fn::Split': {
      const [separator, text] = list() as [string, string];
      return text.split(separator);
    }
    case 'Fn::Equals': {
      const [left, right] = list();
      return left === right;
    }
    case 'Fn::FindInMap': {
      const [map, key, field] = list() as [string, string, string];
      const found = template.Mappings?.[map]?.[key];
      if (found === undefined) throw new Error(`mapping ${map} has no ${key}`);
      return (found as Readonly<Record<string, unknown>>)[field];
    }
    default:
      throw new Error(`${name} is not understood here`);
  }
};

const substituted = (template: Template, argument: string | readonly [string, object]): string => {
  const [text, names] = typeof argument === 'string' ? [argument, {}] : argument;
  const own = value(template, names) as Readonly<Record<string, string>>;
  return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) =>
    String(own[name] ?? (name.includes('.') ? attributeOf(template, name) : refOf(template, name))),
  );
};

const refOf = (template: Template, name: string): unknown => {
  if (name in pseudo) return pseudo[name];
  const resource = template.Resources[name];
  if (resource === undefined) throw new Error(`there is no ${name}`);
  if (resource.Type === 'AWS::SNS::Topic') return arnOf(template, name);
  if (resource.Type === 'AWS::SQS::Queue') {
    return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
  }
  return name;
};

const attributeOf = (template: Template, path: string): string => {
  const [name = '', attribute] = path.split('.');
  if (attribute === 'Arn') return arnOf(template, name);
  if (attribute === 'StreamArn') return `${arnOf(template, name)}/stream/1`;
  if (attribute === 'QueueName') return name;
  if (attribute === 'Name') return name;
  throw new Error(`${path} is not understood here`);
};

const arnOf = (template: Template, name: string): string => {
  const resource = template.Resources[name];
  const form = arnForms[resource?.Type ?? ''];
  if (form === undefined) throw new Error(`${name} has no ARN that is known here`);
  const functionName = resource?.Properties.FunctionName;
  return `arn:aws:${form}${typeof functionName === 'string' ? functionName : name}`;
};

const arnForms: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': `dynamodb:${region}:${account}:table/`,
  'AWS::SQS::Queue': `sqs:${region}:${account}:`,
  'AWS::Events::EventBus': `events:${region}:${account}:event-bus/`,
  'AWS::Events::Rule': `events:${region}:${account}:rule/`,
  'AWS::KMS::Key': `kms:${region}:${account}:key/`,
  'AWS::Lambda::Function': `lambda:${region}:${account}:function:`,
  'AWS::Logs::LogGroup': `logs:${region}:${account}:log-group:`,
  'AWS::IAM::Role': `iam::${account}:role/`,
  'AWS::SNS::Topic': `sns:${region}:${account}:`,
  'AWS::S3::Bucket': 's3:::',
};
