import { describe, expect, it } from 'vitest';
import { mayRole, mayService, mayUseKey, statementsOf } from '../support/deployed/policies.ts';
import { account, region, resolved } from '../support/deployed/resolve.ts';
import { synthesised } from '../support/deployed/synthesise.ts';

const resources = resolved(synthesised('drive'));
const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const key = `arn:aws:kms:${region}:${account}:key/DataKey`;
const roles = ofType('AWS::IAM::Role').map(([role]) => role);
const queues = ofType('AWS::SQS::Queue');

describe('X13: what is kept', () => {
  it.each(ofType('AWS::DynamoDB::Table'))(
    '%s is encrypted by our key, restorable to any moment, and not deleted by mistake',
    (_, table) => {
      expect(table.Properties).toMatchObject({
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      });
      expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    },
  );

  it('tells its stream of every commit whole, as the relay reads it', () => {
    expect(resources.EventTable?.Properties.StreamSpecification).toEqual({
      StreamViewType: 'NEW_IMAGE',
    });
  });

  it.each(queues)('%s is encrypted by our key', (_, queue) => {
    expect(queue.Properties.KmsMasterKeyId).toBe(key);
  });

  it.each(ofType('AWS::Logs::LogGroup'))('%s is encrypted by our key, and ends', (_, group) => {
    expect(group.Properties).toMatchObject({ KmsKeyId: key, RetentionInDays: 30 });
  });

  it('of the bundles is encrypted and hidden from the public', () => {
    expect(resources.ServerlessDeploymentBucket?.Properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [expect.anything()] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  it('outlives the stack, as its key does', () => {
    expect(resources.DataKey).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { EnableKeyRotation: true },
    });
  });

  it.each(queues.map(([id]) => id))('%s is reached by TLS alone', (id) => {
    const plain = {
      action: 'sqs:SendMessage',
      resource: `arn:aws:sqs:${region}:${account}:${id}`,
      context: {
        'aws:SecureTransport': 'false',
        'aws:SourceAccount': account,
        'aws:SourceArn': `arn:aws:events:${region}:${account}:rule/EcsRule`,
      },
    };
    expect(mayService(resources, 'events.amazonaws.com', plain)).toBe(false);
    const denials = ofType('AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) => {
      const { Statement } = Properties.PolicyDocument as {
        Statement: readonly { Effect: string; Resource: readonly string[]; Condition: object }[];
      };
      const named = Properties.Queues as readonly string[];
      return Statement.filter(
        ({ Effect, Resource }) =>
          Effect === 'Deny' && Resource.includes(plain.resource) && named.join().includes(id),
      );
    });
    expect(denials.map(({ Condition }) => Condition)).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
    ]);
  });
});

describe('X13: the key', () => {
  const by = (service: string) => ({ 'kms:ViaService': `${service}.${region}.amazonaws.com` });
  const mayDecrypt = (role: string, context: Readonly<Record<string, string>>) =>
    mayRole(resources, role, { action: 'kms:Decrypt', resource: key, context });
  const uses = (role: string, service: string) =>
    statementsOf(resources, role)
      .flatMap(({ Action, Resource = [] }) => [Action, Resource].map((each) => [each].flat()))
      .some((texts) => texts.some((text) => text.startsWith(`arn:aws:${service}:`)));

  it.each(roles)('%s may use it by the services whose data it touches', (role) => {
    for (const service of ['dynamodb', 'sqs']) {
      if (uses(role, service))
        expect([service, mayDecrypt(role, by(service))]).toEqual([service, true]);
    }
  });

  it.each(roles)('%s may not use it directly, and not manage it', (role) => {
    expect(mayDecrypt(role, {})).toBe(false);
    expect(mayDecrypt(role, by('secretsmanager'))).toBe(false);
    for (const action of ['kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy', 'kms:CreateGrant']) {
      const context = by('dynamodb');
      expect(mayRole(resources, role, { action, resource: key, context })).toBe(false);
    }
  });

  const caller = (resource: string, by = account) => ({
    'aws:SourceAccount': by,
    'aws:SourceArn': `arn:aws:${resource}`,
  });

  it.each([
    ['events.amazonaws.com', caller(`events:${region}:${account}:rule/tuesday-dev-EcsRule-1`)],
    ['cloudwatch.amazonaws.com', caller(`cloudwatch:${region}:${account}:alarm:any`)],
  ])('%s may use it for this account, and for no other', (service, context) => {
    const request = { action: 'kms:GenerateDataKey', resource: key };
    expect(mayUseKey(resources, service, { ...request, context })).toBe(true);
    const foreign = { ...context, 'aws:SourceAccount': '210987654321' };
    expect(mayUseKey(resources, service, { ...request, context: foreign })).toBe(false);
    expect(mayUseKey(resources, 'lambda.amazonaws.com', { ...request, context })).toBe(false);
  });

  it.each(ofType('AWS::Logs::LogGroup'))('may be used for the log group %s', (_, group) => {
    const name = String(group.Properties.LogGroupName);
    const arn = `arn:aws:logs:${region}:${account}:log-group:${name}`;
    const context = { 'kms:EncryptionContext:aws:logs:arn': arn };
    const request = { action: 'kms:Encrypt', resource: key, context };
    expect(mayUseKey(resources, `logs.${region}.amazonaws.com`, request)).toBe(true);
  });

  it('is not used for the logs of others', () => {
    const arn = `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/other`;
    const context = { 'kms:EncryptionContext:aws:logs:arn': arn };
    const request = { action: 'kms:Encrypt', resource: key, context };
    expect(mayUseKey(resources, `logs.${region}.amazonaws.com`, request)).toBe(false);
  });
});

describe('logs', () => {
  it.each(ofType('AWS::Lambda::Function'))(
    'of %s are written to its own stack',
    (_, { Properties }) => {
      const role = String(Properties.Role).split('/')[1] ?? '';
      const may = (name: string) =>
        mayRole(resources, role, {
          action: 'logs:PutLogEvents',
          resource: `arn:aws:logs:${region}:${account}:log-group:${name}:log-stream:1`,
        });
      expect(may(`/aws/lambda/${Properties.FunctionName}`)).toBe(true);
      expect(may('/aws/lambda/other')).toBe(false);
    },
  );
});
