import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fleetCommand } from '../../cli/commands/fleet.ts';
import { ingestCommand } from '../../cli/commands/ingest.ts';
import { parkedCommand } from '../../cli/commands/parked.ts';
import { commandLine } from './commandLine.ts';

const sample = (name: string) => join(import.meta.dirname, '../../events/samples', name);
const task = sample('ecs-task-state-change.json');
const instance = sample('ecs-container-instance-state-change.json');

describe('tuesday ingest, fleet and parked', () => {
  let cli: ReturnType<typeof commandLine>;
  let folder: string;
  beforeEach(() => {
    cli = commandLine(ingestCommand, fleetCommand, parkedCommand);
    folder = mkdtempSync(join(tmpdir(), 'tuesday-ingest-'));
  });
  afterEach(() => {
    cli.store.close();
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, text: string | Buffer) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const records = async (...words: readonly string[]) =>
    (await cli.run(...words)).map((line) => JSON.parse(line));

  it('says of each file what became of it, in three fields', async () => {
    const strange = file('tea.json', '{"tea": true}');
    expect(await records('--json', 'ingest', task, strange)).toEqual([
      { file: task, outcome: 'applied', reason: null },
      { file: strange, outcome: 'parked', reason: 'NotAnEvent' },
    ]);
    expect(await records('--json', 'ingest', task)).toEqual([
      { file: task, outcome: 'ignored', reason: 'StaleVersion' },
    ]);
  });

  it('says it to people with the remedy and a count', async () => {
    const strange = file('tea.json', '{"tea": true}');
    const lines = await cli.run('ingest', instance, strange);
    expect(lines).toEqual([
      `applied  ${instance}`,
      expect.stringMatching(/^parked {3}.*tea\.json {2}NotAnEvent: id: /),
      '2 events: 1 applied, 1 parked; see `tuesday parked`',
    ]);
  });

  it('reads lists, lines, and values one after another, whatever wrote the file', async () => {
    const event = (version: number) => ({
      ...JSON.parse(JSON.stringify(base)),
      detail: { ...base.detail, version },
    });
    const list = file('list.json', JSON.stringify([event(1), event(2)]));
    const lines = file(
      'lines.jsonl',
      `${JSON.stringify(event(3))}\n{broken\n${JSON.stringify(event(4))}\n`,
    );
    const pretty = [event(5), event(6)].map((each) => JSON.stringify(each, null, 2)).join('\n');
    const powershell = Buffer.from(`\ufeff${pretty}`, 'utf16le');
    const written = file('powershell.json', powershell);
    const outcomes = (await records('--json', 'ingest', list, lines, written)).map(
      (r) => r.outcome,
    );
    expect(outcomes).toEqual([
      ...['applied', 'applied'],
      ...['applied', 'parked', 'applied'],
      ...['applied', 'applied'],
    ]);
  });

  it('does nothing at all when a file cannot be read, and names it', async () => {
    const missing = join(folder, 'missing.json');
    expect(await cli.slip('ingest', task, missing)).toContain(missing);
    expect(await cli.store.readAll(0, 10)).toEqual([]);
    expect(await cli.slip('ingest', folder)).toContain(folder);
  });

  it('parks an empty file rather than passing over it', async () => {
    const empty = file('empty.json', '');
    expect(await records('--json', 'ingest', empty)).toEqual([
      { file: empty, outcome: 'parked', reason: 'Unparsable' },
    ]);
  });

  it('keeps to the scope it is given', async () => {
    const [told] = await records('--json', 'ingest', task, '--cluster', 'other');
    expect(told.reason).toBe('ClusterNotAdopted');
    const [other] = await records(
      '--json',
      'ingest',
      instance,
      '--region',
      'us-east-1',
      '--region',
      'eu-west-1',
    );
    expect(other.outcome).toBe('applied');
  });

  it('shows what runs where', async () => {
    await cli.run('ingest', instance, task, sample('ec2-spot-interruption-warning.json'));
    const text = (await cli.run('fleet')).join('\n');
    expect(text).toContain('shop: 1 instance, 0 services, 1 running task of 1 known');
    const row = text.split('\n').find((line) => line.startsWith('1f6d1c0a7b1e')) ?? '';
    expect(row.split(/ {2,}/)).toEqual([
      ...['1f6d1c0a7b1e', 'i-0a1b2c3d4e5f60718', 'ACTIVE, Spot terminate', '1.98.0'],
      ...['eu-west-1b', 'm6i.2xlarge', '7168', '8192', '26623', '32767', '8172,49157'],
      ...['ami-0f1e2d3c4b5a69788', '20348.4171 (attribute)', '1'],
    ]);
    expect((await cli.run('fleet', '--tasks')).join('\n')).toMatch(
      /0b69d5c0d65c {2}service:orders {2}RUNNING {2}1f6d1c0a7b1e {2}14 Oct 17:03/,
    );
    const kinds = (await records('--json', 'fleet')).map(({ kind }) => kind);
    expect(kinds).toEqual(['instance', 'task']);
  });

  it('names the clusters there are when it is not clear which is meant', async () => {
    await cli.run('ingest', instance);
    expect(await cli.slip('fleet', '--cluster', 'nope')).toContain('it is one of: shop');
  });

  it('lets nothing that came from outside steer the terminal', async () => {
    const hostile = JSON.parse(JSON.stringify(base));
    hostile.detail.containers[0].image = 'evil\u001b[2J:main';
    await cli.run('ingest', file('hostile.json', JSON.stringify(hostile)));
    const text = (await cli.run('fleet', '--tasks')).join('\n');
    expect(text).toContain('evil?[2J:main');
    expect(text).not.toContain('\u001b');
  });

  it('lists what is parked, shows it whole and replays it', async () => {
    await cli.run('ingest', task, '--cluster', 'other');
    const [entry] = await records('--json', 'parked');
    expect(entry).toMatchObject({
      reason: 'ClusterNotAdopted',
      parkedAt: '2025-10-15T09:00:00.000Z',
    });
    expect((await cli.run('parked')).join('\n')).toContain('cluster "shop" is not watched');
    expect((await cli.run('parked', 'show', entry.parkedId.slice(0, 8))).join('\n')).toContain(
      '"detail-type": "ECS Task State Change"',
    );
    expect(await records('--json', 'parked', 'replay')).toEqual([
      { parkedId: entry.parkedId, outcome: 'applied', reason: null },
    ]);
    expect(await cli.run('parked', 'replay')).toEqual(['nothing is left to replay']);
    expect((await cli.run('parked')).join('\n')).toContain('applied');
    expect(await cli.slip('parked', 'show', 'ffff')).toContain('ffff is not parked');
    expect(await cli.slip('parked', 'show', 'zzz')).toContain('parkedId: the id of a parked');
  });
});

const base = {
  version: '0',
  id: '5e0c2d4f-6f0d-4b3e-8a57-9f6f3f0b1aff',
  'detail-type': 'ECS Task State Change',
  source: 'aws.ecs',
  account: '111122223333',
  time: '2025-10-14T17:03:10Z',
  region: 'eu-west-1',
  resources: [],
  detail: {
    taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/shop/7f',
    clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop',
    taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:12',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    containers: [{ name: 'orders', image: 'orders:main' }],
    version: 1,
  },
};
