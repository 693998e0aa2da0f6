import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dockerfileRules } from '../../domain/windows/lint/dockerfile/rules.ts';
import type { LintRules } from '../../domain/windows/lint/finding.ts';
import { taskDefinitionRules } from '../../domain/windows/lint/taskDefinition/rules.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/lint.md'), 'utf8');

const rowsUnder = (title: string) =>
  (page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'));

describe('docs/lint.md', () => {
  it.each<[string, LintRules]>([
    ['Task definitions', taskDefinitionRules],
    ['Dockerfiles', dockerfileRules],
  ])('lists the rules for %s as they are', (title, rules) => {
    const rows = Object.entries(rules).map(
      ([id, { severity, reason, source }]) => `| \`${id}\` | ${severity} | ${reason} | ${source} |`,
    );
    expect(rowsUnder(title)).toEqual(rows);
  });
});
