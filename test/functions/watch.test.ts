import { beforeEach, describe, expect, it } from 'vitest';
import type { TagObservation } from '../../domain/windows/channel.ts';
import { AmiId, type Digest } from '../../events/ids.ts';
import { watch } from '../../functions/ticks/watch.ts';
import { GatewayError, type SsmGateway } from '../../infra/aws/gateways.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import type { ListedBuilds, RegistryClient } from '../../infra/registry/registryClient.ts';
import { readViews } from '../../infra/views/views.ts';
import { build, october, on, read } from '../domain/windows/windowsFacts.ts';

const servercore = { repository: 'windows/servercore', tag: 'ltsc2022' };
const family = 'Windows_Server-2022-English-Core-ECS_Optimized';
const things = { tags: [servercore], amiFamilies: [family] };
const amiId = AmiId.parse('ami-0c2f25c1f66a1ff4d');

describe('the watch tick', () => {
  let store: ReturnType<typeof openSqliteEventStore>;
  let asked: (Digest | undefined)[];
  let reading: TagObservation;
  let listed: ListedBuilds;
  let found: Awaited<ReturnType<SsmGateway['readAmi']>> | Error;
  let now: ReturnType<typeof on>;
  beforeEach(() => {
    store = openSqliteEventStore(':memory:');
    asked = [];
    reading = read(october.september) as TagObservation;
    listed = { status: 'listed', builds: [] };
    found = { amiId, name: `${family}-2025.10.18` };
    now = on('2025-09-10T00:00:00Z');
  });

  const registry: RegistryClient = {
    listBuilds: async (repository) => {
      expect(repository).toBe(servercore.repository);
      return listed;
    },
    readTag: async (_repository, _tag, known) => {
      asked.push(known);
      return reading;
    },
  };
  const ssm: SsmGateway = {
    readAmi: async () => {
      if (found instanceof Error) throw found;
      return found;
    },
  };
  const tick = (moment: string) => {
    now = on(moment);
    return watch({ store, registry, ssm, now: () => now }, things);
  };
  const channels = async () => (await readViews(store)).channels;
  const amis = async () => (await readViews(store)).amis.flatMap((each) => each.amis);

  it('sees a build of its own channel that is listed while the tag stays behind', async () => {
    await tick('2025-09-10T00:00:00Z');
    listed = { status: 'listed', builds: [build('20348.4294'), build('26100.6899')] };
    expect(await tick('2025-10-14T18:00:00Z')).toMatchObject({ written: 1, held: [] });
    expect(await tick('2025-10-14T18:15:00Z')).toMatchObject({ written: 0 });
    const [state] = await channels();
    expect(state?.newest?.build).toBe('20348.4171');
    expect(state?.anomalies).toMatchObject([{ kind: 'newerListed', build: '20348.4294' }]);
  });

  it('reads the tags of a repository whose list does not come, and says so', async () => {
    listed = { status: 'unknown', reason: 'answered 429' };
    const { written, held } = await tick('2025-09-10T00:00:00Z');
    expect(held).toEqual(['windows/servercore: its tags: answered 429']);
    expect(written).toBeGreaterThan(0);
  });

  it('writes releases as they appear, and tells the registry what it knows', async () => {
    await tick('2025-09-10T00:00:00Z');
    reading = read(october.regular) as TagObservation;
    expect(await tick('2025-10-14T18:00:00Z')).toMatchObject({ held: [] });
    expect(asked).toEqual([undefined, october.september.digest]);
    const [state] = await channels();
    expect(state?.releases.map(({ build, kind }) => [build, kind])).toEqual([
      ['20348.4171', 'B'],
      ['20348.4294', 'B'],
    ]);
  });

  it('writes nothing when nothing has changed', async () => {
    await tick('2025-10-20T00:00:00Z');
    reading = { status: 'unchanged', digest: october.september.digest };
    expect(await tick('2025-10-20T00:15:00Z')).toEqual({ written: 0, refused: [], held: [] });
  });

  it('done twice for one moment writes once', async () => {
    await tick('2025-10-20T00:00:00Z');
    expect(await tick('2025-10-20T00:00:00Z')).toMatchObject({ written: 0 });
    expect(await channels()).toHaveLength(1);
  });

  it('infers the build of an AMI from the releases that it has just seen', async () => {
    reading = read(october.regular) as TagObservation;
    await tick('2025-10-18T20:00:00Z');
    expect(await amis()).toMatchObject([{ amiId, build: '20348.4294', evidence: 'inferred' }]);
  });

  it('records an AMI whose build it cannot infer, without one', async () => {
    found = { amiId, name: 'our-own-golden-image' };
    await tick('2025-10-18T20:00:00Z');
    const [ami] = await amis();
    expect(ami).toMatchObject({ amiId, name: 'our-own-golden-image' });
    expect(ami).not.toHaveProperty('build');
  });

  it('says what it could not read, and reads the rest', async () => {
    reading = { status: 'unknown', reason: 'answered 429' };
    expect(await tick('2025-10-18T20:00:00Z')).toMatchObject({
      held: ['windows/servercore:ltsc2022: answered 429'],
    });
    expect(await amis()).toHaveLength(1);
    found = new GatewayError('throttled', 'ThrottlingException', 'slow down');
    const held = (await tick('2025-10-18T20:15:00Z')).held;
    expect(held).toContain(`${family}: ThrottlingException: slow down`);
    found = undefined;
    expect((await tick('2025-10-18T20:30:00Z')).held).toContain(
      `${family}: AWS publishes no such family`,
    );
  });

  it('fails loudly for what is our own mistake', async () => {
    found = new TypeError('undefined is not a function');
    await expect(tick('2025-10-18T20:00:00Z')).rejects.toThrow(TypeError);
  });

  it('writes into the stream of the tag', async () => {
    await tick('2025-09-10T00:00:00Z');
    const [commit] = await store.readStream('channel#windows/servercore:ltsc2022');
    const data = { build: '20348.4171' };
    expect(commit?.events).toMatchObject([{ type: 'ReleasePublished', data }]);
  });
});
