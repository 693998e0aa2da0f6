import { beforeEach, describe, expect, it } from 'vitest';
import { contracts } from '../../functions/api/contracts.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { aLivelyRecord, anApi } from '../functions/api/apiRecord.ts';
import { actor } from '../functions/httpRequest.ts';

// X6: whoever changes something is on record, and whoever stops or forces something says why.

let store: EventStore & { readonly close: () => void };
beforeEach(async () => {
  store = await aLivelyRecord();
});

const commands = contracts.filter(({ isCommand }) => isCommand);

const parameters: Readonly<Record<string, string>> = {
  cluster: 'shop',
  rolloutId,
  parkedId: 'ffff',
  freezeId: 'f',
  overrideId: 'o',
};
const targetOf = (path: string) => path.replace(/\{(\w+)\}/g, (_, name) => parameters[name] ?? '');

/** What stops, forces or gives back on a person's word; the rest is told by what it sets. */
const sayWhy = [
  'abortRollout',
  'acceptDowngrade',
  'beginFreeze',
  'beginOverride',
  'endOverride',
  'freezeEverything',
  'liftFreeze',
  'liftFreezeOfEverything',
  'pauseRollout',
];

describe('a command over the API', () => {
  it.each(commands.map((each) => [each.name, each] as const))(
    '%s leaves who asked',
    async (_, c) => {
      const before = (await store.readAll(0, 10_000)).length;
      // Empty bodies are refused by most: that too leaves a trace, or spends no key.
      const sent = { body: { reason: 'because' }, key: `a-key-for-${c.name}` };
      const answer = await anApi(store).call(c.method, targetOf(c.path), sent);
      const written = (await store.readAll(0, 10_000)).slice(before);
      if (answer.statusCode === 422 || answer.statusCode === 400)
        return expect(written).toEqual([]);
      const accepted = written.filter(({ stream }) => stream.startsWith('request#'));
      expect(accepted.flatMap(({ events }) => events)).toContainEqual(
        expect.objectContaining({
          type: 'RequestAccepted',
          data: expect.objectContaining({ actor, method: c.method }),
        }),
      );
    },
  );

  it('that stops, forces or gives back needs a reason', () => {
    const needing = commands
      .filter(({ body }) => body !== undefined && !body.safeParse(withoutReason).success)
      .filter(({ body }) => body?.safeParse({}).error?.issues.some(isAboutReason) === true)
      .map(({ name }) => name);
    expect(needing.toSorted()).toEqual(sayWhy);
  });

  it('that is for an emergency ends by itself', () => {
    const timed = commands.filter(({ name }) => /^(begin|freeze)/.test(name));
    for (const { name, body } of timed) {
      const fields = (body?.safeParse({}).error?.issues ?? []).map(({ path }) => path[0]);
      expect([name, fields.includes('expiresAt')]).toEqual([name, true]);
    }
  });
});

const withoutReason = {};
const isAboutReason = ({ path }: { readonly path: readonly PropertyKey[] }) => path[0] === 'reason';
