import type { Request } from './policies.ts';
import { instanceRoleArn } from './synthesise.ts';

const own = (service: string, name: string) => `arn:aws:${service}:eu-west-1:111122223333:${name}`;
const group = own('autoscaling', 'autoScalingGroup:1:autoScalingGroupName/windows');

/** What it takes to renew the launch template of a group, and what it does not take. */
export const ofTemplates: readonly (readonly [string, Request])[] = [
  ...[
    ['with its launch template', {}],
    ['with its maximum too', { 'autoscaling:MaxSize': '90' }],
  ].map(
    ([what, more]) =>
      [
        `autoscaling:UpdateAutoScalingGroup ${what} of a group that is open to Tuesday`,
        {
          action: 'autoscaling:UpdateAutoScalingGroup',
          resource: group,
          context: { 'aws:ResourceTag/tuesday': 'drive', ...(more as object) },
        },
      ] as const,
  ),
  ...['CreateLaunchTemplateVersion', 'RunInstances'].flatMap((action) =>
    ['drive', 'no'].map(
      (tag) =>
        [
          `ec2:${action} of a template tagged ${tag}`,
          {
            action: `ec2:${action}`,
            resource: own('ec2', 'launch-template/lt-1'),
            context: { 'aws:ResourceTag/tuesday': tag },
          },
        ] as const,
    ),
  ),
  ...['true', 'false'].map(
    (named) =>
      [
        `ec2:RunInstances in a subnet, named by a template: ${named}`,
        {
          action: 'ec2:RunInstances',
          resource: own('ec2', 'subnet/subnet-1'),
          context: { 'ec2:IsLaunchTemplateResource': named },
        },
      ] as const,
  ),
  ...['RunInstances', 'CreateVolume'].map(
    (made) =>
      [
        `ec2:CreateTags by ${made}`,
        {
          action: 'ec2:CreateTags',
          resource: own('ec2', 'volume/vol-1'),
          context: { 'ec2:CreateAction': made },
        },
      ] as const,
  ),
  ...['ec2.amazonaws.com', 'lambda.amazonaws.com'].map(
    (service) =>
      [
        `iam:PassRole of instances to ${service}`,
        {
          action: 'iam:PassRole',
          resource: instanceRoleArn,
          context: { 'iam:PassedToService': service },
        },
      ] as const,
  ),
];
