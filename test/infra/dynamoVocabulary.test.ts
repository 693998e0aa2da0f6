import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packed, unpacked, vocabularyOf } from '../../infra/eventStore/dynamoVocabulary.ts';
import { noise } from '../support/leases.ts';

/** Sixty tasks of three services, in records of their own as a fleet shard has them. */
const aFleet = (from = 0) => ({
  tasks: Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => {
      const service = noise(2_000).slice((index % 3) * 300, (index % 3) * 300 + 300);
      const taskArn = `task-${noise(9_000).slice((from + index) * 40, (from + index) * 40 + 32)}`;
      return [taskArn, { taskArn, service, image: `${service} of orders`, status: 'RUNNING' }];
    }),
  ),
});
const eventsOf = (fleet: ReturnType<typeof aFleet>) =>
  JSON.stringify(Object.values(fleet.tasks).slice(0, 10));

describe('a vocabulary', () => {
  const vocabulary = { version: 1, text: vocabularyOf(aFleet()) };

  it('knows what records have in common, as it stands in them', () => {
    const text = vocabulary.text.toString();
    for (const { service } of Object.values(aFleet().tasks)) expect(text).toContain(service);
    expect(text.length).toBeLessThan(JSON.stringify(aFleet()).length / 5);
  });

  it('makes events of other tasks of those services smaller by more than half', () => {
    const json = eventsOf(aFleet(100));
    const alone = packed(json, undefined).byteLength;
    expect(packed(json, vocabulary).byteLength).toBeLessThan(alone / 2);
  });

  it('is the same for the same state, and never longer than an item holds', () => {
    expect(vocabularyOf(aFleet())).toEqual(vocabularyOf(structuredClone(aFleet())));
    const words = Array.from({ length: 5_000 }, (_, index) => `${index} ${noise(200)}`);
    const large = { a: { words }, b: { words } };
    expect(vocabularyOf(large).byteLength).toBeLessThanOrEqual(384 * 1024);
  });

  it('gives back what it packed, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (state, value) => {
        const own = { version: 1, text: vocabularyOf(state) };
        const json = JSON.stringify([value]);
        for (const each of [own, vocabulary, undefined]) {
          expect(unpacked(packed(json, each), each)).toBe(json);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is needed to read: by another one nothing is read, rather than something else', () => {
    const json = eventsOf(aFleet());
    const other = { version: 2, text: Buffer.from(noise(5_000)) };
    expect(() => unpacked(packed(json, vocabulary), other)).toThrow();
  });
});
