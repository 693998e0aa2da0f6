import * as z from 'zod';
import { clusterArnOf } from '../../events/aws/arn.ts';
import { Ec2Image } from '../../events/aws/describedAmi.ts';
import { EcsService } from '../../events/aws/describedService.ts';
import { EcsTaskDefinition } from '../../events/aws/describedTaskDefinition.ts';
import { EcsContainerInstance } from '../../events/aws/ecsContainerInstance.ts';
import { EcsTask } from '../../events/aws/ecsTask.ts';
import type { Instant } from '../../events/ids.ts';
import { type Finding, type FindingKind, notTaken } from './findings.ts';
import { imagesIn, type NamedImage } from './recogniseImages.ts';

/** What is known about a file beside its text. */
export type FileFacts = NamedImage & {
  /** Descriptions carry no moment of their own: that of their file stands for it. */
  readonly describedAt: Instant;
};

/** Everything one JSON text holds, recognised by its keys. What is not recognised says so. */
export const recognise = (text: string, facts: FileFacts): readonly Finding[] => {
  const value = parsed(text);
  if (value === undefined) {
    return [notTaken('file', facts.file, 'NotJson', 'print it with `--output json`')];
  }
  const found = [...sectionsIn(value, facts), ...imagesIn(value, facts)];
  return found.length > 0 || isKnown(value) ? found : [unrecognised(value, facts)];
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const Answer = z.object({
  containerInstances: z.array(z.unknown()).optional(),
  tasks: z.array(z.unknown()).optional(),
  services: z.array(z.unknown()).optional(),
  taskDefinition: z.unknown().optional(),
  Images: z.array(z.unknown()).optional(),
  failures: z
    .array(z.object({ arn: z.string().optional(), reason: z.string().optional() }))
    .optional(),
});

const isKnown = (value: unknown): boolean => {
  const { data } = Answer.safeParse(value);
  return data !== undefined && Object.keys(data).length > 0;
};

const sectionsIn = (value: unknown, { describedAt }: FileFacts): readonly Finding[] => {
  const { data: answer } = Answer.safeParse(value);
  if (answer === undefined) return [];
  const definitions = answer.taskDefinition === undefined ? [] : [answer.taskDefinition];
  return [
    ...each(answer.containerInstances, 'container instance', EcsContainerInstance, instanceIn),
    ...each(answer.tasks, 'task', EcsTask, taskIn),
    ...each(answer.services, 'service', EcsService, (read) => serviceIn(read, describedAt)),
    ...each(definitions, 'task definition', EcsTaskDefinition, definitionIn),
    ...each(answer.Images, 'AMI', Ec2Image, amiIn),
    ...(answer.failures ?? []).map(({ arn = '', reason = 'unknown' }) =>
      notTaken('file', arn, 'ReportedMissing', `AWS answered ${reason}; that is not "gone"`),
    ),
  ];
};

const each = <Schema extends z.ZodType>(
  items: readonly unknown[] | undefined,
  what: FindingKind,
  schema: Schema,
  found: (read: z.output<Schema>) => Finding,
): readonly Finding[] =>
  (items ?? []).map((item, index) => {
    const read = schema.safeParse(item);
    if (read.success) return found(read.data);
    const issue = read.error.issues[0];
    const name = nameOf(item) ?? `${what} ${index + 1}`;
    return notTaken(what, name, 'Malformed', `${issue?.path.join('.')}: ${issue?.message}`);
  });

const Named = z.looseObject({});
const nameKeys = ['taskArn', 'containerInstanceArn', 'serviceArn', 'taskDefinitionArn', 'ImageId'];

const nameOf = (item: unknown): string | undefined => {
  const fields = Named.safeParse(item).data ?? {};
  return nameKeys.map((key) => fields[key]).find((name) => typeof name === 'string');
};

const instanceIn = ({ clusterArn, instance }: z.output<typeof EcsContainerInstance>): Finding => {
  const name = instance.containerInstanceArn;
  const cluster = clusterArn ?? clusterArnOf(name);
  const observation = { kind: 'instance', instance, from: 'describe' } as const;
  const found = { what: 'container instance', name, to: 'fleet', observation } as const;
  return cluster === undefined ? found : { ...found, clusterArn: cluster };
};

const taskIn = ({ clusterArn, task }: z.output<typeof EcsTask>): Finding => ({
  what: 'task',
  name: task.taskArn,
  to: 'fleet',
  clusterArn,
  observation: { kind: 'task', task, from: 'describe' },
});

const serviceIn = (
  { clusterArn, service }: z.output<typeof EcsService>,
  describedAt: Instant,
): Finding => ({
  what: 'service',
  name: service.serviceArn,
  to: 'fleet',
  clusterArn,
  observation: { kind: 'service', service: { ...service, describedAt } },
});

const definitionIn = (taskDefinition: z.output<typeof EcsTaskDefinition>): Finding => ({
  what: 'task definition',
  name: taskDefinition.taskDefinitionArn,
  to: 'fleet',
  observation: { kind: 'taskDefinition', taskDefinition },
});

const amiIn = ({ amiId, name, ...rest }: z.output<typeof Ec2Image>): Finding => ({
  what: 'AMI',
  name,
  to: 'ami',
  amiId,
  ...rest,
});

const unrecognised = (value: unknown, { file }: FileFacts): Finding => {
  const keys = Object.keys(Named.safeParse(value).data ?? {}).slice(0, 5);
  const has = keys.length === 0 ? 'it is no object' : `its keys are ${keys.join(', ')}`;
  const detail = `${has}; \`tuesday import --commands\` prints what to run instead`;
  return notTaken('file', file, 'NotRecognised', detail);
};
