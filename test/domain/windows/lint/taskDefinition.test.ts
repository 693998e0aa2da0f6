import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../domain/windows/lint/taskDefinition/document.ts';
import {
  lintTaskDefinition,
  type TaskDefinitionContext,
} from '../../../../domain/windows/lint/taskDefinition/lintTaskDefinition.ts';
import { taskDefinitionRules } from '../../../../domain/windows/lint/taskDefinition/rules.ts';
import { Instant } from '../../../../events/ids.ts';
import { cleanContainer, cleanTask, container, digest, of, task } from './cleanTaskDefinition.ts';
import { networkCases, volumeCases } from './networkAndVolumeCases.ts';
import { imageCases, lifecycleCases, roleAndLogCases } from './roleAndImageCases.ts';
import { parameterCases, platformCases, shapeCases } from './shapeAndResourceCases.ts';

const now = Instant.parse(Date.parse('2026-11-26T00:00:00Z'));
const lint = (json: Json, context: Partial<TaskDefinitionContext> = {}) =>
  lintTaskDefinition(json, { now, images: new Map(), ...context });

const marks = (json: Json) => lint(json).map(({ rule, path }) => `${rule} at ${path}`);

const cases = [
  ...shapeCases,
  ...platformCases,
  ...parameterCases,
  ...networkCases,
  ...volumeCases,
  ...roleAndLogCases,
  ...lifecycleCases,
  ...imageCases,
];

describe('lintTaskDefinition', () => {
  it('has nothing to say about a sound task definition', () => {
    expect(lint(cleanTask)).toEqual([]);
  });

  it.each(cases)('%s at %s', (rule, path, faulty, sound) => {
    expect(marks(faulty)).toContain(`${rule} at ${path}`);
    expect(marks(sound)).not.toContain(`${rule} at ${path}`);
  });

  it('has a case for every rule', () => {
    const inContext = ['image-foreign-layers', 'image-channel-ended', 'memory-above-instance'];
    const tried = new Set([...cases.map(([rule]) => rule), ...inContext]);
    expect(Object.keys(taskDefinitionRules).filter((rule) => !tried.has(rule))).toEqual([]);
  });

  it('believes what is known of an image more than its name', () => {
    const image = `orders:5.3@${digest}`;
    const known = (facts: object) =>
      lint(container({ image }), { images: new Map([[image, facts]]) }).map(({ rule }) => rule);
    expect(known({ osVersion: '10.0.20348.5622' })).toEqual([]);
    expect(known({ osVersion: '10.0.17763.8644' })).toEqual(['image-family-mismatch']);
    expect(known({ os: 'linux' })).toEqual(['image-linux']);
    expect(known({ osVersion: '10.0.20348.5622', foreignLayers: 2 })).toEqual([
      'image-foreign-layers',
    ]);
  });

  it('says that a channel has ended from its last day on', () => {
    const rules = (text: string) =>
      lint(container({ image: `orders:ltsc2016@${digest}` }), {
        now: Instant.parse(Date.parse(text)),
      }).map(({ rule }) => rule);
    expect(rules('2027-01-11T23:59:59Z')).toContain('image-channel-ending');
    expect(rules('2027-01-12T00:00:00Z')).toContain('image-channel-ended');
  });

  it('keeps 2048 MiB of an instance for Windows', () => {
    const rules = (instanceMemoryMiB: number) =>
      lint(cleanTask, { instanceMemoryMiB }).map(({ rule }) => rule);
    expect(rules(4095)).toEqual(['memory-above-instance']);
    expect(rules(4096)).toEqual([]);
  });

  it('writes paths into the answer of describe-task-definition as they are there', () => {
    const taskDefinition = {
      ...container({ cpu: 0 }),
      taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:7',
      revision: 7,
      status: 'ACTIVE',
      compatibilities: ['EC2'],
    };
    expect(lint({ taskDefinition, tags: [] }).map(({ path }) => path)).toEqual([
      'taskDefinition.containerDefinitions[0].cpu',
    ]);
  });

  it('orders findings by path, and numbers in it as numbers', () => {
    const containerDefinitions = Array.from({ length: 11 }, (_, n) =>
      of({ name: `w${n}`, cpu: 0 }),
    );
    const paths = lint(task({ containerDefinitions })).map(({ path }) => path);
    expect(paths.indexOf('containerDefinitions[10].cpu')).toBe(11);
    expect(paths.indexOf('containerDefinitions[2].cpu')).toBe(3);
  });

  it('writes every finding out in words', () => {
    for (const [, , faulty] of cases) {
      for (const { found, fix, reason, source } of lint(faulty)) {
        for (const text of [found, fix, reason, source]) {
          expect(text).toMatch(/\S/);
          expect(text).not.toMatch(/undefined|NaN|\[object/);
        }
      }
    }
  });

  it('takes any JSON, and says the same whatever the order of its fields', () => {
    const keys = [...Object.keys(cleanTask), ...Object.keys(cleanContainer), 'taskDefinition'];
    const hostile = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom<unknown>(null, true, 0, -1, 1e308, '', '__proto__', 'C:\\', 'awsvpc'),
        fc.string(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(...keys, 'constructor', 'toString', 'volumes', 'links'),
          tie('value'),
        ),
      ),
    })).value;
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...keys, 'volumes'), hostile),
        fc.array(fc.dictionary(fc.constantFrom(...keys), hostile), { maxLength: 3 }),
        (fields, containerDefinitions) => {
          const json = { ...fields, containerDefinitions };
          const turned = Object.fromEntries(Object.entries(json).toReversed());
          expect(new Set(marks(turned))).toEqual(new Set(marks(json)));
        },
      ),
      { seed: 20261126, numRuns: 1_000 },
    );
  });
});
