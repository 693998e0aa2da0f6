import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { matchesPattern } from '../../../infra/local/eventPattern.ts';
import { readEventPatterns } from '../../../infra/local/patterns.ts';

const root = join(import.meta.dirname, '../../..');
const account = '123456789012';

const functionsFor = (event: object) =>
  readEventPatterns(join(root, 'serverless.yml'), { 'AWS::AccountId': account })
    .filter(({ pattern }) => matchesPattern(pattern, event))
    .map(({ function: name }) => name);

describe('the patterns of serverless.yml', () => {
  it.each([
    ['aws.ecs', 'ECS Task State Change'],
    ['aws.ecs', 'ECS Container Instance State Change'],
    ['aws.ecs', 'ECS Service Action'],
    ['aws.ecs', 'ECS Deployment State Change'],
    ['aws.ecr', 'ECR Image Action'],
    ['aws.ec2', 'EC2 Spot Instance Interruption Warning'],
    ['aws.ec2', 'EC2 Instance Rebalance Recommendation'],
    ['aws.ec2', 'EC2 Instance State-change Notification'],
    ['aws.autoscaling', 'EC2 Instance-terminate Lifecycle Action'],
  ])('bring %s, %s to ingest', (source, detailType) => {
    const detail = { clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop' };
    expect(functionsFor({ source, 'detail-type': detailType, account, detail })).toEqual([
      'ingest',
    ]);
  });

  it.each([
    ['of another source', { source: 'custom.ecs', account }],
    ['of another account', { source: 'aws.ecs', account: '210987654321' }],
    ['without an account', { source: 'aws.ecs' }],
  ])('bring an event %s to nobody', (_, event) => {
    expect(functionsFor({ 'detail-type': 'ECS Task State Change', ...event })).toEqual([]);
  });
});

describe('a template', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'patterns-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const template = (queue: string) => {
    const file = join(folder, 'serverless.yml');
    writeFileSync(
      file,
      `functions:
  hear:
    handler: dist/hear/functions/hear.handler
    events: [{ sqs: { arn: !GetAtt Ears.Arn } }]
resources:
  - Resources:
      Rule:
        Type: AWS::Events::Rule
        Properties:
          EventPattern:
            source: [shout]
            account: [!Ref AWS::AccountId]
            detail: { who: !Split [',', '\${param:people}'] }
          Targets: [{ Id: hear, Arn: !GetAtt ${queue}.Arn }]
`,
    );
    return file;
  };

  it('asks only that the account is there where nobody says which, and of a list to come', () => {
    expect(readEventPatterns(template('Ears'))).toEqual([
      {
        function: 'hear',
        rule: 'Rule',
        pattern: {
          source: ['shout'],
          account: [{ exists: true }],
          detail: { who: [{ exists: true }] },
        },
      },
    ]);
  });

  it('is an error where a rule writes to a queue that no function reads', () => {
    expect(() => readEventPatterns(template('Wall'))).toThrow('rule Rule: no function reads Wall');
  });
});
