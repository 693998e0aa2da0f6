import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drainCommand } from '../../cli/commands/drain.ts';
import { drainPlanLines } from '../../cli/drain/drainPlanLines.ts';
import { commandLine } from './commandLine.ts';
import { drainSamples } from './drainSamples.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/draining.md'), 'utf8');

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
