import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFunctions, readResources } from '../../infra/local/template.ts';

const file = join(import.meta.dirname, '../../serverless.yml');
const functions = readFunctions(file);
const resources = Object.entries(readResources(file));
const ofType = (type: string) => resources.filter(([, { Type }]) => Type === type);

type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
type Policy = { readonly PolicyDocument: { readonly Statement: readonly Statement[] } };

/** Every statement of the role that a function runs under. */
const statementsOf = (name: string): readonly Statement[] => {
  const role = functions.find((declared) => declared.name === name)?.role;
  const resource = ofType('AWS::IAM::Role').find(([id]) => id === role)?.[1];
  const policies = (resource?.Properties.Policies ?? []) as readonly Policy[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
};
const actionsOf = (name: string) => statementsOf(name).flatMap(({ Action }) => Action);
const all = functions.map(({ name }) => name);

describe('every function', () => {
  it('has a role of its own, and every role a function', () => {
    const roles = functions.map(({ role }) => role);
    expect(roles).not.toContain(undefined);
    expect(new Set(roles).size).toBe(functions.length);
    expect(ofType('AWS::IAM::Role').map(([id]) => id)).toEqual(expect.arrayContaining(roles));
    expect(ofType('AWS::IAM::Role')).toHaveLength(functions.length);
  });

  it.each(all)('%s names each action that it may use', (name) => {
    expect(actionsOf(name)).not.toHaveLength(0);
    for (const action of actionsOf(name)) expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
  });

  it.each(all)('%s cannot change a fact once it is written', (name) => {
    const changing = actionsOf(name).filter((action) =>
      /^dynamodb:(Update|Delete|BatchWrite|Partiql|Transact)/i.test(action),
    );
    expect(changing).toEqual([]);
  });

  it.each(all)('%s reaches only our clusters where ECS can tell', (name) => {
    const wide = statementsOf(name).filter(
      ({ Action, Resource, Condition }) =>
        [Action].flat().some((action) => action.startsWith('ecs:')) &&
        Resource === '*' &&
        Condition?.ArnEquals?.['ecs:cluster'] === undefined,
    );
    expect(wide.flatMap(({ Action }) => Action)).toEqual(
      name === 'sweep' ? ['ecs:DescribeTaskDefinition'] : [],
    );
  });
});

describe('what changes AWS', () => {
  const changes =
    /^(ecs:(?!Describe|List)|autoscaling:(?!Describe)|iam:|ecr:(?!BatchGet|Get|Describe))/;

  it('is done by effects alone', () => {
    const able = all.filter((name) => actionsOf(name).some((action) => changes.test(action)));
    expect(able).toEqual(['effects']);
  });

  it('runs no task that one may enter, and passes roles to ECS tasks only', () => {
    const statement = (action: string) =>
      statementsOf('effects').find(({ Action }) => [Action].flat().includes(action));
    expect(statement('ecs:RunTask')?.Condition).toMatchObject({
      ArnEquals: { 'ecs:cluster': expect.anything() },
      StringEquals: { 'ecs:enable-execute-command': 'false' },
    });
    expect(statement('iam:PassRole')?.Resource).not.toBe('*');
    expect(statement('iam:PassRole')?.Condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    });
    expect(statement('autoscaling:TerminateInstanceInAutoScalingGroup')?.Condition).toEqual({
      StringEquals: { 'aws:ResourceTag/tuesday': 'drive' },
    });
  });
});

describe('every rule', () => {
  it.each(ofType('AWS::Events::Rule'))('%s asks for source, type and account', (_, rule) => {
    expect(rule.Properties.EventPattern).toEqual({
      source: [expect.stringMatching(/^aws\./)],
      'detail-type': expect.arrayContaining([expect.any(String)]),
      account: [{ Ref: 'AWS::AccountId' }],
    });
  });

  it.each(ofType('AWS::Events::Rule'))(
    '%s has dead letters, and may write to its queue',
    (id, rule) => {
      const [, policy] = ofType('AWS::SQS::QueuePolicy')[0] ?? [];
      const document = policy?.Properties.PolicyDocument as Policy['PolicyDocument'];
      for (const target of rule.Properties.Targets as readonly Record<string, unknown>[]) {
        expect(target.DeadLetterConfig).toEqual({
          Arn: { 'Fn::GetAtt': ['RuleDeadLetters', 'Arn'] },
        });
      }
      expect(document.Statement).toHaveLength(1);
      const [statement] = document.Statement;
      expect(statement?.Principal).toEqual({ Service: 'events.amazonaws.com' });
      expect(statement?.Condition?.ArnEquals?.['aws:SourceArn']).toContainEqual({
        'Fn::GetAtt': [id, 'Arn'],
      });
    },
  );
});

describe('every route', () => {
  const routes = functions.flatMap(({ name, events }) =>
    events.flatMap(({ httpApi }) => (httpApi === undefined ? [] : [[name, httpApi] as const])),
  );

  it.each(routes)('of %s asks for a signature', (_, route) => {
    expect(route).toMatchObject({ authorizer: { type: 'aws_iam' } });
  });

  it('is there', () => {
    expect(routes.map(([name]) => name)).toEqual([
      'startRollout',
      'pauseRollout',
      'resumeRollout',
      'abortRollout',
    ]);
  });
});

describe('every queue', () => {
  it.each(ofType('AWS::SQS::Queue'))('%s is encrypted and ends in dead letters', (id, queue) => {
    expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
    if (id.endsWith('DeadLetters')) return;
    expect(queue.Properties.RedrivePolicy).toMatchObject({
      deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringMatching(/DeadLetters$/), 'Arn'] },
    });
  });
});

describe('the record', () => {
  it('can be restored to any moment and is not deleted by mistake', () => {
    const [, table] = resources.find(([id]) => id === 'EventTable') ?? [];
    expect(table?.Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    });
    expect(table).toMatchObject({ DeletionPolicy: 'Retain' });
  });
});

describe('the views', () => {
  const reaching = (table: string, action: string) =>
    all.filter((name) =>
      statementsOf(name).some(
        ({ Action, Resource }) =>
          [Action].flat().includes(action) &&
          JSON.stringify(Resource) === JSON.stringify({ 'Fn::GetAtt': [table, 'Arn'] }),
      ),
    );

  it('are written by two functions, which may not write to the record', () => {
    const writers = ['views', 'rebuildViews'];
    expect(reaching('ViewTable', 'dynamodb:PutItem')).toEqual(writers);
    for (const writer of writers) {
      expect(reaching('EventTable', 'dynamodb:PutItem')).not.toContain(writer);
      expect(reaching('EventTable', 'dynamodb:Query')).toContain(writer);
    }
    expect(reaching('EventTable', 'dynamodb:Scan')).toEqual(['rebuildViews']);
  });

  it('are read by those who look across streams, and by no others', () => {
    expect(reaching('ViewTable', 'dynamodb:Query')).toEqual(['inspect', 'sweep', 'control']);
  });

  it('follow the record beside the relay, with an end to trying', () => {
    const followers = functions.flatMap(({ name, events }) =>
      events.flatMap(({ stream }) => (stream === undefined ? [] : [[name, stream] as const])),
    );
    expect(followers.map(([name]) => name)).toEqual(['relay', 'views']);
    for (const [, follower] of followers) {
      expect(follower).toMatchObject({
        arn: { 'Fn::GetAtt': ['EventTable', 'StreamArn'] },
        startingPosition: 'TRIM_HORIZON',
        maximumRetryAttempts: expect.any(Number),
        bisectBatchOnFunctionError: true,
        functionResponseType: 'ReportBatchItemFailures',
        destinations: { onFailure: expect.objectContaining({ type: 'sqs' }) },
      });
    }
  });
});
