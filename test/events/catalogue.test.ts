import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { catalogue, eventTypes, forStore, parseStored } from '../../events/catalogue.ts';
import { presentShape, type RawEvent } from '../../events/upcast.ts';
import { shapeLines } from '../support/shapes.ts';

const golden = new URL('./golden/', import.meta.url);
const place = { stream: 'golden#1', version: 1 };

/**
 * Every stored shape there ever was: a sample is added for a new one, and none is changed or
 * removed.
 */
const samples: readonly RawEvent[] = readdirSync(golden)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, golden), 'utf8')) as RawEvent[]);

describe('the catalogue', () => {
  it('holds every event that events/ describes', async () => {
    const events = new URL('../../events/', import.meta.url);
    const files = readdirSync(events).filter((name) => name.endsWith('.ts'));
    const described: string[] = [];
    for (const name of files) {
      const module: Record<string, unknown> = await import(new URL(name, events).href);
      for (const [exported, value] of Object.entries(module)) {
        if (!exported.endsWith('Event') || !(value instanceof z.ZodDiscriminatedUnion)) continue;
        for (const lines of value.options.map((option) => shapeLines(option as z.ZodType))) {
          const type = lines.find((line) => line.startsWith('.type '))?.slice('.type '.length);
          described.push(JSON.parse(type ?? 'null'));
        }
      }
    }
    expect(described.toSorted()).toEqual([...eventTypes]);
    expect(eventTypes.length).toBeGreaterThan(50);
  });

  it('changes no stored field unseen: the list of all of them is kept', async () => {
    // A line added is a new field: fine where it is optional. A line gone or changed is an old
    // shape
    // that is read no more: add an upcaster to events/upcast.ts and a sample, keep the old sample.
    const list = eventTypes.flatMap((type) => {
      const schema = catalogue.get(type);
      const lines = schema === undefined ? [] : shapeLines(schema);
      return lines.filter((line) => !line.startsWith('.type ')).map((line) => `${type}${line}`);
    });
    await expect(`${list.join('\n')}\n`).toMatchFileSnapshot('./golden/shapes.txt');
  });
});

describe('the golden samples', () => {
  const labelled = samples.map((sample, index) => [`${index} ${sample.type}`, sample] as const);

  it('show every shape of every event', () => {
    const shown = new Set(samples.map(({ type, shape = 1 }) => `${type} ${shape}`));
    const missing = eventTypes.flatMap((type) =>
      Array.from({ length: presentShape(type) }, (_, index) => `${type} ${index + 1}`).filter(
        (shape) => !shown.has(shape),
      ),
    );
    expect(missing).toEqual([]);
  });

  it.each(labelled)('are read for ever: %s', (_, sample) => {
    const event = parseStored(sample, place);
    expect(eventTypes).toContain(event.type);
    const { shape = 1, ...written } = sample;
    if (shape === presentShape(sample.type)) expect(event).toEqual(written);
  });

  it.each(labelled)('are written as they are read: %s', (_, sample) => {
    const event = parseStored(sample, place);
    const written = forStore(event);
    expect(written).toHaveProperty('stored');
    if ('stored' in written) {
      const raw: unknown = JSON.parse(JSON.stringify(written.stored));
      expect(parseStored(raw, place)).toEqual(event);
    }
  });
});
