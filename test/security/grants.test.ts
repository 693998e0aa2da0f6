import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyOf } from '../../functions/api/contract/contract.ts';
import { contracts } from '../../functions/api/contracts.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { aLivelyRecord, anApi } from '../functions/api/apiRecord.ts';
import { mayRole } from '../support/deployed/policies.ts';
import { resolved } from '../support/deployed/resolve.ts';
import { type Resource, synthesised } from '../support/deployed/synthesise.ts';
import { fitting, type Names, pathOf } from './fitting.ts';

// X5: a grant is one of IAM's over paths. The grants are those that docs/operate.md tells people to
// write, read from the page; what they reach is asked of every route.

const page = readFileSync(join(import.meta.dirname, '../../docs/operate.md'), 'utf8');
const documents = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text]) =>
  JSON.parse(text ?? ''),
);
const grant = (sid: string): Readonly<Record<string, Resource>> => {
  const Policies = documents
    .filter(({ Statement }) => Statement.some(({ Sid }: { Sid: string }) => Sid === sid))
    .map((PolicyDocument) => ({ PolicyDocument }));
  return { Person: { Type: 'AWS::IAM::Role', Properties: { Policies } } };
};

const stage = String(resolved(synthesised('drive')).HttpApiStage?.Properties.StageName);
const may = (sid: string, method: string, path: string): boolean =>
  mayRole(grant(sid), 'Person', {
    action: 'execute-api:Invoke',
    resource: `arn:aws:execute-api:eu-west-1:111122223333:abc123/${stage}/${method}${path}`,
  });

const ids = { freezeId: 'f', overrideId: 'o', parkedId: 'ffff', instance: 'one' };
const inCluster = (cluster: string): Names => ({ cluster, rolloutId, ...ids });
const reached = (sid: string, cluster: string) =>
  contracts.filter((each) => may(sid, each.method, pathOf(each, inCluster(cluster)))).map(keyOf);
const isOfCluster = (path: string) => path.split('/')[2] === '{cluster}';

describe('a grant over one cluster', () => {
  it('to operate it reaches every route about it, and no other', () => {
    const about = contracts.filter(({ path }) => isOfCluster(path));
    expect(reached('OperateShop', 'shop')).toEqual(about.map(keyOf));
  });

  it('to look at it reaches what changes nothing', () => {
    const about = contracts.filter(({ path, isCommand }) => isOfCluster(path) && !isCommand);
    expect(reached('LookAtShop', 'shop')).toEqual(about.map(keyOf));
  });

  it.each(['office', 'shop2', 'sho', 'shop@111122223333.us-east-1', 'SHOP'])(
    'reaches nothing of %s',
    (other) => {
      for (const sid of ['LookAtShop', 'OperateShop']) expect(reached(sid, other)).toEqual([]);
    },
  );

  // A new route belongs under a cluster, or into this list and into the page.
  it('does not reach what is about no one cluster', () => {
    const others = contracts.filter(({ path }) => !isOfCluster(path)).map(keyOf);
    expect(others).toEqual([
      'GET /openapi.json',
      'GET /clusters',
      'GET /events',
      'GET /releases',
      'POST /lint/task-definition',
      'POST /lint/dockerfile',
      'GET /parked',
      'GET /parked/{parkedId}',
      'POST /clusters',
      'POST /freezes',
      'POST /freezes/{freezeId}/lift',
      'POST /releases/accept',
      'POST /parked/{parkedId}/replay',
    ]);
  });

  // Else `/parked/x%2Fclusters%2Fshop%2Fx` might be granted as if it were about `shop`.
  it('is not widened by a part of a path that holds another path', () => {
    for (const { name, parameters } of contracts) {
      for (const part of Object.keys(parameters.shape)) {
        const schema = parameters.shape[part] as (typeof parameters.shape)[string];
        for (const value of ['x/clusters/shop/x', 'shop/../office', '..', 'a%2Fb', '']) {
          const { success } = schema.safeDecode(value as never) as { success: boolean };
          expect([name, part, value, success]).toEqual([name, part, value, false]);
        }
      }
    }
  });
});

/**
 * `shop`, and beside it `office` in which the same has happened to other services: what is told of
 * `hidden` was told of `office`.
 */
const twoClusters = async () => {
  const first = await aLivelyRecord();
  const store = openSqliteEventStore(':memory:');
  const anything = { stateShape: 'none', initialState: undefined, evolve: () => undefined };
  const copy = async (commit: Awaited<ReturnType<typeof first.readAll>>[number], twin: boolean) => {
    const told = JSON.stringify([commit.stream, commit.events]);
    const other = told.replaceAll('shop', 'office').replaceAll(/orders|baskets/g, 'hidden');
    const [stream, events] = JSON.parse(twin ? other : told);
    const { position } = await store.load(stream, anything);
    const commitId = `${commit.commitId} ${twin}`;
    await store.append(position, { commitId, at: commit.at, events });
  };
  for (const commit of await first.readAll(0, 10_000)) {
    await copy(commit, false);
    if (/#.*shop/.test(commit.stream)) await copy(commit, true);
  }
  first.close();
  return store;
};

const ofOffice: Names = { ...inCluster('office'), rolloutId: rolloutId.replace('shop', 'office') };

describe('who may operate shop', () => {
  const granted = contracts.filter(({ path }) => isOfCluster(path));
  let hidden: readonly string[];
  beforeAll(async () => {
    const store = await twoClusters();
    const { text } = await anApi(store).call('GET', '/clusters/office/services');
    hidden = [text];
    store.close();
  });

  it('would be told of office where it showed', () => {
    expect(hidden.join()).toContain('hidden');
  });

  const noSuchId = ['liftFreeze', 'endOverride', 'undoDrain'];
  const moves = ['startRollout', 'pauseRollout', 'resumeRollout', 'abortRollout'];

  it.each([
    ['ids of its own', inCluster('shop'), noSuchId],
    [
      'ids of office',
      { ...ofOffice, cluster: 'shop' },
      ['getRollout', 'liftFreeze', 'endOverride', ...moves, 'undoDrain'],
    ],
  ])(
    'with %s writes to streams of shop alone, and is told of shop alone',
    async (_, names, refused) => {
      const answered = new Map<string, number>();
      for (const contract of granted) {
        const store = await twoClusters();
        const before = (await store.readAll(0, 10_000)).length;
        const { target, sent } = fitting(contract, names);
        const { statusCode, text } = await anApi(store).call(contract.method, target, sent);
        answered.set(contract.name, statusCode);
        const streams = (await store.readAll(0, 10_000)).slice(before).map(({ stream }) => stream);
        const foreign = streams.filter(
          (each) => !/^request#|#(rollout-)?shop(#|-|\/|$)/.test(each),
        );
        expect([contract.name, foreign]).toEqual([contract.name, []]);
        expect([contract.name, text.includes('hidden')]).toEqual([contract.name, false]);
        store.close();
      }
      const isRefused = (name: string) => (answered.get(name) ?? 0) >= 300;
      expect([...answered.keys()].filter(isRefused)).toEqual(refused);
    },
  );
});
