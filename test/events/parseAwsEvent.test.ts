import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAwsEvent } from '../../events/aws/parseAwsEvent.ts';
import { bodyBytesMax } from '../../events/aws/readBody.ts';
import { ParkedReason } from '../../events/parked.ts';

const root = join(import.meta.dirname, '../..');
const samples = join(root, 'events/samples');
const given = join(root, '../shared/events');

const names = readdirSync(samples).filter(
  (name) => name.endsWith('.json') && name !== 'sqs-batch.json',
);
const read = (name: string) => JSON.parse(readFileSync(join(samples, name), 'utf8'));
const parse = (event: unknown, scope = {}) => parseAwsEvent(event, scope);
const reasonOf = (event: unknown, scope = {}) => {
  const parsed = parse(event, scope);
  return parsed.outcome === 'accepted' ? 'accepted' : parsed.reason;
};
const withDetail = (name: string, detail: object) => {
  const event = read(name);
  return { ...event, detail: { ...event.detail, ...detail } };
};

describe('an event from AWS', () => {
  it.each(names)('of our own sample %s is understood', (name) => {
    expect(reasonOf(read(name))).toBe(
      name === 'asg-test-notification.json' ? 'TestNotification' : 'accepted',
    );
  });

  it('comes from the queue as it stands in its own sample', () => {
    const { Records } = read('sqs-batch.json') as { Records: { body: string }[] };
    expect(Records.map(({ body }) => JSON.parse(body))).toEqual(
      [
        'ecs-container-instance-state-change.json',
        'ecs-task-state-change.json',
        'ecr-image-action.json',
      ].map(read),
    );
  });

  it('says which Windows instance it is, with its attributes and the ports that are taken', () => {
    const parsed = parse(read('ecs-container-instance-state-change.json'));
    expect(parsed).toMatchObject({
      event: {
        kind: 'EcsContainerInstanceStateChange',
        clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop',
        instance: {
          ec2InstanceId: 'i-0a1b2c3d4e5f60718',
          version: 18,
          registered: { cpu: 8192, memoryMiB: 32767 },
          remaining: { cpu: 7168, memoryMiB: 28671, udpPorts: [] },
          attributes: {
            'ecs.os-type': 'windows',
            'ecs.os-family': 'WINDOWS_SERVER_2022_CORE',
            'tuesday.os-build': '20348.4171',
            'ecs.capability.task-eni': null,
          },
        },
      },
    });
    const { remaining } = (parsed as { event: { instance: { remaining: unknown } } }).event
      .instance;
    expect(remaining).toMatchObject({
      tcpPorts: [53, 80, 135, 139, 445, 2375, 2376, 3389, 5985, 5986, 8172, 51678, 51679],
    });
  });

  it('says which image a task runs, and takes the text "null" as its CPU', () => {
    expect(parse(read('ecs-task-state-change.json'))).toMatchObject({
      event: {
        task: {
          version: 4,
          group: 'service:orders',
          startedAt: Date.parse('2025-10-14T17:03:10.360Z'),
          containers: [
            {
              imageDigest:
                'sha256:6d0a2c1f6f0b7f0e5a4d3c2b1a0f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a21',
              hostPorts: [
                { port: 49157, protocol: 'tcp' },
                { port: 8172, protocol: 'tcp' },
              ],
            },
          ],
        },
      },
    });
  });

  it('says the health of a task where its checks do', () => {
    const healthOf = (healthStatus: string) =>
      parse(withDetail('ecs-task-state-change.json', { healthStatus }));
    expect(healthOf('UNHEALTHY')).toMatchObject({ event: { task: { healthStatus: 'UNHEALTHY' } } });
    expect(healthOf('UNKNOWN')).not.toHaveProperty('event.task.healthStatus');
  });

  it('takes ids from the detail: a wrong ARN in resources changes nothing', () => {
    const event = { ...read('ec2-spot-interruption-warning.json'), resources: ['arn:aws:ec2:x'] };
    expect(parse(event)).toMatchObject({ event: { ec2InstanceId: 'i-0a1b2c3d4e5f60718' } });
  });

  it('tolerates fields that nobody has heard of', () => {
    const event = withDetail('ecs-task-state-change.json', { zebra: { stripes: [1, 2] } });
    expect(reasonOf({ ...event, zebra: true })).toBe('accepted');
  });

  it('names no moment where the envelope holds a placeholder', () => {
    const parsed = parse({ ...read('ec2-rebalance-recommendation.json'), time: 'yyyy-mm-dd' });
    expect(parsed).toMatchObject({ outcome: 'accepted' });
    expect(parsed).not.toHaveProperty('event.at');
  });

  it('leaves out a digest that is none, and keeps the task', () => {
    const { containers } = read('ecs-task-state-change.json').detail;
    const odd = [{ ...containers[0], imageDigest: 'md5:1' }];
    const parsed = parse(withDetail('ecs-task-state-change.json', { containers: odd }));
    expect(parsed).toMatchObject({ event: { task: { containers: [{ name: 'orders' }] } } });
    expect(parsed).not.toHaveProperty('event.task.containers.0.imageDigest');
  });

  it('ignores a push that ECR says has failed', () => {
    expect(reasonOf(withDetail('ecr-image-action.json', { result: 'FAILURE' }))).toBe(
      'ActionFailed',
    );
  });

  it('builds the repository as task definitions write it, in China too', () => {
    const event = read('ecr-image-action.json');
    expect(parse(event)).toMatchObject({
      event: { repository: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders', tag: 'main' },
    });
    expect(parse({ ...event, region: 'cn-north-1' })).toMatchObject({
      event: { repository: '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/orders' },
    });
  });
});

describe('an event that is parked', () => {
  const task = 'ecs-task-state-change.json';

  it.each([
    ['no JSON', '{', 'Unparsable'],
    ['a list', [], 'Unparsable'],
    ['nothing', undefined, 'Unparsable'],
    ['an envelope without detail', { ...read(task), detail: undefined }, 'NotAnEvent'],
    ['an unknown kind', { ...read(task), 'detail-type': 'constructor' }, 'UnknownDetailType'],
    ['a forged source', { ...read(task), source: 'acme.ecs' }, 'SourceMismatch'],
    ['another account', { ...read(task), account: '999988887777' }, 'AccountMismatch'],
    ['another region', { ...read(task), region: 'us-east-1' }, 'RegionMismatch'],
    ['a version that is text', withDetail(task, { version: '4' }), 'DetailMalformed'],
    ['no version', withDetail(task, { version: undefined }), 'DetailMalformed'],
    [
      'two clusters',
      withDetail(task, { clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/other' }),
      'DetailMalformed',
    ],
    [
      'a service of the old short ARN',
      {
        ...read('ecs-deployment-state-change.json'),
        resources: ['arn:aws:ecs:eu-west-1:111122223333:service/orders'],
      },
      'DetailMalformed',
    ],
  ])('%s', (_what, event, reason) => {
    expect(reasonOf(event)).toBe(reason);
  });

  it('names the field that is wrong', () => {
    expect(parse(withDetail(task, { version: -1 }))).toMatchObject({
      remedy: expect.stringContaining('detail.version'),
    });
  });

  it('is outside of what is watched', () => {
    expect(reasonOf(read(task), { accounts: ['999988887777'] })).toBe('AccountNotWatched');
    expect(reasonOf(read(task), { regions: ['us-east-1'] })).toBe('RegionNotWatched');
    expect(reasonOf(read(task), { clusters: ['other'] })).toBe('ClusterNotAdopted');
    expect(reasonOf(read(task), { clusters: [] })).toBe('ClusterNotAdopted');
  });

  it('is not parked for a cluster that is watched by its name or its ARN', () => {
    expect(reasonOf(read(task), { clusters: ['shop'] })).toBe('accepted');
    const arn = 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop';
    expect(reasonOf(read(task), { clusters: [arn] })).toBe('accepted');
  });

  it('is larger than EventBridge sends, or nests deeper than any event does', () => {
    expect(reasonOf(JSON.stringify('x'.repeat(bodyBytesMax)))).toBe('Unparsable');
    // Few code units, many bytes.
    expect(reasonOf({ text: 'ä'.repeat(bodyBytesMax / 2) })).toBe('Unparsable');
    expect(reasonOf('['.repeat(100_000))).toBe('Unparsable');
    expect(reasonOf(`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`)).toBe('Unparsable');
  });
});

describe('hostile text in an event', () => {
  it('reaches no prototype', () => {
    const text = JSON.stringify(read('ecs-container-instance-state-change.json'))
      .replace('"detail":{', '"__proto__":{"polluted":1},"detail":{"__proto__":{"polluted":1},')
      .replace('"attributes":[', '"attributes":[{"name":"__proto__","value":"polluted"},');
    const parsed = parse(text);
    expect(parsed.outcome).toBe('accepted');
    expect({}).not.toHaveProperty('polluted');
    expect(JSON.stringify(parsed)).not.toContain('polluted');
  });

  it('is cut where it is free text, and refused where it is a name', () => {
    const long = 'x'.repeat(100_000);
    const parsed = parse(withDetail('ecs-task-stopped.json', { stoppedReason: long }));
    expect(parsed).toMatchObject({ event: { task: { stoppedReason: 'x'.repeat(1_024) } } });
    expect(reasonOf(withDetail('ecs-task-stopped.json', { stopCode: long }))).toBe(
      'DetailMalformed',
    );
  });

  it('cannot steer a terminal through the remedy', () => {
    const parsed = parse({ ...read('ecs-task-stopped.json'), 'detail-type': '\u001b[2J\u009b31m' });
    expect(parsed).toMatchObject({ remedy: expect.stringContaining('"?[2J?31m"') });
  });
});

describe('reading events', () => {
  const outcomes = ['accepted', 'ignored', 'parked'];
  const holds = (body: unknown) => {
    const parsed = parse(body);
    expect(outcomes).toContain(parsed.outcome);
    if (parsed.outcome !== 'parked') return;
    expect(ParkedReason.options).toContain(parsed.reason);
    expect(parsed.remedy.length).toBeGreaterThan(0);
    expect(parsed.remedy.length).toBeLessThanOrEqual(500);
  };

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), holds));
    fc.assert(fc.property(fc.json(), holds));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), holds));
  });

  it('never throws on a sample in which any one value was exchanged', () => {
    const mutated = fc
      .record({ name: fc.constantFrom(...names), at: fc.nat(), value: fc.jsonValue() })
      .map(({ name, at, value }) => exchange(read(name), at, value));
    fc.assert(fc.property(mutated, holds), { numRuns: 1_000 });
  });
});

/** Puts `value` in the place of the nth value in `event`, however deep it lies. */
const exchange = (event: object, nth: number, value: unknown): unknown => {
  const paths: [object, string][] = [];
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      paths.push([node, key]);
      walk(child);
    }
  };
  walk(event);
  const [node, key] = paths[nth % paths.length] ?? [event, 'detail'];
  (node as Record<string, unknown>)[key] = value;
  return event;
};

const unknownKinds = [
  'cloudwatch-alarm-state-change-single-metric.json',
  'ecs-container-instance-health-agent-connectivity-impaired.json',
  'ecs-hook-state-change-awaiting-action.json',
  'health-ec2-maintenance-scheduled.json',
];

describe.skipIf(!existsSync(given))('an event as AWS documents it', () => {
  const files = existsSync(given) ? readdirSync(given).filter((n) => n.endsWith('.json')) : [];
  it.each(files)('%s is handled', (name) => {
    const event = readFileSync(join(given, name), 'utf8');
    expect(reasonOf(event)).toBe(unknownKinds.includes(name) ? 'UnknownDetailType' : 'accepted');
  });
});

if (!existsSync(given)) console.info('no documented events beside the project: those tests skip');
