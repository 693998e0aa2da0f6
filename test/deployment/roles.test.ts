import { describe, expect, it } from 'vitest';
import { type Statement, statementsOf } from '../support/deployed/policies.ts';
import { resolved } from '../support/deployed/resolve.ts';
import {
  clusterArns,
  instanceRoleArn,
  synthesised,
  taskRoleArn,
} from '../support/deployed/synthesise.ts';

const resources = resolved(synthesised('drive'));
const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const roles = ofType('AWS::IAM::Role').map(([role]) => role);
const functions = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties);
const actions = ({ Action }: Statement) => [Action].flat();

/** Of everything that these functions may do: what only looks. */
const looks = new RegExp(
  [
    '^ecs:(Describe|Get|List)',
    '^elasticloadbalancing:Describe',
    '^autoscaling:Describe',
    '^ec2:Describe',
    '^ecr:(BatchGetImage|Get)',
    '^ssm:Get',
    '^dynamodb:(Get|Query|Scan|Describe|List)',
    '^sqs:(Receive|Get)',
    '^kms:DescribeKey',
  ].join('|'),
);

describe('X1: roles', () => {
  it('are one for each function, and one for the schedules', () => {
    const arns = functions.map(({ Role }) => String(Role));
    expect(new Set(arns).size).toBe(functions.length);
    expect(arns.map((arn) => arn.split('/')[1]).toSorted()).toEqual(
      roles.filter((role) => role !== 'SchedulerRole').toSorted(),
    );
  });

  it.each(roles)('%s names each action that it may use', (role) => {
    const named = statementsOf(resources, role).flatMap(actions);
    expect(named).not.toHaveLength(0);
    for (const action of named) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
  });

  it.each(roles)('%s changes nothing by a wildcard without a condition', (role) => {
    const wide = statementsOf(resources, role).filter(
      (statement) =>
        [statement.Resource].flat().includes('*') &&
        statement.Condition === undefined &&
        !actions(statement).every((action) => looks.test(action)),
    );
    expect(wide).toEqual([]);
  });

  it.each(roles)('%s grants and denies nothing by exclusion', (role) => {
    for (const statement of statementsOf(resources, role)) {
      expect(Object.keys(statement)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^Not/)]),
      );
    }
  });

  it('pass named roles to ECS tasks, and named others to EC2 alone', () => {
    const passing = roles.flatMap((role) =>
      statementsOf(resources, role).filter((statement) =>
        actions(statement).includes('iam:PassRole'),
      ),
    );
    expect(passing).toEqual([
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: [taskRoleArn],
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: [instanceRoleArn],
        Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      },
    ]);
  });

  it.each(roles)('%s is assumed by one service alone', (role) => {
    const { AssumeRolePolicyDocument } = resources[role]?.Properties ?? {};
    const { Statement } = AssumeRolePolicyDocument as { Statement: readonly Statement[] };
    const service = role === 'SchedulerRole' ? 'scheduler.amazonaws.com' : 'lambda.amazonaws.com';
    expect(Statement.map(({ Principal }) => Principal)).toEqual([{ Service: service }]);
  });
});

describe('X2: ECS', () => {
  it.each(roles)('%s reaches only the clusters that are watched, where ECS can tell', (role) => {
    const wide = statementsOf(resources, role).filter(
      (statement) =>
        actions(statement).some((action) => action.startsWith('ecs:')) &&
        JSON.stringify(statement.Condition?.ArnEquals?.['ecs:cluster'] ?? statement.Resource) !==
          JSON.stringify(clusterArns),
    );
    // Task definitions and capacity providers belong to no cluster.
    const expected: Readonly<Record<string, readonly string[]>> = {
      SweepRole: ['ecs:DescribeCapacityProviders', 'ecs:DescribeTaskDefinition'],
      EffectsRole: [
        'ecs:DescribeCapacityProviders',
        'ecs:DescribeTaskDefinition',
        'ecs:RegisterTaskDefinition',
      ],
    };
    expect(wide.flatMap(actions)).toEqual(expected[role] ?? []);
  });
});

describe('X3: what changes AWS', () => {
  const changes = (role: string) =>
    statementsOf(resources, role)
      .flatMap(actions)
      .some(
        (action) =>
          /^(ecs|autoscaling|iam|ecr|ec2|elasticloadbalancing|codebuild):/.test(action) &&
          !looks.test(action),
      );

  it('is in the hands of effects alone', () => {
    expect(roles.filter(changes)).toEqual(['EffectsRole']);
  });
});

describe('X11: the confused deputy', () => {
  it('whoever lets a service call a function says for which caller', () => {
    const permissions = ofType('AWS::Lambda::Permission');
    expect(permissions).not.toHaveLength(0);
    for (const [, { Properties }] of permissions) {
      expect(Properties.SourceArn).toEqual(expect.any(String));
    }
  });

  it('the schedules run for this account alone', () => {
    const document = resources.SchedulerRole?.Properties.AssumeRolePolicyDocument;
    expect(document).toMatchObject({
      Statement: [{ Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } }],
    });
  });
});

describe('X22: a way out', () => {
  it.each(roles)('%s may not make rules or targets', (role) => {
    const named = statementsOf(resources, role).flatMap(actions);
    expect(named.filter((action) => /^events:(?!PutEvents)/.test(action))).toEqual([]);
  });
});
