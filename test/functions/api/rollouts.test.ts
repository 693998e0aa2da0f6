import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../../domain/rollout/defaultPolicy.ts';
import { rollout, rolloutStream } from '../../../domain/rollout/rollout.ts';
import { Digest, Instant, RolloutId, WindowsBuild } from '../../../events/ids.ts';
import { abortRollout } from '../../../functions/api/abortRollout.ts';
import { pauseRollout } from '../../../functions/api/pauseRollout.ts';
import { resumeRollout } from '../../../functions/api/resumeRollout.ts';
import { startRollout } from '../../../functions/api/startRollout.ts';
import { handleCommand } from '../../../infra/eventStore/handleCommand.ts';
import { openSqliteEventStore } from '../../../infra/eventStore/sqliteEventStore.ts';
import { actor, ask, request } from '../httpRequest.ts';

const rolloutId = RolloutId.parse('rollout-2025-10-14');
const now = Instant.parse(1_760_461_200_000);
const plan = {
  type: 'PlanRollout',
  rolloutId,
  clusterName: 'shop',
  targets: [],
  emergency: false,
  policy: defaultPolicy,
  images: [
    {
      image: 'registry/shop:1',
      repository: 'shop',
      tag: '1',
      staleDigest: Digest.parse(`sha256:${'a'.repeat(64)}`),
      channel: 'ltsc2022',
      fromBuild: WindowsBuild.parse('20348.4171'),
      toBuild: WindowsBuild.parse('20348.4294'),
    },
  ],
  instances: [],
  services: [],
  held: [],
  actor,
  now,
} as const;

let store: ReturnType<typeof openSqliteEventStore>;
const tools = () => ({ store });
const path = { rolloutId };
const start = () => ask(startRollout(tools), request('{}', path));
const types = async () =>
  (await store.readStream(rolloutStream(rolloutId)))
    .flatMap(({ events }) => events)
    .map((event) => (event as { type: string }).type);

beforeEach(async () => {
  store = openSqliteEventStore(':memory:');
  const stream = rolloutStream(rolloutId);
  await handleCommand(store, rollout, stream, plan, { commitId: 'plan', now });
});
afterEach(() => store.close());

describe('the doors to a rollout', () => {
  it('start, pause, resume and abort it, and say where it is then', async () => {
    expect(await start()).toEqual({ statusCode: 202, body: { rolloutId, status: 'running' } });
    const why = '{"reason":"freeze"}';
    const answers = [
      await ask(pauseRollout(tools), request(why, path, 'request-2')),
      await ask(resumeRollout(tools), request('{}', path, 'request-3')),
      await ask(abortRollout(tools), request(why, path, 'request-4')),
    ];
    expect(answers.map(({ body }) => body.status)).toEqual(['paused', 'running', 'aborted']);
    expect(await types()).toEqual([
      'RolloutPlanned',
      'RolloutStarted',
      'RolloutPaused',
      'RolloutResumed',
      'RolloutAborted',
    ]);
  });

  it('write down who asked', async () => {
    await start();
    const commits = await store.readStream(rolloutStream(rolloutId));
    expect(commits.at(-1)?.events).toMatchObject([{ data: { actor } }]);
  });

  it('write once what is asked twice', async () => {
    await start();
    expect(await start()).toMatchObject({ statusCode: 202 });
    expect(await types()).toEqual(['RolloutPlanned', 'RolloutStarted']);
  });

  it('refuse a rollout that nobody planned', async () => {
    const event = request('{}', { rolloutId: 'rollout-other' });
    expect(await ask(startRollout(tools), event)).toMatchObject({
      statusCode: 409,
      body: { code: 'RolloutNotFound' },
    });
  });

  it.each([
    ['a name that no rollout has', startRollout, '{}', { rolloutId: 'rollout#1' }, 'rolloutId'],
    ['no reason to pause', pauseRollout, '{}', path, 'reason'],
    ['an empty reason to abort', abortRollout, '{"reason":""}', path, 'reason'],
    ['a word too many', resumeRollout, '{"force":true}', path, 'body'],
  ])('answer 400 to %s, naming the field', async (_, door, body, parameters, field) => {
    expect(await ask(door(tools), request(body, parameters))).toMatchObject({
      statusCode: 400,
      body: { code: 'Malformed', issues: [{ field }] },
    });
    expect(await types()).toEqual(['RolloutPlanned']);
  });
});
