import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChannelState } from '../../../domain/windows/channelState.ts';
import { Instant } from '../../../events/ids.ts';
import { watch } from '../../../functions/ticks/watch.ts';
import { openSqliteEventStore } from '../../../infra/eventStore/sqliteEventStore.ts';
import { createRegistryClient } from '../../../infra/registry/dockerRegistryClient.ts';
import { readViews } from '../../../infra/views/views.ts';
import {
  answering,
  type Content,
  publish,
  type RegistryServer,
  registryServer,
  sha256,
} from './registryServer.ts';

// What befell Microsoft's tags, through the client, the tick and the store.

const core = { repository: 'windows/servercore', tag: 'ltsc2019' };
const nano = { repository: 'windows/nanoserver', tag: '1809' };

const serverCore = (revision: number, patch = `patch ${revision}`): Content => ({
  osVersion: `10.0.17763.${revision}`,
  history: ['Apply image 10.0.17763.6293', `Install update 10.0.17763.${revision}`],
  diffIds: [sha256('base'), sha256(patch)],
});
const nanoServer = (revision: number): Content => ({
  osVersion: `10.0.17763.${revision}`,
  history: [`Apply image 10.0.17763.${revision}`],
  diffIds: [sha256(`nano ${revision}`)],
});

let server: RegistryServer;
beforeEach(async () => {
  server = await registryServer();
});
afterEach(() => server.close());

/** Serves each content in turn, looking after each. */
const lived = async (
  place: typeof core,
  contents: readonly Content[],
  ownBuilds: readonly string[] = [],
): Promise<ChannelState> => {
  const store = openSqliteEventStore(':memory:');
  const registry = createRegistryClient(server.url);
  const ssm = { readAmi: async () => undefined };
  const tags = ownBuilds.map((build) => `10.0.${build}`);
  server.on(`/v2/${place.repository}/tags/list`, answering(JSON.stringify({ tags })));
  for (const [index, content] of contents.entries()) {
    publish(server, place, content);
    const now = () => Instant.parse(Date.UTC(2025, 3, 8, 18 + index));
    const report = await watch({ store, registry, ssm, now }, { tags: [place], amiFamilies: [] });
    expect(report.held).toEqual([]);
  }
  const [state] = (await readViews(store)).channels;
  store.close();
  if (state === undefined) throw new Error('the tag was looked at');
  return state;
};

describe('a tag that', () => {
  it('went back to March in April 2025 leaves April counting, and comes right', async () => {
    const [march, april] = [serverCore(7009), serverCore(7136)];
    const state = await lived(core, [march, april, march, march, april], ['17763.7136']);
    expect(state.newest).toMatchObject({ build: '17763.7136' });
    expect(state.newest).not.toHaveProperty('kb');
    expect(state.releases.map(({ build }) => build)).toEqual(['17763.7009', '17763.7136']);
    expect(state.anomalies.map(({ kind }) => kind)).toEqual(['newerListed', 'movedBack']);
  });

  it('held Server Core in Nano Server, as in May 2022, is not followed', async () => {
    const state = await lived(nano, [nanoServer(7009), serverCore(7136)]);
    expect(state.newest?.build).toBe('17763.7009');
    expect(state.anomalies).toMatchObject([{ kind: 'refused' }]);
  });

  it('was made again under one build, as in June 2023, is told by either', async () => {
    const state = await lived(core, [serverCore(4499), serverCore(4499, 'made again')]);
    expect(state.releases).toHaveLength(1);
    expect(state.anomalies).toMatchObject([{ kind: 'respun', build: '17763.4499' }]);
    expect(state.diffIdsByBuild['17763.4499']).toHaveLength(2);
  });

  it('stays behind a build that is listed is seen to, and moves when it moves', async () => {
    const [april, outOfBand] = [serverCore(7136), serverCore(7249)];
    const own = ['17763.7136', '17763.7249', '26100.3781'];
    const state = await lived(core, [april, april, outOfBand], own);
    expect(state.newest?.build).toBe('17763.7249');
    expect(state.anomalies).toMatchObject([{ kind: 'newerListed', build: '17763.7249' }]);
  });
});
