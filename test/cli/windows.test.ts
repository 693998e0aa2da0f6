import { beforeEach, describe, expect, it } from 'vitest';
import { budgetCommand } from '../../cli/commands/budget.ts';
import { clusterCommand } from '../../cli/commands/cluster.ts';
import { windowsCommand } from '../../cli/commands/windows.ts';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { adopted, write } from '../functions/record.ts';
import { clusterName } from '../support/fleetBuilder.ts';
import { commandLine } from './commandLine.ts';

// It is 15 October 2025, 09:00 UTC: 10:00 in Dublin.

let cli: ReturnType<typeof commandLine>;
beforeEach(async () => {
  cli = commandLine(windowsCommand, budgetCommand, clusterCommand);
  await write(cli.store, clusterStream(clusterName), adopted('observe'));
});

const nights = [
  ...['windows', 'add', 'nights', '--zone', 'Europe/Dublin', '--days', 'FREQ=DAILY'],
  ...['--opens', '21:00', '--closes', '05:00'],
];

describe('tuesday windows', () => {
  it('says in plain words what a cluster without windows means, and how to set one', async () => {
    const [first, ...more] = await cli.run('windows');
    expect(first).toBe('shop has no maintenance window: nothing is drained, replaced or deployed.');
    expect(more.join('\n')).toContain('tuesday windows set --always');
    const raised = await cli.run('cluster', 'mode', 'shop', 'drive');
    expect(raised.at(-1)).toContain('until a maintenance window is set');
  });

  it('shows the next openings in UTC and by the clock there', async () => {
    const printed = await cli.run(...nights);
    expect(printed[0]).toBe(
      'closed  WindowClosed: the next window, nights, opens at 2025-10-15T20:00Z',
    );
    expect(printed.join('\n')).toMatch(
      /15 Oct 20:00 - 04:00 +in 11 h +8 h +nights, Wed 15 Oct 21:00 - Thu 16 Oct 05:00 there/,
    );
  });

  it('shows the night on which clocks are put back an hour longer', async () => {
    const day = ['--days', 'FREQ=MONTHLY;BYDAY=-1SA', '--opens', '21:00', '--closes', '05:00'];
    const printed = await cli.run('windows', 'add', 'last', '--zone', 'Europe/Dublin', ...day);
    expect(printed.join('\n')).toMatch(/25 Oct 20:00 - 05:00 +in 10 d 11 h +9 h +last/);
  });

  it('opens always, closes by policy, and lets go', async () => {
    expect((await cli.run('windows', 'set', '--always'))[0]).toBe(
      'open    and it does not close within two weeks',
    );
    const closing = await cli.run('windows', 'closing', 'handBack', '--last-start', '30m');
    expect(closing.join('\n')).toContain('is handed back; nothing begins in the last 30 min');
    await cli.run('windows', 'remove', 'always');
    expect(await cli.slip('windows', 'remove', 'always')).toContain('there is none');
  });

  it('is frozen and overridden with a reason, and told so', async () => {
    await cli.run('windows', 'set', '--always');
    const freeze = ['windows', 'freeze', '--reason', 'audit', '--until', '4h'];
    const [line = ''] = await cli.run(...freeze, '--service', 'orders');
    expect(line).toMatch(/^freeze-\w+: orders in shop is frozen until 15 Oct 13:00 UTC$/);
    await cli.run('windows', 'override', '--reason', 'exploited', '--until', '2h');
    const told = (await cli.run('windows')).join('\n');
    expect(told).toMatch(/service orders +until 15 Oct 13:00, 4 h +operator +audit/);
    expect(told).toMatch(/windows +until 15 Oct 11:00, 2 h +operator +exploited/);
    const [id = ''] = line.split(':');
    expect(await cli.run('windows', 'unfreeze', id, '--reason', 'over')).toEqual([
      `${id} is lifted`,
    ]);
    expect(await cli.slip('windows', 'unfreeze', id, '--reason', 'over')).toContain(
      'FreezeNotFound',
    );
  });

  it.each([
    [['--zone', 'Mars'], 'windows.0.timeZone: Mars is not an IANA time zone'],
    [['--days', 'FREQ=WEEKLY'], 'windows.0.days: BYDAY or BYMONTHDAY must name the days'],
    [['--opens', '25:00'], '--opens: is a time such as 22:00'],
  ])('refuses a slip and names the field: %j', async (change, why) => {
    expect(await cli.slip(...nights, ...change)).toContain(why);
  });

  it('refuses an override that is a new rule, and spans that are none', async () => {
    const override = ['windows', 'override', '--reason', 'x', '--until'];
    expect(await cli.slip(...override, '48h')).toContain('24 hours at most');
    expect(await cli.slip(...override, 'tomorrow')).toContain('give 4h, 3d, or');
  });
});

describe('tuesday budget', () => {
  it('shows every limit and what it comes to, and what gets nothing', async () => {
    const printed = (await cli.run('budget')).join('\n');
    expect(printed).toMatch(/at once +allowed +leased +down +free +of/);
    expect(printed).toContain('nothing for drift, scaleIn, rebalancing');
    expect(printed).toContain('nothing is leased');
  });

  it('changes what is named and leaves the rest', async () => {
    const more = ['--zone', '1', '--services-alone', 'orders=1,*=50%'];
    await cli.run('budget', 'set', '--instances', '4', '--reasons', 'patch,scaleIn=2', ...more);
    const [json = ''] = await cli.run('budget', '--json');
    expect(JSON.parse(json).budget).toEqual({
      instances: { count: 4 },
      services: { percent: 20 },
      reasons: [{ reason: 'patch' }, { reason: 'scaleIn', instances: { count: 2 } }],
      perZone: { count: 1 },
      perService: [
        { serviceName: 'orders', instances: { count: 1 } },
        { serviceName: '*', instances: { percent: 50 } },
      ],
    });
  });

  it('refuses shares that are none', async () => {
    expect(await cli.slip('budget', 'set', '--instances', '10x')).toContain('--instances 10x');
    expect(await cli.slip('budget', 'set', '--reasons', 'boredom')).toContain('reasons.0.reason');
  });
});
