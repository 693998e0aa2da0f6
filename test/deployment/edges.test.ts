import { describe, expect, it } from 'vitest';
import { oneWakeUpMs } from '../../functions/streams/relay.ts';
import { mayRole, mayService } from '../support/deployed/policies.ts';
import { account, region, resolved } from '../support/deployed/resolve.ts';
import { type Resource, synthesised } from '../support/deployed/synthesise.ts';

// Nothing is lost on its way: every asynchronous edge ends trying somewhere where it is kept, with
// an alarm on it.

const resources = resolved(synthesised('drive'));
const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const queueArn = (id: string) => `arn:aws:sqs:${region}:${account}:${id}`;
const rules = ofType('AWS::Events::Rule');
const functions = ofType('AWS::Lambda::Function');
const sources = ofType('AWS::Lambda::EventSourceMapping');
const timeoutOf = (arn: string) =>
  Number(
    functions.find(([, { Properties }]) => arn.endsWith(`:${Properties.FunctionName}`))?.[1]
      .Properties.Timeout,
  );

/** The target of a rule or a schedule, as far as dead letters go. */
type Target = { readonly Arn: string; readonly DeadLetterConfig?: { readonly Arn: string } };

describe('X10: a rule', () => {
  it.each(rules)('%s asks for a source of AWS, a type and our account', (_, { Properties }) => {
    expect(Properties.EventPattern).toMatchObject({
      source: [expect.stringMatching(/^aws\.[a-z0-9]+$/)],
      'detail-type': expect.arrayContaining([expect.any(String)]),
      account: [account],
    });
  });

  it.each(rules)('%s has its dead letters', (_, { Properties }) => {
    for (const target of Properties.Targets as readonly Target[]) {
      expect(target.DeadLetterConfig).toEqual({ Arn: queueArn('RuleDeadLetters') });
    }
  });

  it('of ours is named in no foreign account (X22)', () => {
    const targets = rules.flatMap(([, { Properties }]) => Properties.Targets as readonly Target[]);
    expect(new Set(targets.map(({ Arn }) => Arn))).toEqual(new Set([queueArn('IngestQueue')]));
  });

  it('is archived whole, and so are our own facts', () => {
    const patterns = rules.map(([, { Properties }]) => Properties.EventPattern as Pattern);
    const archive = resources.AwsEventArchive?.Properties.EventPattern as Pattern;
    for (const name of ['source', 'detail-type'] as const) {
      const wanted = new Set(patterns.flatMap((pattern) => pattern[name]));
      expect(new Set(archive[name])).toEqual(wanted);
    }
    expect(resources.FactArchive?.Properties.SourceArn).toMatch(/event-bus\/TuesdayBus$/);
  });

  it('our bus takes events of this account alone', () => {
    expect(ofType('AWS::Events::EventBusPolicy')).toEqual([]);
  });
});

type Pattern = { readonly source: readonly string[]; readonly 'detail-type': readonly string[] };

describe('X11: a queue of the rules', () => {
  const sending = (queue: string, context: Readonly<Record<string, string>>) =>
    mayService(resources, 'events.amazonaws.com', {
      action: 'sqs:SendMessage',
      resource: queueArn(queue),
      context: { 'aws:SecureTransport': 'true', ...context },
    });
  const from = (rule: string, owner = account) => ({
    'aws:SourceAccount': owner,
    'aws:SourceArn': `arn:aws:events:${region}:${owner}:rule/${rule}`,
  });

  it.each(rules.map(([id]) => id))('takes what %s sends, and its dead letters', (rule) => {
    expect(sending('IngestQueue', from(rule))).toBe(true);
    expect(sending('RuleDeadLetters', from(rule))).toBe(true);
    expect(sending('EffectQueue', from(rule))).toBe(false);
    expect(sending('ControlQueue', from(rule))).toBe(false);
  });

  it('takes nothing from a rule of someone else, or from nobody', () => {
    expect(sending('IngestQueue', from('Other'))).toBe(false);
    expect(sending('IngestQueue', from('EcsRule', '210987654321'))).toBe(false);
    expect(sending('IngestQueue', {})).toBe(false);
  });
});

describe('a queue', () => {
  const working = ofType('AWS::SQS::Queue').filter(([id]) => !id.endsWith('DeadLetters'));

  it.each(working)('%s ends in dead letters of its own, of its own kind', (id, { Properties }) => {
    const letters = id.replace(/Queue$/, 'DeadLetters');
    expect(Properties.RedrivePolicy).toEqual({
      maxReceiveCount: 5,
      deadLetterTargetArn: queueArn(letters),
    });
    expect(resources[letters]?.Properties.FifoQueue).toBe(Properties.FifoQueue);
  });

  it.each(working)('%s hides a message for six times as long as it is worked on', (id, queue) => {
    const reader = sources.find(([, { Properties }]) => Properties.EventSourceArn === queueArn(id));
    const timeout = timeoutOf(String(reader?.[1].Properties.FunctionName));
    expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeout);
  });

  it('of wake-ups holds one back for as long as the relay gives it one name', () => {
    expect(resources.ControlQueue?.Properties.DelaySeconds).toBe(oneWakeUpMs / 1_000);
  });

  it('of the intake is read by two at once, and reports what failed alone', () => {
    const reader = sources.find(
      ([, { Properties }]) => Properties.EventSourceArn === queueArn('IngestQueue'),
    );
    expect(reader?.[1].Properties).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  it.each(sources)('or stream read by %s is answered for message by message', (_, source) => {
    expect(source.Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
  });
});

describe('the stream of the record', () => {
  const followers = sources.filter(([, { Properties }]) =>
    String(Properties.EventSourceArn).includes('/stream/'),
  );

  it('has two consumers, as many as DynamoDB advises', () => {
    expect(followers.map(([, { Properties }]) => Properties.FunctionName)).toHaveLength(2);
  });

  it.each(followers)('is given up by %s after some tries, and kept', (_, { Properties }) => {
    expect(Properties).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      DestinationConfig: { OnFailure: { Destination: expect.stringMatching(/DeadLetters$/) } },
    });
  });
});

describe('a tick', () => {
  const schedules = ofType('AWS::Scheduler::Schedule');
  const targetOf = ({ Properties }: Resource) =>
    Properties.Target as Target & { readonly Input: string; readonly RetryPolicy: object };
  const called = schedules.map(([, schedule]) => targetOf(schedule).Arn.split('-').at(-1) ?? '');

  it('has a schedule each', () => {
    expect(called.toSorted()).toEqual(['inspect', 'sweep', 'wake', 'watch']);
  });

  it.each(schedules)('of %s knows for which moment it is meant', (_, schedule) => {
    expect(JSON.parse(targetOf(schedule).Input)).toEqual({
      time: '<aws.scheduler.scheduled-time>',
    });
  });

  it.each(schedules)('of %s that cannot begin is kept', (_, schedule) => {
    const { DeadLetterConfig, RetryPolicy, Arn } = targetOf(schedule);
    expect(DeadLetterConfig).toEqual({ Arn: queueArn('TickDeadLetters') });
    expect(RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 2 });
    for (const request of [
      { action: 'lambda:InvokeFunction', resource: Arn },
      { action: 'sqs:SendMessage', resource: queueArn('TickDeadLetters') },
    ]) {
      expect(mayRole(resources, 'SchedulerRole', request)).toBe(true);
    }
  });

  it.each([...called, 'rebuildViews'])('%s that fails is kept', (name) => {
    const id = `${name[0]?.toUpperCase()}${name.slice(1)}LambdaEvConf`;
    expect(resources[id]?.Properties.DestinationConfig).toEqual({
      OnFailure: { Destination: queueArn('TickDeadLetters') },
    });
  });
});

describe('every kind of dead letter', () => {
  const letters = ofType('AWS::SQS::Queue').flatMap(([id]) => (id.endsWith('Letters') ? [id] : []));
  const alarms = ofType('AWS::CloudWatch::Alarm');

  it.each(letters)('%s calls a person', (id) => {
    const on = alarms.filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes(`"${id}"`),
    );
    expect(on.map(([, { Properties }]) => Properties.Threshold)).toEqual([0]);
  });

  it.each(alarms)('%s says what to do, and is heard', (_, { Properties }) => {
    expect(String(Properties.AlarmDescription).length).toBeGreaterThan(60);
    expect(Properties.AlarmActions).toEqual([`arn:aws:sns:${region}:${account}:AlarmTopic`]);
  });

  it('and every alarm may be written to the topic', () => {
    const publish = {
      action: 'sns:Publish',
      resource: `arn:aws:sns:${region}:${account}:AlarmTopic`,
    };
    const ours = { ...publish, context: { 'aws:SourceAccount': account } };
    expect(mayService(resources, 'cloudwatch.amazonaws.com', ours)).toBe(true);
    expect(mayService(resources, 'cloudwatch.amazonaws.com', publish)).toBe(false);
  });
});
