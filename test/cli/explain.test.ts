import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explanationLines } from '../../cli/explain/explanationLines.ts';
import { osReserveDefaultMiB } from '../../domain/fleet/capacity.ts';
import { explainTask } from '../../domain/placement/explain/explainTask.ts';
import { type ExplainSample, explainSamples } from './explainSamples.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/explain.md'), 'utf8');

const printed = ({ fleet, subject }: ExplainSample): string => {
  const explained = explainTask(fleet, subject, osReserveDefaultMiB);
  return explanationLines(fleet.view, subject, explained, []).join('\n');
};

describe('docs/explain.md', () => {
  it.each(explainSamples)('shows as it is printed: $title', (sample) => {
    const shown = /```\n([\s\S]*?)\n```/.exec(page.split(`## ${sample.title}\n`)[1] ?? '')?.[1];
    expect(shown).toBe(printed(sample));
  });
});
