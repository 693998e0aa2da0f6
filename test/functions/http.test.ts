import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Refusal } from '../../domain/refusal.ts';
import { Instant } from '../../events/ids.ts';
import { http } from '../../functions/http.ts';
import { actor, ask, request } from './httpRequest.ts';

const now = Instant.parse(1_760_461_200_000);
const Wish = z.strictObject({ id: z.string().max(20), reason: z.string().optional() });
const door = http(
  Wish,
  async (wish, caller) => ({ wish, caller }),
  () => now,
);

describe('a door for people', () => {
  it('hands over body and path as one, with the signer and the moment', async () => {
    expect(await ask(door, request('{"reason":"late"}', { id: 'a' }))).toEqual({
      statusCode: 202,
      body: {
        wish: { id: 'a', reason: 'late' },
        caller: { actor, requestId: 'request-1', now },
      },
    });
  });

  it('takes no body for an empty one, and reads base64', async () => {
    expect(await ask(door, request(undefined, { id: 'a' }))).toMatchObject({ statusCode: 202 });
    const encoded = Buffer.from('{"reason":"late"}').toString('base64');
    const event = { ...request(encoded, { id: 'a' }), isBase64Encoded: true };
    expect((await ask(door, event)).body).toMatchObject({ wish: { reason: 'late' } });
  });

  it('lets no body speak for the path or for the signer', async () => {
    expect((await ask(door, request('{"id":"b"}', { id: 'a' }))).body).toMatchObject({
      wish: { id: 'a' },
    });
    expect(await ask(door, request('{"actor":"root"}', { id: 'a' }))).toMatchObject({
      statusCode: 400,
    });
  });

  it('names the field that is wrong', async () => {
    expect(await ask(door, request('{"reason":7}', { id: 'a' }))).toMatchObject({
      statusCode: 400,
      body: { code: 'Malformed', issues: [{ field: 'reason' }] },
    });
  });

  it.each(['[]', 'null', '7', '{', '"text"', JSON.stringify({ reason: 'x'.repeat(20_000) })])(
    'answers 400 to a body such as %.20s',
    async (body) => {
      expect(await ask(door, request(body, { id: 'a' }))).toMatchObject({ statusCode: 400 });
    },
  );

  it('answers 400 or 202 to any body, and never falls over', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (body) => {
        expect([202, 400]).toContain((await ask(door, request(body, { id: 'a' }))).statusCode);
      }),
    );
  });

  it('answers 409 with the code of a refusal', async () => {
    const refusing = http(Wish, async () => {
      throw new Refusal('RolloutEnded', 'it is over');
    });
    expect(await ask(refusing, request('{}', { id: 'a' }))).toEqual({
      statusCode: 409,
      body: { code: 'RolloutEnded', detail: 'it is over' },
    });
  });

  it('hides no mistake of ours', async () => {
    const broken = http(Wish, async () => {
      throw new Error('broken promise');
    });
    await expect(ask(broken, request('{}', { id: 'a' }))).rejects.toThrow('broken promise');
  });
});
