import { describe, expect, it } from 'vitest';
import { mayRole } from '../support/deployed/policies.ts';
import { requests } from '../support/deployed/requests.ts';
import { resolved } from '../support/deployed/resolve.ts';
import { synthesised } from '../support/deployed/synthesise.ts';

// X2, X3 and X15: what each function may do, whole. Of the requests in test/support/deployed every
// one that is not listed here is denied: another table, another queue, a cluster that is not
// watched, ECS Exec, a change to a fact once written.

const record = [
  'dynamodb:GetItem EventTable',
  'dynamodb:PutItem EventTable',
  'dynamodb:Query EventTable',
];
const look = ['dynamodb:Query ViewTable'];
const follow = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
const receive = (queue: string) => [`sqs:ReceiveMessage ${queue}`, `sqs:DeleteMessage ${queue}`];
const send = (queue: string) => [`sqs:SendMessage ${queue}`];

const always: Readonly<Record<string, readonly string[]>> = {
  ingest: [...record, ...receive('IngestQueue')],
  watch: [...record, ...send('TickDeadLetters'), 'ssm:GetParameter of the Windows AMIs'],
  inspect: [
    ...record,
    ...look,
    ...send('TickDeadLetters'),
    'ecr:BatchGetImage',
    'ecr:GetDownloadUrlForLayer',
    'ecr:GetLifecyclePolicy',
  ],
  sweep: [
    ...record,
    ...look,
    ...send('TickDeadLetters'),
    ...send('EffectQueue'),
    'ecs:DescribeContainerInstances ours',
    'ecs:DescribeServices ours',
    'ecs:DescribeTasks ours',
    'ecs:ListServices ours',
    'ecs:ListTasks ours',
    'ecs:ListContainerInstances ours',
    'ecs:DescribeTaskDefinition',
    'ec2:DescribeImages',
    'ec2:DescribeInstances',
    'ecs:GetTaskProtection ours',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'ecs:DescribeClusters ours',
    'ecs:DescribeCapacityProviders',
    'autoscaling:DescribeAutoScalingGroups',
    'autoscaling:DescribeAutoScalingInstances',
    'autoscaling:DescribeInstanceRefreshes',
    'autoscaling:DescribeLifecycleHooks',
    'ec2:DescribeLaunchTemplateVersions',
  ],
  wake: [...send('TickDeadLetters'), ...send('ControlQueue')],
  control: [
    ...record,
    ...look,
    ...receive('ControlQueue'),
    'cloudwatch:DescribeAlarms',
    'ec2:DescribeImages',
    'ecs:GetTaskProtection ours',
    'ecs:DescribeContainerInstances ours',
    'ecs:DescribeServices ours',
  ],
  effects: [
    ...record,
    ...receive('EffectQueue'),
    'events:PutEvents ours',
    'ecs:DescribeContainerInstances ours',
    'ecs:DescribeServices ours',
    'ecs:DescribeTasks ours',
    'ecs:DescribeTaskDefinition',
    'ec2:DescribeInstances',
    'ec2:DescribeLaunchTemplateVersions',
    'ecs:ListContainerInstances ours',
    'ecs:DescribeClusters ours',
    'ecs:DescribeCapacityProviders',
    'autoscaling:DescribeAutoScalingGroups',
    'autoscaling:DescribeAutoScalingInstances',
    'autoscaling:DescribeInstanceRefreshes',
    'autoscaling:DescribeLifecycleHooks',
  ],
  relay: [
    ...follow,
    'dynamodb:GetItem EventTable',
    ...send('EffectQueue'),
    ...send('ControlQueue'),
    ...send('RelayDeadLetters'),
    'events:PutEvents ours',
  ],
  views: [
    ...follow,
    'dynamodb:GetItem EventTable',
    'dynamodb:Query EventTable',
    'dynamodb:PutItem ViewTable',
    ...send('ViewsDeadLetters'),
  ],
  rebuildViews: [
    'dynamodb:GetItem EventTable',
    'dynamodb:Query EventTable',
    'dynamodb:Scan EventTable',
    'dynamodb:PutItem ViewTable',
    ...send('TickDeadLetters'),
  ],
  queries: ['dynamodb:GetItem EventTable', 'dynamodb:Query EventTable', ...look],
  commands: [...record, ...look],
};

/** What mode `drive` adds, and to one function alone. */
const driving = [
  'ecs:UpdateContainerInstancesState ours',
  'ecs:UpdateService ours',
  'ecs:PutAttributes ours',
  'ecs:RunTask ours',
  'ecs:RegisterTaskDefinition',
  'ecs:StopTask ours',
  'ecs:DeregisterContainerInstance ours',
  'codebuild:StartBuild of a project that is open to Tuesday',
  'autoscaling:CompleteLifecycleAction of a group that is open to Tuesday',
  'autoscaling:SetDesiredCapacity of a group that is open to Tuesday',
  'autoscaling:Terminate a group that is open to Tuesday',
  'autoscaling:UpdateAutoScalingGroup with its launch template of a group that is open to Tuesday',
  'ec2:CreateLaunchTemplateVersion of a template tagged drive',
  'ec2:RunInstances of a template tagged drive',
  'ec2:RunInstances in a subnet, named by a template: true',
  'ec2:CreateTags by RunInstances',
  'iam:PassRole canary to ECS tasks',
  'iam:PassRole of instances to ec2.amazonaws.com',
];

const roleOf = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}Role`;

describe.each(['observe', 'advise', 'drive'] as const)('X2, X3, X15: in mode %s', (mode) => {
  const resources = resolved(synthesised(mode));
  const allowed = (name: string) =>
    [...requests].filter(([, request]) => mayRole(resources, roleOf(name), request));

  it.each(Object.keys(always))('%s may do this, and nothing else', (name) => {
    const expected = [
      ...(always[name] ?? []),
      ...(mode === 'drive' && name === 'effects' ? driving : []),
    ];
    expect(
      allowed(name)
        .map(([request]) => request)
        .toSorted(),
    ).toEqual(expected.toSorted());
  });

  it('every function is asked about', () => {
    const functions = Object.values(resources).filter(({ Type }) => Type.endsWith('::Function'));
    const names = functions.map(({ Properties }) => String(Properties.FunctionName).split('-')[2]);
    expect(names.toSorted()).toEqual(Object.keys(always).toSorted());
  });
});

describe('a mode that does not exist', () => {
  it('fails the deployment', () => {
    const template = synthesised('observe');
    const mistyped = JSON.parse(JSON.stringify(template).replaceAll('"observe",', '"drvie",'));
    expect(() => resolved(mistyped)).toThrow('mapping Modes has no drvie');
  });
});
