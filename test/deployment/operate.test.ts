import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolved } from '../support/deployed/resolve.ts';
import { synthesised } from '../support/deployed/synthesise.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/operate.md'), 'utf8');
const resources = resolved(synthesised('drive'));
const alarms = Object.entries(resources).flatMap(([id, { Type }]) =>
  Type === 'AWS::CloudWatch::Alarm' ? [id] : [],
);

describe('docs/operate.md', () => {
  it('says of every alarm what it means and what to do, and of no other', () => {
    const table = page.slice(page.indexOf('\n## Alarms'), page.indexOf('\n## What it costs'));
    const told = [...table.matchAll(/`(\w+Alarm)`/g)].map(([, id]) => id);
    expect(told.toSorted()).toEqual(alarms.toSorted());
  });

  it('counts the alarms as they are', () => {
    expect(page).toContain(`CloudWatch: ${alarms.length} alarms`);
  });

  it('names every parameter', () => {
    const declared = readFileSync(join(import.meta.dirname, '../../serverless.yml'), 'utf8');
    const defaults = declared.slice(
      declared.indexOf('  default:'),
      declared.indexOf('\nprovider:'),
    );
    const names = [...defaults.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(page).toContain(`| \`${name}\` |`);
  });
});
