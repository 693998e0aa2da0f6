import { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventsCommand } from '../../cli/commands/events.ts';
import { eventSummary } from '../../cli/eventSummary.ts';
import type { CliTools } from '../../cli/tools.ts';
import { UserError } from '../../cli/userError.ts';
import { Instant } from '../../events/ids.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { granted, leases, returned } from '../support/leases.ts';

const at = (text: string) => Instant.parse(Date.parse(text));

describe('tuesday events', () => {
  let store: ReturnType<typeof openSqliteEventStore>;
  let out: string[];
  let err: string[];
  let pauses: (() => Promise<boolean>)[];
  beforeEach(async () => {
    store = openSqliteEventStore(':memory:');
    out = [];
    err = [];
    pauses = [];
    await append('disruption#prod', 'c1', '2025-10-14T22:00:00Z', [granted('a'), granted('b')]);
    await append('disruption#test', 'c2', '2025-10-14T22:01:00Z', [granted('c')]);
    await append('disruption#prod', 'c3', '2025-10-14T22:31:00Z', [returned('a')]);
  });

  const append = async (
    stream: string,
    commitId: string,
    moment: string,
    events: Parameters<EventStore['append']>[1]['events'],
  ) => {
    const { position } = await store.load(stream, leases);
    await store.append(position, { commitId, at: at(moment), events });
  };

  const run = (line: string, { isTerminal = false } = {}): Promise<unknown> => {
    const tools: CliTools = {
      openStore: (file, { create }) => {
        expect(create).toBe(false);
        if (file === 'missing.sqlite') throw new UserError(`${file} is not there`, 'run start');
        return { ...store, close: () => {} };
      },
      now: () => at('2025-10-15T00:00:00Z'),
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      isTerminal,
    };
    const program = new Command()
      .exitOverride()
      .option('--store <file>', '', '.data/tuesday.sqlite')
      .option('--json');
    eventsCommand(program, tools, async () => (await pauses.shift()?.()) ?? false);
    return program.parseAsync(line.split(' '), { from: 'user' });
  };

  const types = () => out.map((line) => line.split('\t')[4]);

  it('lists one event a line in a pipe, oldest first, without a head', async () => {
    await run('events');
    expect(out[0]).toBe(
      [
        '1',
        '2025-10-14T22:00:00.000Z',
        'disruption#prod',
        '1',
        'LeaseGranted',
        'leaseId=a kind=instance id="instance of a" reason=patch holder=rollout#rollout-2025-10-14',
      ].join('\t'),
    );
    expect(types()).toEqual(['LeaseGranted', 'LeaseGranted', 'LeaseGranted', 'LeaseReturned']);
    expect(err).toEqual([]);
  });

  it('lists a table with a head on a terminal', async () => {
    await run('events', { isTerminal: true });
    expect(out.length).toBe(5);
    expect(out[0]).toMatch(/^sequence {2}at +stream +version {2}type +data$/);
    expect(out[4]).toMatch(
      /^ +3 {2}2025-10-14T22:31:00.000Z {2}disruption#prod +2 {2}LeaseReturned/,
    );
    const column = out[0]?.indexOf('type');
    expect(out.slice(1).map((line) => line.indexOf('Lease'))).toEqual([
      column,
      column,
      column,
      column,
    ]);
  });

  it('lists one object a line with --json, on a terminal too', async () => {
    await run('--json events --after 2', { isTerminal: true });
    expect(out.map((line) => JSON.parse(line))).toEqual([
      {
        sequence: 3,
        stream: 'disruption#prod',
        version: 2,
        commitId: 'c3',
        at: '2025-10-14T22:31:00.000Z',
        ...returned('a'),
      },
    ]);
  });

  it('keeps to one stream, to one kind of stream, to one type', async () => {
    await run('events --stream disruption#test');
    expect(types()).toEqual(['LeaseGranted']);
    out.length = 0;
    await run('events --stream disruption');
    expect(out).toEqual([]);
    await run('events --stream disruption#');
    expect(out.length).toBe(4);
    out.length = 0;
    await run('events --type LeaseReturned');
    expect(types()).toEqual(['LeaseReturned']);
  });

  it('stops at the limit but never inside a commit, and says how to go on', async () => {
    await run('events --limit 1');
    expect(types()).toEqual(['LeaseGranted', 'LeaseGranted']);
    expect(err).toEqual(['stopped at --limit; go on with --after 1']);
    await run('events --limit 2');
    expect(out.length).toBe(4);
    await run('events --after 1 --limit 100');
    expect(out.length).toBe(6);
    expect(err.length).toBe(2);
  });

  it('reads on past one page', async () => {
    for (let index = 0; index < 600; index += 1) {
      await append(`disruption#d${index}`, `d${index}`, '2025-10-15T00:00:00Z', [returned('d')]);
    }
    await run('events --type LeaseReturned');
    expect(out.length).toBe(601);
  });

  it('follows what is written later, each event once', async () => {
    const later = (name: string) => async () => {
      await append(`disruption#${name}`, name, '2025-10-15T01:00:00Z', [granted(name)]);
      return true;
    };
    pauses = [later('x'), async () => true, later('y'), async () => false];
    await run('events --follow --after 3');
    expect(out.map((line) => line.split('\t')[2])).toEqual(['disruption#x', 'disruption#y']);
  });

  it.each([
    ['events --after yesterday', '--after yesterday', 'give a whole number, 0 or more'],
    ['events --limit 0', '--limit 0', 'give a whole number, 1 or more'],
    ['events --type LeaseGrantd', 'no event of Tuesday', 'LeaseGranted, LeaseReturned'],
    ['events --type zzz', 'no event of Tuesday', 'AmiPublished'],
    ['--store missing.sqlite events', 'missing.sqlite', 'run start'],
  ])('refuses %s in one sentence with the way out', async (line, what, remedy) => {
    const error: unknown = await Promise.resolve()
      .then(() => run(line))
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: expect.stringContaining(what) });
    expect(error).toMatchObject({ message: expect.stringContaining(remedy) });
    expect(out).toEqual([]);
  });
});

describe('the summary of an event', () => {
  it('shortens ARNs and digests, counts lists, looks one level deep, leaves moments out', () => {
    expect(
      eventSummary({
        task: {
          taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/prod/45c48cce2e2d46b2',
          version: 5,
          startedAt: 1_760_400_000_000,
          containers: [{ name: 'orders' }],
          deep: { deeper: 1 },
        },
        digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
        isOn: true,
        build: undefined,
        attribute: null,
      }),
    ).toBe('taskArn=45c48cce2e2d46b2 version=5 containers[1] digest=sha256:0123456789ab isOn=true');
  });

  it('is one line of bounded length that a terminal can be trusted with', () => {
    const line = eventSummary({ body: `{\n"a": "\u001b[2J\u009b2J${'x'.repeat(500)}"}` });
    expect(line.length).toBe(110);
    expect(line).toMatch(/^[ -~]+…$/);
    expect(line).toContain('\\u001b[2J?2J');
  });
});
