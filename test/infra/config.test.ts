import { describe, expect, it } from 'vitest';
import { readConfig } from '../../infra/config.ts';

const environment = {
  EVENT_TABLE: 'events',
  VIEW_TABLE: 'views',
  BUS_NAME: 'tuesday-dev',
  EFFECT_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/effects',
  CONTROL_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/control.fifo',
};

describe('the configuration', () => {
  it('watches nothing until it is told what', () => {
    expect(readConfig(environment)).toMatchObject({
      registryUrl: 'https://mcr.microsoft.com',
      clusters: [],
      accounts: [],
      regions: [],
    });
  });

  it('takes clusters by ARN or by name, blanks around the commas allowed', () => {
    const arn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop';
    const config = readConfig({
      ...environment,
      TUESDAY_CLUSTERS: `${arn}, office,`,
      TUESDAY_ACCOUNTS: '123456789012',
      TUESDAY_REGIONS: 'eu-west-1,us-gov-west-1',
    });
    expect(config).toMatchObject({
      clusters: ['shop', 'office'],
      accounts: ['123456789012'],
      regions: ['eu-west-1', 'us-gov-west-1'],
    });
  });

  it.each([
    ['EVENT_TABLE', undefined],
    ['VIEW_TABLE', undefined],
    ['REGISTRY_URL', 'mcr.microsoft.com'],
    ['TUESDAY_ACCOUNTS', '1234'],
    ['TUESDAY_REGIONS', 'Ireland'],
    ['CONTROL_QUEUE_URL', ''],
  ])('names %s where it is %j', (name, value) => {
    expect(() => readConfig({ ...environment, [name]: value })).toThrow(
      new RegExp(`environment variable ${name}: `),
    );
  });
});
