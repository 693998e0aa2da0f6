import { expect } from 'vitest';
import { channel, channelStream } from '../../../domain/windows/channel.ts';
import { image, imageStream } from '../../../domain/windows/image.ts';
import type { Scope } from '../../../events/aws/scope.ts';
import type { Instant } from '../../../events/ids.ts';
import type { ParkedEvent } from '../../../events/parked.ts';
import { keyOf } from '../../../functions/api/contract/contract.ts';
import { matchRoute } from '../../../functions/api/matchRoute.ts';
import type { ApiTools } from '../../../functions/api/route.ts';
import { routes } from '../../../functions/api/routes.ts';
import { http } from '../../../functions/http.ts';
import { park } from '../../../functions/ingest/park.ts';
import { observe } from '../../../functions/observe.ts';
import { send } from '../../../functions/send.ts';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { followViews } from '../../../infra/views/views.ts';
import { happened, planned } from '../../domain/rollout/rolloutBuilder.ts';
import { look, october as octoberTags, on, read } from '../../domain/windows/windowsFacts.ts';
import {
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  at,
  clusterName,
  digest,
  imageName,
  october,
  september,
} from '../../support/fleetBuilder.ts';
import { ask, request, type Sent } from '../httpRequest.ts';
import { aRecord, write } from '../record.ts';
import { faultsOf } from './published.ts';

/** When everybody asks: two days after the releases. */
export const now: Instant = at(2 * 24 * 60);

const zone = (name: string) => ({ 'ecs.availability-zone': `eu-west-1${name}` });

const instances = [
  anInstance('one', { build: october }),
  anInstance('two', { status: 'DRAINING' }),
  anInstance('three', { attributes: { 'ecs.os-type': 'windows', ...zone('c') } }),
].map((each) => ({ ...each, attributes: { ...zone('a'), ...each.attributes } }));

const tasks = [
  aTask('t1aa', { on: 'two' }),
  aTask('t1ab', { on: 'two', version: 3, desiredStatus: 'STOPPED' }),
  aTask('t2cc', { on: 'one', service: 'baskets', imageDigest: digest('baskets october') }),
  aTask('t3dd', { on: 'one', group: 'family:batch' }),
];

const odd = aService('odd', {
  taskDefinitionArn: aTaskDefinition('baskets').taskDefinitionArn,
  placementStrategy: [{ type: 'spread', field: 'moon' }],
});

/** Two releases, and a tag that went back. */
export const releases = async (store: EventStore) => {
  const readings = [
    [octoberTags.september, '2025-09-09T17:00:00Z'],
    [octoberTags.regular, '2025-10-14T17:00:00Z'],
    [octoberTags.september, '2025-10-14T19:00:00Z'],
  ] as const;
  const stream = channelStream('windows/servercore', 'ltsc2022');
  for (const [content, moment] of readings) {
    await send(store, channel, stream, look(read(content), moment), on(moment));
  }
};

const images = async (store: EventStore) => {
  const builds = { 'orders september': september, 'baskets october': october };
  for (const [name, build] of Object.entries(builds)) {
    const repository = imageName(name.split(' ')[0] ?? '').split(':')[0] ?? '';
    const about = { digest: digest(name), repository, now: at(0) };
    const config = { osVersion: `10.0.${build}`, history: [], diffIds: [], layers: [] };
    const command = { type: 'RecordInspection', ...about, config } as const;
    await send(store, image, imageStream(digest(name)), command, at(0));
  }
};

/** Under an id that begins as another does. */
const parkedAs = (parkedId: string): ParkedEvent => ({
  type: 'EventParked',
  data: { parkedId, reason: 'Unparsable', remedy: 'send JSON', body: '{', parkedAt: at(-1440) },
});

/**
 * A cluster in mode drive in the middle of a rollout, with something of everything that the API
 * tells of.
 */
export const aLivelyRecord = async () => {
  const store = await aRecord(
    'drive',
    planned({ instances: ['two', 'three'], services: ['orders'] }),
    happened.started(1),
    happened.learnt(2),
    happened.drainIntended('two', 3),
    happened.succeeded('drain-two', 4),
  );
  await releases(store);
  await images(store);
  const seen = { from: 'describe', at: at(5) } as const;
  const observations = [
    ...instances.map((instance) => ({ kind: 'instance', instance, ...seen }) as const),
    ...tasks.map((task) => ({ kind: 'task', task, ...seen }) as const),
    ...[aService('orders'), aService('baskets')].map(
      (service) => ({ kind: 'service', service }) as const,
    ),
    ...['orders', 'baskets'].map(
      (name) =>
        ({ kind: 'taskDefinition', taskDefinition: aTaskDefinition(name), at: at(5) }) as const,
    ),
  ];
  await observe(store, { name: clusterName, shards: 1 }, observations, at(5));
  const unhandled = [
    { body: '{"detail-type":"ECS Task', reason: 'Unparsable', remedy: 'send JSON' } as const,
    { body: '[]', reason: 'NotAnEvent', remedy: 'send one event' } as const,
  ];
  await park({ store, now: at(6) }, unhandled);
  return store;
};

/** Names that begin alike, and a service whose strategy nobody can read. */
export const addOddities = async (store: EventStore): Promise<void> => {
  await write(store, 'parked#2025-10-13', ['aaaa01', 'aaaa02'].map(parkedAs));
  const alike = ['long-one-1', 'long-one-2'].map((name) => aTask(name));
  const observations = [
    ...alike.map((task) => ({ kind: 'task', task, from: 'describe', at: at(5) }) as const),
    { kind: 'service', service: odd } as const,
  ];
  await observe(store, { name: clusterName, shards: 1 }, observations, at(5));
};

export const watched: Scope = {
  accounts: ['111122223333'],
  regions: ['eu-west-1'],
  clusters: ['shop', 'office'],
};

/** The API over a record: `call('GET', '/clusters/shop')`, as API Gateway would route it. */
export const anApi = (store: EventStore, fields: Partial<ApiTools> = {}) => {
  const tools = { store, views: followViews(store), scope: watched, now: () => now, ...fields };
  const door = http(routes, () => tools);
  return {
    /** Every answer is held against what `openapi.json` says of it. */
    call: async (method: string, target: string, sent: Sent = {}) => {
      const [path = '', query = ''] = target.split('?');
      const matched = matchRoute(routes, method, path);
      if (matched === undefined || 'allow' in matched) throw new Error(`no route ${target}`);
      const { route, parameters } = matched;
      const event = request(keyOf(route.contract), { query, parameters, ...sent });
      const answer = await ask(door, event);
      expect(faultsOf(route.contract, answer)).toEqual([]);
      return answer;
    },
  };
};
