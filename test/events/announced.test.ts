import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Announcement, announcedTypes } from '../../events/announced.ts';
import { catalogue } from '../../events/catalogue.ts';

const docs = join(import.meta.dirname, '../../docs');

/** JSON Schema of `detail`, by detail-type. */
const schemas = () => {
  const ofDetail = (type: string) => {
    const fact = catalogue.get(type)?.unwrap().shape.data ?? z.never();
    const detail = Announcement.extend({ type: z.literal(type), data: fact.optional() });
    return z.toJSONSchema(detail, { io: 'input', unrepresentable: 'any' });
  };
  return Object.fromEntries(announcedTypes.map((type) => [type, ofDetail(type)]));
};

describe('what is told on the bus', () => {
  it('is in the order of its names, for whoever looks one up', () => {
    expect([...announcedTypes]).toEqual([...announcedTypes].toSorted());
  });

  it('has the schema that is published', async () => {
    const text = `${JSON.stringify(schemas(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(join(docs, 'events.schema.json'));
  });

  it('is described, each and no other', () => {
    const page = readFileSync(join(docs, 'events.md'), 'utf8');
    const told = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, type]) => type);
    expect(told.toSorted()).toEqual([...announcedTypes]);
  });
});
