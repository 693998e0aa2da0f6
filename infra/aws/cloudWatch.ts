import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import { Instant } from '../../events/ids.ts';
import { AlarmState } from '../../events/rolloutPolicy.ts';
import { absent, Moment, readShape, withoutUndefined } from './awsShape.ts';
import type { Alarm, CloudWatchGateway, Datapoint } from './cloudWatchPort.ts';
import { GatewayError } from './gateways.ts';
import { inBatches, pages } from './pages.ts';

/** Most names in one call (CloudWatch API Reference, DescribeAlarms). */
const batchMax = 100;

type Sender = Pick<CloudWatchClient, 'send'>;
type Asked = Parameters<CloudWatchGateway['readCapacityProviderReservation']>[0];

/** CloudWatch behind the port; nothing of it is changed. */
export const createCloudWatchGateway = (client: Sender): CloudWatchGateway => ({
  describeAlarms: (names) => inBatches(names, batchMax, (batch) => describeAlarms(client, batch)),
  readCapacityProviderReservation: (asked) => readReservation(client, asked),
});

/** Composite alarms are answered only where they are asked for. */
const AlarmTypes: ('MetricAlarm' | 'CompositeAlarm')[] = ['MetricAlarm', 'CompositeAlarm'];

const describeAlarms = async (client: Sender, names: readonly string[]) => {
  const asked = { AlarmNames: [...names], AlarmTypes, MaxRecords: batchMax };
  const found = await pages('DescribeAlarms', async ({ nextToken: NextToken }) => {
    const page = await client.send(new DescribeAlarmsCommand({ ...asked, NextToken }));
    const items = [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])];
    return { items, nextToken: page.NextToken };
  });
  return found.map(alarmFrom);
};

const RawAlarm = z.object({
  AlarmName: z.string(),
  StateValue: AlarmState,
  StateReason: absent(z.string()),
});

const alarmFrom = (raw: unknown): Alarm => {
  const alarm = readShape(RawAlarm, raw, 'alarm');
  const { AlarmName: name, StateValue: state, StateReason: reason } = alarm;
  return withoutUndefined({ name, state, reason });
};

/** As ECS publishes it (ECS Developer Guide, "How Amazon ECS manages cluster scaling"). */
const reservationOf = ({ clusterName, capacityProviderName }: Asked) => ({
  Id: 'reservation',
  MetricStat: {
    Metric: {
      Namespace: 'AWS/ECS/ManagedScaling',
      MetricName: 'CapacityProviderReservation',
      Dimensions: [
        { Name: 'ClusterName', Value: clusterName },
        { Name: 'CapacityProviderName', Value: capacityProviderName },
      ],
    },
    Period: 60,
    Stat: 'Maximum',
  },
});

const readReservation = async (client: Sender, asked: Asked): Promise<readonly Datapoint[]> => {
  const results = await pages('GetMetricData', async ({ nextToken: NextToken }) => {
    const command = new GetMetricDataCommand({
      MetricDataQueries: [reservationOf(asked)],
      StartTime: new Date(asked.from),
      EndTime: new Date(asked.to),
      ScanBy: 'TimestampAscending',
      NextToken,
    });
    const page = await client.send(command);
    return { items: page.MetricDataResults, nextToken: page.NextToken };
  });
  return results.flatMap(datapoints);
};

const At = Moment.pipe(Instant);

/** A result that is not complete, nor goes on with a token, is none: half of it would mislead. */
const datapoints = ({ StatusCode, Timestamps = [], Values = [] }: MetricDataResult) => {
  if (StatusCode === 'InternalError' || StatusCode === 'Forbidden') {
    const kind = StatusCode === 'Forbidden' ? 'refused' : 'throttled';
    throw new GatewayError(kind, StatusCode, `GetMetricData: ${StatusCode}`);
  }
  return Timestamps.map((timestamp, index) =>
    readShape(
      z.object({ at: At, value: z.number() }),
      { at: timestamp, value: Values[index] },
      'metric',
    ),
  );
};
