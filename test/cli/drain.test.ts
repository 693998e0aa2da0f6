import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drainCommand } from '../../cli/commands/drain.ts';
import { drainPlanLines } from '../../cli/drain/drainPlanLines.ts';
import { namedInstances } from '../../functions/api/queries/placements.ts';
import { planFor, roomFor } from '../domain/draining/drainBuilder.ts';
import { aFleet, aService, aTask, at, ec2Id, taskArn } from '../support/fleetBuilder.ts';
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
    [Array.from({ length: 101 }, (_, place) => `i-${place}`), '101 instances are too many'],
    [['i-1'], 'no cluster is known yet'],
  ])('says what is wrong: %j', async (words, message) => {
    expect(await line.slip('drain', 'plan', ...words)).toContain(message);
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
    expect(lines).toContainEqual(expect.stringContaining('protected for another 12 min'));
  });
});
