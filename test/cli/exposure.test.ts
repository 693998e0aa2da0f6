import { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { exposureCommand } from '../../cli/commands/exposure.ts';
import { releasesCommand } from '../../cli/commands/releases.ts';
import type { CliTools } from '../../cli/tools.ts';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { cluster } from '../../domain/maintenance/cluster.ts';
import { channel, channelStream, type TagObservation } from '../../domain/windows/channel.ts';
import { image, imageStream } from '../../domain/windows/image.ts';
import { ClusterArn } from '../../events/ids.ts';
import { observe } from '../../functions/observe.ts';
import { send } from '../../functions/send.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { look, october, on, read } from '../domain/windows/windowsFacts.ts';
import {
  anInstance,
  aTask,
  at,
  clusterName,
  digest,
  october as octoberBuild,
  september,
} from '../support/fleetBuilder.ts';

describe('tuesday exposure and tuesday releases', () => {
  let store: ReturnType<typeof openSqliteEventStore>;
  let out: string[];
  beforeEach(() => {
    store = openSqliteEventStore(':memory:');
    out = [];
  });

  const run = (line: string): Promise<unknown> => {
    const tools: CliTools = {
      openStore: (_file, { create }) => {
        expect(create).toBe(false);
        return { ...store, close: () => {} };
      },
      now: () => on('2025-10-23T21:00:00Z'),
      out: (text) => out.push(text),
      err: () => {},
      isTerminal: false,
    };
    const program = new Command()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .option('--store <file>', '', '.data/tuesday.sqlite')
      .option('--json');
    exposureCommand(program, tools);
    releasesCommand(program, tools);
    return program.parseAsync(line.split(' '), { from: 'user' });
  };

  const observeTag = (reading: TagObservation, moment: string) => {
    const stream = channelStream('windows/servercore', 'ltsc2022');
    return send(store, channel, stream, look(reading, moment), on(moment));
  };

  const adopt = (name: string) => {
    const arn = ClusterArn.parse(`arn:aws:ecs:eu-west-1:111122223333:cluster/${name}`);
    const where = { account: '111122223333', region: 'eu-west-1' };
    const command = { type: 'AdoptCluster', clusterArn: arn, clusterName: name, ...where } as const;
    return send(store, cluster, clusterStream(name), { ...command, now: at(0) }, at(0));
  };

  const releases = async () => {
    await observeTag(read(october.september), '2025-09-09T17:00:00Z');
    await observeTag(read({ ...october.regular, kb: 'KB5066782' }), '2025-10-14T17:00:00Z');
  };

  const fleet = async () => {
    await adopt(clusterName);
    const seen = { from: 'describe', at: at(0) } as const;
    const instances = [
      anInstance('one', { build: octoberBuild }),
      anInstance('two', { build: september }),
      anInstance('three', { attributes: {} }),
    ];
    const tasks = [
      aTask('t1', { imageDigest: digest('stale') }),
      aTask('t2', { imageDigest: digest('fresh') }),
      aTask('t3', { service: 'baskets', imageDigest: digest('fresh') }),
      aTask('t4', { service: 'billing', imageDigest: digest('unread') }),
    ];
    const observations = [
      ...instances.map((instance) => ({ kind: 'instance', instance, ...seen }) as const),
      ...tasks.map((task) => ({ kind: 'task', task, ...seen }) as const),
    ];
    await observe(store, { name: clusterName, shards: 4 }, observations, at(0));
    const builds = { stale: september, fresh: octoberBuild };
    for (const [name, build] of Object.entries(builds)) {
      const config = { osVersion: `10.0.${build}`, history: [], diffIds: [], layers: [] };
      const about = { digest: digest(name), repository: 'host/orders', now: at(0) };
      const command = { type: 'RecordInspection', ...about, config } as const;
      await send(store, image, imageStream(digest(name)), command, at(0));
    }
  };

  it('tells the cluster, each channel, each service behind, and what is unknown', async () => {
    await releases();
    await fleet();
    await run('exposure');
    expect(out).toEqual([
      'cluster shop at 23 Oct 21:00 UTC',
      '  instances  3: 1 current, 1 behind, 1 unknown',
      '  tasks      4: 2 current, 1 behind, 1 unknown',
      '  longest behind: instance two on 20348.4171, 9 d 4 h, median 9 d 4 h',
      '',
      'channel   newest      since         instances behind  tasks behind  longest',
      'ltsc2022  20348.4294  14 Oct 17:00  1 of 2            1 of 3        9 d 4 h',
      '',
      'service  tasks behind       build       releases  longest  waits for',
      'billing  0 of 1, 1 unknown  -           -         -        -',
      'orders   1 of 2             20348.4171  1         9 d 4 h  rebuild',
      '1 service with every task current',
      '',
      'unknown because  instances  tasks  for example',
      expect.stringMatching(/^BuildUnknown +1 +0 {2}it has no attribute ecs.ami-id/),
      expect.stringMatching(/^NotInspected +0 +1 {2}.*billing:stable has not been read yet/),
    ]);
  });

  it('lists every instance, or every task, with its standing', async () => {
    await releases();
    await fleet();
    await run('exposure --by instance');
    expect(
      out.filter((line) => line.includes('ACTIVE')).map((line) => line.split(/ {2,}/)),
    ).toEqual(
      expect.arrayContaining([
        [expect.anything(), 'ACTIVE', 'behind', '20348.4171', '1', '9 d 4 h', 'ami'],
        [expect.anything(), 'ACTIVE', 'unknown', '-', '-', '-', 'BuildUnknown'],
        [expect.anything(), 'ACTIVE', 'current', '20348.4294', '-', '-', '-'],
      ]),
    );
    out.length = 0;
    await run('exposure --by task');
    expect(out.some((line) => /^t1 +orders +behind +20348\.4171/.test(line))).toBe(true);
  });

  it('gives the same as objects, one a line', async () => {
    await releases();
    await fleet();
    await run('exposure --json');
    const objects = out.map((line) => JSON.parse(line));
    expect(objects.map(({ kind }) => kind)).toEqual([
      'cluster',
      'channel',
      'service',
      'service',
      'service',
      'unknown',
      'unknown',
    ]);
    expect(objects[0]).toMatchObject({
      at: '2025-10-23T21:00:00.000Z',
      worst: { since: '2025-10-14T17:00:00.000Z' },
      clusterName,
      tasks: { total: 4 },
      hoursBehind: { max: 220 },
    });
    out.length = 0;
    await run('exposure --by task --json');
    expect(out.filter((line) => JSON.parse(line).kind === 'task')).toHaveLength(4);
  });

  it('says what is missing', async () => {
    await expect(run('exposure')).rejects.toThrow(/no cluster is known yet/);
    await adopt(clusterName);
    await run('exposure');
    expect(out).toContain('no channel has been read yet: the watch tick reads them');
    out.length = 0;
    await fleet();
    await run('exposure --by channel');
    expect(out.some((line) => /^ltsc2022 +not read +- +/.test(line))).toBe(true);
    await adopt('other');
    await expect(run('exposure')).rejects.toThrow(/--cluster is missing/);
    await expect(run('exposure --by colour')).rejects.toMatchObject({ exitCode: 1 });
  });

  it('lists releases with what came before, and what tags did amiss', async () => {
    await releases();
    await observeTag(read(october.september), '2025-10-15T08:00:00Z');
    await observeTag({ status: 'unknown', reason: 'answered 429' }, '2025-10-16T08:00:00Z');
    await run('releases');
    expect(out).toEqual([
      'ltsc2022  20348.4294  KB5066782  B, rebaseline  since 14 Oct 2025 17:00  ' +
        'before it 20348.4171',
      expect.stringMatching(/^ {10}on no AMI yet; \d of \d running images whose base is known/),
      '  tag                          holds         since',
      '  windows/servercore:ltsc2022  20348.4294 ?  14 Oct 2025 17:00',
      '',
      '15 Oct 2025 08:00  windows/servercore:ltsc2022 went back from 20348.4294 to 20348.4171',
      '                   not followed: 20348.4294 went on counting',
      '16 Oct 2025 08:00  windows/servercore:ltsc2022 cannot be read since: answered 429',
      '                   unknown: what it holds now is not taken for what it held',
    ]);
    out.length = 0;
    await run('releases --history --tag servercore');
    expect(out.slice(0, 4)).toEqual([
      'windows/servercore:ltsc2022',
      expect.stringMatching(/^ {2}build +KB +kind +from +until$/),
      expect.stringMatching(/^ {2}20348.4294 .*now$/),
      expect.stringMatching(/^ {2}20348.4171 .*14 Oct 2025 17:00$/),
    ]);
    out.length = 0;
    await run('releases --json');
    expect(out.map((line) => JSON.parse(line))).toMatchObject([
      {
        repository: 'windows/servercore',
        tag: 'ltsc2022',
        newest: { build: '20348.4294', kb: 'KB5066782', kind: 'B', rebaseline: true },
        previous: { build: '20348.4171' },
        releases: 2,
        anomalies: [
          { kind: 'movedBack', to: '20348.4171', decided: expect.stringContaining('not followed') },
        ],
        unreadable: { reason: 'answered 429' },
      },
    ]);
  });

  it('takes a way back for good when an operator says so, and only one that was seen', async () => {
    await releases();
    await observeTag(read(october.september), '2025-10-15T08:00:00Z');
    const accept = 'releases accept windows/servercore:ltsc2022';
    const asked = '--actor ada --reason broken';
    await expect(run(`${accept} 20348.1 ${asked}`)).rejects.toThrow('never seen to go back');
    await expect(run(`${accept} latest ${asked}`)).rejects.toThrow('latest is no build');
    await expect(run(`releases accept ltsc2022 20348.1 ${asked}`)).rejects.toThrow('is no tag');
    await run(`${accept} 20348.4171 ${asked}`);
    await run(`${accept} 20348.4171 ${asked}`);
    expect(out).toEqual([
      'windows/servercore:ltsc2022: 20348.4171 counts from now on',
      'windows/servercore:ltsc2022: 20348.4171 counts already',
    ]);
    await run('releases');
    expect(out.join('\n')).toContain('accepted by ada');
  });

  it('names the tags that there are when none is meant', async () => {
    await releases();
    await expect(run('releases --tag ltsc2031')).rejects.toThrow(
      'it is one of: windows/servercore:ltsc2022',
    );
  });

  it('says that no release was seen yet', async () => {
    await run('releases');
    expect(out).toEqual(['no release has been seen yet: the watch tick reads them']);
  });
});
