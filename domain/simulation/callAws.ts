import { type Answer, fail, isRecord, type Operation, ok, recordsOf, textOf } from './answers.ts';
import { autoScalingOperations } from './autoScalingCalls.ts';
import { ec2Operations } from './ec2Calls.ts';
import { ecrOperations } from './ecrCalls.ts';
import { ecsOperations } from './ecsCalls.ts';
import { newestAmi } from './launchTemplates.ts';
import { uuid } from './outbox.ts';
import { requestRebuild } from './rebuilds.ts';
import type { World } from './world.ts';

/** The last four of these are not simulated: every call to them is an unknown operation. */
export type AwsService =
  | 'ecs'
  | 'ecr'
  | 'ssm'
  | 'autoscaling'
  | 'events'
  | 'application-autoscaling'
  | 'codebuild'
  | 'ec2'
  | 'elasticloadbalancing'
  | 'monitoring';

const amiPrefix = '/aws/service/ami-windows-latest/';

/** The public parameter of a family: JSON, or one member under a longer name. */
const getParameter: Operation = (world, input) => {
  const name = textOf(input, 'Name') ?? '';
  const [family = '', member] = name.slice(amiPrefix.length).split('/');
  const ami = name.startsWith(amiPrefix) ? newestAmi(world, family) : undefined;
  if (ami === undefined) return fail('ParameterNotFound', '');
  const whole = {
    image_name: ami.name,
    image_id: ami.amiId,
    ecs_runtime_version: 'Docker version 25.0.6',
    ecs_agent_version: '1.99.0',
  };
  const part = Object.entries(whole).find(([key]) => key === member);
  if (member !== undefined && part === undefined) return fail('ParameterNotFound', '');
  return ok({
    Parameter: {
      Name: name,
      Type: 'String',
      Value: part === undefined ? JSON.stringify(whole) : part[1],
      Version: world.amis.filter((one) => one.family === family).length,
      LastModifiedDate: ami.publishedAt / 1000,
      ARN: `arn:aws:ssm:${world.region}::parameter${name}`,
      DataType: 'text',
    },
  });
};

/** Only one rule stands on the simulated bus: pipelines listen for rebuild requests. */
const putEvents: Operation = (world, input) => {
  const entries = recordsOf(input, 'Entries');
  if (entries.length === 0 || entries.length > 10) {
    return fail('ValidationException', 'Entries must have between 1 and 10 items.');
  }
  for (const entry of entries) {
    if (textOf(entry, 'Source') !== 'tuesday') continue;
    if (textOf(entry, 'DetailType') !== 'Image Rebuild Requested') continue;
    const detail = parse(textOf(entry, 'Detail') ?? '');
    const [effectId, repository, tag, toBuild] = ['effectId', 'repository', 'tag', 'toBuild'].map(
      (member) => textOf(detail, member),
    );
    if (effectId === undefined || repository === undefined || tag === undefined) continue;
    requestRebuild(world, { effectId, repository, tag, toBuild: toBuild ?? '0.0' });
  }
  return ok({ FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: uuid(world) })) });
};

const parse = (text: string) => {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
};

const operations: Readonly<Record<AwsService, Readonly<Record<string, Operation>>>> = {
  ecs: ecsOperations,
  ecr: ecrOperations,
  ssm: { GetParameter: getParameter },
  autoscaling: autoScalingOperations,
  events: { PutEvents: putEvents },
  codebuild: {},
  'application-autoscaling': {},
  ec2: ec2Operations,
  elasticloadbalancing: {},
  monitoring: {},
};

/** Every operation that the simulated AWS serves. */
export const servedOperations = (service: AwsService): readonly string[] =>
  Object.keys(operations[service]);

/** Reads change nothing, draw nothing, and so need no journal. */
export const isRead = (operation: string): boolean =>
  /^(Describe|List|Get|BatchGet)/.test(operation);

/**
 * One API call, in the shapes of the wire. Takes effect at once, at the world's present instant.
 */
export const callAws = (
  world: World,
  service: AwsService,
  operation: string,
  input: unknown,
): Answer => {
  const found = operations[service][operation];
  if (found !== undefined) return found(world, isRecord(input) ? input : {});
  return service === 'autoscaling'
    ? fail('InvalidAction', `Could not find operation ${operation} for version 2011-01-01`)
    : fail('UnknownOperationException', '');
};
