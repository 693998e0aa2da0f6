import { beforeEach, describe, expect, it } from 'vitest';
import { capacityCommand } from '../../cli/commands/capacity.ts';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { clusterCapacity, scalingStream } from '../../domain/scaling/clusterCapacity.ts';
import { desiredStream } from '../../domain/scaling/evolveDesired.ts';
import { Instant } from '../../events/ids.ts';
import { observe } from '../../functions/observe.ts';
import { send } from '../../functions/send.ts';
import { aGroup, aProvider, m5, waiting } from '../domain/scaling/scalingBuilder.ts';
import { adopted, write } from '../functions/record.ts';
import { aService, aTask, aTaskDefinition, at, clusterName } from '../support/fleetBuilder.ts';
import { commandLine, now } from './commandLine.ts';

// It is 15 October 2025, 09:00 UTC.

let cli: ReturnType<typeof commandLine>;
beforeEach(async () => {
  cli = commandLine(capacityCommand);
  await write(cli.store, clusterStream(clusterName), adopted('observe'));
});

const seen = { from: 'describe', at: at(5) } as const;

const aFullFleet = (waits: number) =>
  observe(
    cli.store,
    { name: clusterName, shards: 1 },
    [
      ...['a', 'b'].map((name) => {
        const instance = m5(name, { capacityProviderName: 'win' });
        return { kind: 'instance', instance, ...seen } as const;
      }),
      ...[aTask('t1', { on: 'a' }), aTask('t2', { on: 'b' }), ...waiting(waits, 'win')].map(
        (task) => ({ kind: 'task', task, ...seen }) as const,
      ),
      { kind: 'service', service: aService('orders', { desiredCount: 2 + waits }) },
      { kind: 'taskDefinition', taskDefinition: aTaskDefinition('orders') },
    ],
    at(5),
  );

const describedAt = (minutes: number) =>
  send(
    cli.store,
    clusterCapacity,
    scalingStream(clusterName),
    {
      type: 'ObserveCapacity',
      providers: [aProvider('win')],
      groups: [aGroup('win', { has: ['a', 'b'] })],
      gone: { providers: [], groups: [] },
      now: at(minutes),
    },
    at(minutes),
  );

describe('tuesday capacity', () => {
  it('says in a word that there is nothing', async () => {
    expect(await cli.run('capacity')).toEqual([
      'no instance is registered',
      '',
      'sizes set by Tuesday: scale-out off, scale-in off: in observe a plan',
    ]);
  });

  it('shows each provider, what it is kept at, and what ECS does next', async () => {
    await aFullFleet(9);
    await describedAt(900);
    const printed = (await cli.run('capacity')).join('\n');
    expect(printed).toMatch(/capacity +instances +draining +empty +running +pending +waiting/);
    expect(printed).toMatch(/win +2 +0 +0 +2 +0 +9 +2 +2-10 +200 % +100 %/);
    expect(printed).toContain('win: scales out to 4. ScalesOut: the reservation is 200 %');
    expect(printed).toContain('as described 1 h ago');
  });

  it('puts a question mark where nobody knows, and says what would have to be known', async () => {
    await aFullFleet(1);
    const printed = (await cli.run('capacity')).join('\n');
    expect(printed).toMatch(/win +2 +0 +0 +2 +0 +1 +\? +\? +150 % +\?/);
    expect(printed).toContain('win: not known. ManagedScalingUnknown');
    expect(printed).toContain('not known: its Auto Scaling group has not been observed');
  });

  it('prints JSON with moments as text', async () => {
    await aFullFleet(0);
    await describedAt(900);
    const [json = ''] = await cli.run('capacity', '--json');
    expect(JSON.parse(json)).toMatchObject({
      now: new Date(now).toISOString(),
      rows: [{ capacityProviderName: 'win', observedAt: '2025-10-15T08:00:00.000Z' }],
    });
  });
});

describe('tuesday capacity policy', () => {
  const adoptedInDrive = () =>
    write(cli.store, clusterStream(clusterName), adopted('drive').slice(1));

  it('is off until it is switched on, one switch at a time', async () => {
    expect(await cli.run('capacity', 'policy')).toEqual([
      'sizes set by Tuesday: scale-out off, scale-in off: in observe a plan',
    ]);
    await adoptedInDrive();
    expect(await cli.run('capacity', 'policy', '--scale-out', 'on')).toEqual([
      'sizes set by Tuesday: scale-out on, scale-in off',
    ]);
    expect(await cli.run('capacity', 'policy', '--scale-in', 'on')).toEqual([
      'sizes set by Tuesday: scale-out on, scale-in on',
    ]);
    expect(await cli.run('capacity', 'policy', '--scale-out', 'off')).toEqual([
      'sizes set by Tuesday: scale-out off, scale-in on',
    ]);
  });

  it('keeps who has switched it, and once', async () => {
    await cli.run('capacity', 'policy', '--scale-out', 'on', '--actor', 'ops');
    await cli.run('capacity', 'policy', '--scale-out', 'on', '--actor', 'ops');
    const facts = (await cli.store.readStream(desiredStream(clusterName))).flatMap(
      ({ events }) => events,
    );
    expect(facts).toMatchObject([
      { type: 'ScalingPolicySet', data: { actor: 'ops', policy: { scaleOut: true } } },
    ]);
  });

  it('says what it takes', async () => {
    await expect(cli.run('capacity', 'policy', '--scale-in', 'yes')).rejects.toThrow(
      '--scale-in yes is neither on nor off',
    );
  });
});

describe('what Tuesday would do', () => {
  it('is shown as a plan, with what stands against the rest', async () => {
    await aFullFleet(40);
    const managed = aProvider('win', { managedScaling: false });
    const command = {
      type: 'ObserveCapacity',
      providers: [managed],
      groups: [aGroup('win', { has: ['a', 'b'] })],
      gone: { providers: [], groups: [] },
      now: Instant.parse(now - 60_000),
    } as const;
    await send(cli.store, clusterCapacity, scalingStream(clusterName), command, command.now);
    const printed = (await cli.run('capacity')).join('\n');
    expect(printed).toContain('sizes set by Tuesday: scale-out off, scale-in off');
    expect(printed).toMatch(/planned: group win from 2 to \d+, \d+ instances? for tasks that wait/);
    expect(printed).toContain('not win: TasksWaiting');
  });
});
