import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drainCommand } from '../../cli/commands/drain.ts';
import { drainPlanLines } from '../../cli/drain/drainPlanLines.ts';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { namedInstances } from '../../functions/api/queries/placements.ts';
import { observe } from '../../functions/observe.ts';
import { planFor, roomFor } from '../domain/draining/drainBuilder.ts';
import { adopted, write } from '../functions/record.ts';
import {
  aFleet,
  aService,
  aTask,
  aTaskDefinition,
  at,
  clusterName,
  ec2Id,
  instanceArn,
  taskArn,
} from '../support/fleetBuilder.ts';
import { commandLine } from './commandLine.ts';
import { drainSamples } from './drainSamples.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/draining.md'), 'utf8');

/** No room but on `a` and on `c`, which someone else drains. */
const view = aFleet({
  instances: [roomFor('a', 4), roomFor('b', 1), roomFor('c', 4, { status: 'DRAINING' })],
  services: [aService('orders', { placementConstraints: [] })],
  tasks: [aTask('t1', { on: 'a' }), aTask('t2', { on: 'b' })],
});

describe('docs/draining.md', () => {
  it.each(drainSamples)('shows as it is printed: $title', ({ title, plan }) => {
    const shown = /```\n([\s\S]*?)\n```/.exec(page.split(`## ${title}\n`)[1] ?? '')?.[1];
    expect(shown).toBe(drainPlanLines(plan).join('\n'));
  });
});

describe('tuesday drain plan', () => {
  const line = commandLine(drainCommand);

  it.each([
    [['i-1', '--standalone', 'kill'], '--standalone kill is no policy'],
    [['i-1', '--standalone', '10081'], '--standalone 10081 is no policy'],
    [['i-1', '--standalone', 'stop-after=x'], '--standalone stop-after x is no span of time'],
    [Array.from({ length: 101 }, (_, place) => `i-${place}`), '101 instances are too many'],
    [['i-1'], 'no cluster is known yet'],
  ])('says what is wrong: %j', async (words, message) => {
    expect(await line.slip('drain', 'plan', ...words)).toContain(message);
  });
});

describe('tuesday drain start, list and undo', () => {
  const ec2InstanceId = ec2Id('a');
  const start = ['drain', 'start', ec2InstanceId, '--reason', 'a noisy disk'];
  const aDrivenCluster = async () => {
    const cli = commandLine(drainCommand);
    await write(cli.store, clusterStream(clusterName), adopted('drive'));
    const seen = { from: 'describe', at: at(5) } as const;
    await observe(
      cli.store,
      { name: clusterName, shards: 1 },
      [
        ...[...view.instances.values()].map((instance) => ({
          kind: 'instance',
          instance,
          ...seen,
        })),
        ...[...view.tasks.values()].map((task) => ({ kind: 'task', task, ...seen })),
        ...[...view.services.values()].map((service) => ({ kind: 'service', service })),
        { kind: 'taskDefinition', taskDefinition: aTaskDefinition('orders') },
      ] as Parameters<typeof observe>[2],
      at(5),
    );
    return cli;
  };

  it('shows the plan, starts what was shown, tells of it and calls it off', async () => {
    const cli = await aDrivenCluster();
    const printed = await cli.run(...start, '--deadline', '3h', '--then', 'terminate');
    expect(printed.join('\n')).toContain('VERDICT: 1 instance can be emptied');
    expect(printed.at(-2)).toBe(`${ec2InstanceId} is waiting`);
    expect((await cli.run(...start, '--then', 'terminate')).at(-2)).toContain('waiting already');
    const list = (await cli.run('drain', 'list')).join('\n');
    expect(list).toMatch(/its beginning +1 +operator: a noisy disk +in 3 h, then restore/);
    expect(list).toContain('someone else');
    const undo = ['drain', 'undo', instanceArn('a'), '--reason', 'it is well'];
    expect(await cli.run(...undo)).toEqual([`${ec2InstanceId} is ended`]);
    expect(await cli.run(...undo)).toEqual([`${ec2InstanceId} is ended already`]);
    expect((await cli.run('drain', 'list')).join('\n')).toContain('it is well (operator)');
  });

  it('prints JSON as the API writes it', async () => {
    const cli = await aDrivenCluster();
    const [answer = ''] = await cli.run(...start, '--json');
    expect(JSON.parse(answer)).toMatchObject({ drains: [{ ec2InstanceId, changed: true }] });
    const listed = (await cli.run('drain', 'list', '--json')).map((each) => JSON.parse(each));
    const deadlineAt = '2025-10-15T11:00:00.000Z';
    expect(listed).toMatchObject([{ asked: { deadlineAt } }, { waitsFor: 'SomeoneElse' }]);
  });

  it.each([
    [[...start, '--then', 'forget'], '--then forget is no policy'],
    [[...start, '--then', 'constructor'], '--then constructor is no policy'],
    [[...start, '--at-deadline', 'kill'], '--at-deadline kill is no policy'],
    [[...start, '--deadline', '8d'], '--deadline 8d is no deadline'],
    [[...start, '--deadline', '0m'], '--deadline 0m is no deadline'],
    [['drain', 'start', ec2Id('c'), '--reason', 'x'], 'DrainNotPossible'],
    [['drain', 'undo', ec2InstanceId, '--reason', 'x'], 'DrainNotFound'],
  ])('says what is wrong: %j', async (words, message) => {
    expect(await (await aDrivenCluster()).slip(...words)).toContain(message);
  });
});

describe('the lines of a drain plan', () => {
  const linesOf = (names: readonly string[], known: Parameters<typeof planFor>[2] = {}) => {
    const named = namedInstances(view, new Set(view.instances.keys()));
    return drainPlanLines({ ...planFor(view, names, known), named });
  };

  it('tell of a task that goes and finds no room', () => {
    const lines = linesOf(['a']);
    expect(lines).toContainEqual(expect.stringContaining('NO ROOM, stopped all the same'));
    expect(lines).toContainEqual(expect.stringMatching(/^orders .*SHORT BY 1 +dips$/));
    expect(lines.at(-1)).toBe(
      'VERDICT: 1 instance can be emptied after 0 s to 6 min, ' +
        'but 1 task would find no room; 1 service dips',
    );
  });

  it('name instances as the console does, and no ARN', () => {
    const lines = linesOf(['a', 'b', 'c']);
    expect(lines.join()).not.toContain('arn:');
    expect(lines.join()).toContain(ec2Id('b'));
  });

  it('leave alone what someone else drains', () => {
    const lines = linesOf(['c']);
    expect(lines).toContain(`  DrainedBySomeoneElse: ${ec2Id('c')}`);
    expect(lines.at(-1)).toBe('VERDICT: do not drain: not ours to drain (DrainedBySomeoneElse)');
  });

  it('tell until when a task is protected', () => {
    const lines = linesOf(['a'], { protectedUntil: new Map([[taskArn('t1'), at(12)]]) });
    expect(lines).toContainEqual(
      expect.stringMatching(/task protected until \d{4}-\d\d-\d\d \d\d:\d\d UTC/),
    );
  });
});
