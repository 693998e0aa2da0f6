import type { Request } from './policies.ts';
import { account, region } from './resolve.ts';
import { clusterArns, taskRoleArn } from './synthesise.ts';
import { ofTemplates } from './templateRequests.ts';

// Requests that a function could make, each under a short name: the whole of what the permission
// matrix asks. `ours` is a cluster that is watched, `other` one that is not.

const arn = (rest: string) => `arn:aws:${rest}`;
const own = (service: string, rest: string) => arn(`${service}:${region}:${account}:${rest}`);

const tables = ['EventTable', 'ViewTable'];
const tableActions = [
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'DeleteTable',
  'UpdateTable',
];
const streamActions = ['DescribeStream', 'GetRecords', 'GetShardIterator'];

const queues = [
  'IngestQueue',
  'EffectQueue',
  'ControlQueue',
  'IngestDeadLetters',
  'EffectDeadLetters',
  'ControlDeadLetters',
  'RuleDeadLetters',
  'RelayDeadLetters',
  'ViewsDeadLetters',
  'TickDeadLetters',
];
const queueActions = [
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'PurgeQueue',
  'DeleteQueue',
];

/** Of these ECS says in the request which cluster it is about (`ecs:cluster`). */
const clusterActions = [
  'DescribeContainerInstances',
  'DescribeServices',
  'DescribeTasks',
  'GetTaskProtection',
  'UpdateTaskProtection',
  'ListServices',
  'ListTasks',
  'UpdateContainerInstancesState',
  'UpdateService',
  'DeleteService',
  'DeregisterContainerInstance',
  'ExecuteCommand',
  'PutAttributes',
  'StartTask',
  'StopTask',
];
const otherCluster = arn(`ecs:${region}:${account}:cluster/other`);
const clusters: readonly (readonly [string, string])[] = [
  ['ours', clusterArns[0] ?? ''],
  ['other', otherCluster],
];

const ecsRequests: readonly (readonly [string, Request])[] = clusters.flatMap(([name, cluster]) => [
  ...clusterActions.map(
    (action) =>
      [
        `ecs:${action} ${name}`,
        {
          action: `ecs:${action}`,
          resource: own('ecs', `${action.toLowerCase()}/${name}`),
          context: { 'ecs:cluster': cluster },
        },
      ] as const,
  ),
  [
    `ecs:ListContainerInstances ${name}`,
    { action: 'ecs:ListContainerInstances', resource: cluster },
  ] as const,
  [`ecs:DescribeClusters ${name}`, { action: 'ecs:DescribeClusters', resource: cluster }] as const,
  ...['false', 'true'].map(
    (exec) =>
      [
        `ecs:RunTask ${name}${exec === 'true' ? ' with ECS Exec' : ''}`,
        {
          action: 'ecs:RunTask',
          resource: own('ecs', 'task-definition/tuesday-canary-2022:1'),
          context: { 'ecs:cluster': cluster, 'ecs:enable-execute-command': exec },
        },
      ] as const,
  ),
]);

const group = own('autoscaling', 'autoScalingGroup:1:autoScalingGroupName/windows');
const passed = (service: string) => ({ 'iam:PassedToService': service });

const others: readonly (readonly [string, Request])[] = [
  ['ecs:DescribeTaskDefinition', { action: 'ecs:DescribeTaskDefinition', resource: '*' }],
  ['ec2:DescribeInstances', { action: 'ec2:DescribeInstances', resource: '*' }],
  ['ecs:RegisterTaskDefinition', { action: 'ecs:RegisterTaskDefinition', resource: '*' }],
  ...[
    'autoscaling:DescribeAutoScalingGroups',
    'autoscaling:DescribeAutoScalingInstances',
    'autoscaling:DescribeInstanceRefreshes',
    'autoscaling:DescribeLifecycleHooks',
    'autoscaling:DescribePolicies',
    'ec2:DescribeImages',
    'ec2:DescribeLaunchTemplateVersions',
    'ec2:CreateLaunchTemplateVersion',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'elasticloadbalancing:ModifyTargetGroupAttributes',
  ].map((action) => [action, { action, resource: '*' }] as const),
  [
    'ecs:DescribeCapacityProviders',
    { action: 'ecs:DescribeCapacityProviders', resource: own('ecs', 'capacity-provider/windows') },
  ],
  [
    'ecs:UpdateCapacityProvider',
    { action: 'ecs:UpdateCapacityProvider', resource: own('ecs', 'capacity-provider/windows') },
  ],
  ...['SetDesiredCapacity', 'UpdateAutoScalingGroup'].map(
    (action) =>
      [`autoscaling:${action}`, { action: `autoscaling:${action}`, resource: group }] as const,
  ),
  [
    'cloudwatch:DescribeAlarms',
    {
      action: 'cloudwatch:DescribeAlarms',
      resource: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:checkout',
    },
  ],
  [
    'codebuild:StartBuild of a project that is open to Tuesday',
    {
      action: 'codebuild:StartBuild',
      resource: 'arn:aws:codebuild:eu-west-1:111122223333:project/orders',
      context: { 'aws:ResourceTag/tuesday': 'drive' },
    },
  ],
  [
    'codebuild:StartBuild of any other project',
    {
      action: 'codebuild:StartBuild',
      resource: 'arn:aws:codebuild:eu-west-1:111122223333:project/other',
    },
  ],
  [
    'autoscaling:CompleteLifecycleAction of a group that is open to Tuesday',
    {
      action: 'autoscaling:CompleteLifecycleAction',
      resource: group,
      context: { 'aws:ResourceTag/tuesday': 'drive' },
    },
  ],
  [
    'autoscaling:CompleteLifecycleAction of any other group',
    { action: 'autoscaling:CompleteLifecycleAction', resource: group },
  ],
  [
    'autoscaling:Terminate a group that is open to Tuesday',
    {
      action: 'autoscaling:TerminateInstanceInAutoScalingGroup',
      resource: group,
      context: { 'aws:ResourceTag/tuesday': 'drive' },
    },
  ],
  [
    'autoscaling:SetDesiredCapacity of a group that is open to Tuesday',
    {
      action: 'autoscaling:SetDesiredCapacity',
      resource: group,
      context: { 'aws:ResourceTag/tuesday': 'drive' },
    },
  ],
  ...ofTemplates,
  [
    'autoscaling:Terminate any other group',
    { action: 'autoscaling:TerminateInstanceInAutoScalingGroup', resource: group },
  ],
  [
    'iam:PassRole canary to ECS tasks',
    { action: 'iam:PassRole', resource: taskRoleArn, context: passed('ecs-tasks.amazonaws.com') },
  ],
  [
    'iam:PassRole canary to EC2',
    { action: 'iam:PassRole', resource: taskRoleArn, context: passed('ec2.amazonaws.com') },
  ],
  [
    'iam:PassRole any other role',
    {
      action: 'iam:PassRole',
      resource: arn(`iam::${account}:role/administrator`),
      context: passed('ecs-tasks.amazonaws.com'),
    },
  ],
  [
    'events:PutEvents ours',
    { action: 'events:PutEvents', resource: own('events', 'event-bus/TuesdayBus') },
  ],
  [
    'events:PutEvents default',
    { action: 'events:PutEvents', resource: own('events', 'event-bus/default') },
  ],
  ['events:PutTargets', { action: 'events:PutTargets', resource: own('events', 'rule/EcsRule') }],
  ['events:PutRule', { action: 'events:PutRule', resource: own('events', 'rule/new') }],
  [
    'ssm:GetParameter of the Windows AMIs',
    {
      action: 'ssm:GetParameter',
      resource: arn(`ssm:${region}::parameter/aws/service/ami-windows-latest/2022`),
    },
  ],
  [
    'ssm:GetParameter of ours',
    { action: 'ssm:GetParameter', resource: own('ssm', 'parameter/secret') },
  ],
  ...[
    'BatchGetImage',
    'GetDownloadUrlForLayer',
    'GetLifecyclePolicy',
    'PutImage',
    'BatchDeleteImage',
  ].map(
    (action) =>
      [
        `ecr:${action}`,
        { action: `ecr:${action}`, resource: own('ecr', 'repository/shop') },
      ] as const,
  ),
  [
    'lambda:InvokeFunction',
    { action: 'lambda:InvokeFunction', resource: own('lambda', 'function:tuesday-dev-sweep') },
  ],
];

/** By name, every request that the matrix asks for each function. */
export const requests: ReadonlyMap<string, Request> = new Map([
  ...tables.flatMap((table) =>
    tableActions.map(
      (action) =>
        [
          `dynamodb:${action} ${table}`,
          { action: `dynamodb:${action}`, resource: own('dynamodb', `table/${table}`) },
        ] as const,
    ),
  ),
  ...streamActions.map(
    (action) =>
      [
        `dynamodb:${action}`,
        { action: `dynamodb:${action}`, resource: own('dynamodb', 'table/EventTable/stream/1') },
      ] as const,
  ),
  ...queues.flatMap((name) =>
    queueActions.map(
      (action) =>
        [`sqs:${action} ${name}`, { action: `sqs:${action}`, resource: own('sqs', name) }] as const,
    ),
  ),
  ...ecsRequests,
  ...others,
]);
