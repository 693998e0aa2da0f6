import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Instant } from '../../../events/ids.ts';
import { createCloudWatchGateway } from '../../../infra/aws/cloudWatch.ts';
import { sdkError } from './sdkError.ts';

const cloudWatch = mockClient(CloudWatchClient);
const gateway = createCloudWatchGateway(new CloudWatchClient({ region: 'eu-west-1' }));
const inputsOf = (command: Parameters<typeof cloudWatch.commandCalls>[0]) =>
  cloudWatch.commandCalls(command).map((call) => call.args[0].input);
const moment = (text: string) => Instant.parse(Date.parse(text));

beforeEach(() => cloudWatch.reset());

describe('describing alarms', () => {
  it('asks for metric and composite alarms by name, a hundred to a call', async () => {
    cloudWatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [{ AlarmName: 'a0', StateValue: 'OK' }],
      CompositeAlarms: [{ AlarmName: 'a1', StateValue: 'ALARM', StateReason: 'a0 or so' }],
    });
    const names = Array.from({ length: 101 }, (_, n) => `a${n}`);
    expect((await gateway.describeAlarms(names)).slice(0, 2)).toEqual([
      { name: 'a0', state: 'OK' },
      { name: 'a1', state: 'ALARM', reason: 'a0 or so' },
    ]);
    const asked = inputsOf(DescribeAlarmsCommand) as {
      AlarmNames: string[];
      AlarmTypes: string[];
    }[];
    expect(asked.map(({ AlarmNames }) => AlarmNames.length)).toEqual([100, 1]);
    expect(asked[0]?.AlarmTypes).toEqual(['MetricAlarm', 'CompositeAlarm']);
  });

  it('goes through all pages, and leaves out names that no alarm has', async () => {
    cloudWatch
      .on(DescribeAlarmsCommand)
      .resolvesOnce({ MetricAlarms: [{ AlarmName: 'a', StateValue: 'OK' }], NextToken: 'next' })
      .resolvesOnce({ MetricAlarms: [{ AlarmName: 'b', StateValue: 'INSUFFICIENT_DATA' }] });
    expect(await gateway.describeAlarms(['a', 'b', 'none'])).toEqual([
      { name: 'a', state: 'OK' },
      { name: 'b', state: 'INSUFFICIENT_DATA' },
    ]);
  });

  it('does not take an answer without a state for a good one', async () => {
    cloudWatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [{ AlarmName: 'a' }] });
    await expect(gateway.describeAlarms(['a'])).rejects.toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['ThrottlingException', 'throttled'],
    ['AccessDeniedException', 'refused'],
  ])('turns %s into %s', async (name, kind) => {
    cloudWatch.on(DescribeAlarmsCommand).rejects(sdkError(name, 400));
    await expect(gateway.describeAlarms(['a'])).rejects.toMatchObject({ kind });
  });
});

describe('reading CapacityProviderReservation', () => {
  const asked = {
    clusterName: 'shop',
    capacityProviderName: 'windows-2022',
    from: moment('2025-10-14T17:00:00Z'),
    to: moment('2025-10-14T17:10:00Z'),
  };

  it('asks for it minute by minute, and gives the oldest first', async () => {
    cloudWatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        {
          StatusCode: 'Complete',
          Timestamps: [new Date(asked.from), new Date(asked.from + 60_000)],
          Values: [100, 150],
        },
      ],
    });
    expect(await gateway.readCapacityProviderReservation(asked)).toEqual([
      { at: asked.from, value: 100 },
      { at: asked.from + 60_000, value: 150 },
    ]);
    expect(inputsOf(GetMetricDataCommand)[0]).toMatchObject({
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        {
          MetricStat: {
            Period: 60,
            Metric: {
              Namespace: 'AWS/ECS/ManagedScaling',
              Dimensions: [
                { Name: 'ClusterName', Value: 'shop' },
                { Name: 'CapacityProviderName', Value: 'windows-2022' },
              ],
            },
          },
        },
      ],
    });
  });

  it.each([
    ['InternalError', 'throttled'],
    ['Forbidden', 'refused'],
  ] as const)('is no half of an answer: %s is %s', async (StatusCode, kind) => {
    const result = { StatusCode, Timestamps: [new Date(asked.from)], Values: [1] };
    cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [result] });
    const answer = gateway.readCapacityProviderReservation(asked);
    await expect(answer).rejects.toMatchObject({ kind, code: StatusCode });
  });
});
