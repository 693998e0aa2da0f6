import { expect } from 'vitest';
import { defaultBudget } from '../../domain/maintenance/budget.ts';
import { alwaysOpen } from '../../domain/maintenance/whyNotWindows.ts';
import { defaultPolicy } from '../../domain/rollout/defaultPolicy.ts';
import type { HttpResponse } from '../../functions/http.ts';
import { request } from '../functions/httpRequest.ts';
import { invoke } from './lambda.ts';

const doors = {
  commands: () => import('../../functions/api/commandsHandler.ts'),
  queries: () => import('../../functions/api/queriesHandler.ts'),
};

type Asked = {
  readonly body?: object;
  readonly query?: string;
  readonly rolloutId?: string;
};

let keys = 0;

/** A call as API Gateway hands it on; the answer with its status. */
const call = async (door: keyof typeof doors, routeKey: string, asked: Asked = {}) => {
  const { body, query, rolloutId } = asked;
  keys += 1;
  const sent = {
    parameters: {
      ...(routeKey.includes('{cluster}') && { cluster: 'shop' }),
      ...(rolloutId !== undefined && { rolloutId }),
    },
    ...(body !== undefined && { body }),
    ...(query !== undefined && { query }),
    ...(door === 'commands' && { key: `on-the-wire-${keys}` }),
  };
  const answer = (await invoke(doors[door], door, request(routeKey, sent))) as HttpResponse;
  return { status: answer.statusCode, body: JSON.parse(answer.body) };
};

const one = 'GET /clusters/{cluster}';
const rollouts = '/clusters/{cluster}/rollouts';

/** Takes the cluster into view; what nobody has raised is in mode observe. */
export const adopt = async (clusterArn: string): Promise<void> => {
  const adopted = await call('commands', 'POST /clusters', { body: { clusterArn } });
  expect(adopted).toMatchObject({ status: 200, body: { name: 'shop', mode: 'observe' } });
  const windows = { body: { windows: [alwaysOpen] } };
  expect(await call('commands', 'PUT /clusters/{cluster}/windows', windows)).toMatchObject({
    status: 200,
    body: { changed: true },
  });
  const reasons = [...defaultBudget.reasons, { reason: 'prefetch' }];
  const budget = { body: { ...defaultBudget, reasons } };
  expect(await call('commands', 'PUT /clusters/{cluster}/budget', budget)).toMatchObject({
    status: 200,
    body: { changed: true },
  });
  const policy = {
    body: {
      ...defaultPolicy,
      canaryFamily: 'tuesday-canary',
      replacement: 'surge',
      launchTemplate: 'newVersion',
      prefetch: { memoryMiB: 512, deadlineMs: 1_800_000 },
    },
  };
  expect(await call('commands', 'PUT /clusters/{cluster}/policy', policy)).toMatchObject({
    status: 200,
    body: { changed: true },
  });
};

/** The token of the plan, once it is about all of it; before, `undefined`. */
export const preview = async (instances: number, images: number): Promise<string | undefined> => {
  const { status, body } = await call('queries', `POST ${rollouts}/preview`, { body: {} });
  if (status !== 200) return undefined;
  const isWhole = body.instances.length === instances && body.images.length === images;
  return isWhole ? body.planToken : undefined;
};

/** Plans what was looked at, is refused in mode observe, raises the mode, and starts it. */
export const rollOut = async (planToken: string): Promise<string> => {
  const planned = await call('commands', `POST ${rollouts}`, { body: { planToken } });
  expect(planned).toMatchObject({ status: 201, body: { status: 'planned' } });
  const { rolloutId } = planned.body;
  const start = () =>
    call('commands', `POST ${rollouts}/{rolloutId}/start`, { rolloutId, body: {} });
  expect(await start()).toMatchObject({ status: 409, body: { code: 'ClusterNotDriven' } });
  const drive = { body: { mode: 'drive' } };
  expect(await call('commands', 'PUT /clusters/{cluster}/mode', drive)).toMatchObject({
    status: 200,
    body: { mode: 'drive', changed: true },
  });
  expect(await call('queries', one)).toMatchObject({ status: 200, body: { mode: 'drive' } });
  expect(await start()).toMatchObject({ status: 202, body: { status: 'running', changed: true } });
  return rolloutId;
};

/** What the API says of the end, in the shape of what boto3 reads. */
export const readByApi = async (rolloutId: string) => {
  const rollout = await call('queries', `GET ${rollouts}/{rolloutId}`, { rolloutId });
  const exposure = await call('queries', 'GET /clusters/{cluster}/exposure');
  const listed = await call('queries', 'GET /clusters/{cluster}/instances', { query: 'limit=100' });
  const statuses = (items: object): readonly string[] =>
    Object.values(items).map(({ status }) => status);
  type Listed = { readonly status: string; readonly build: { readonly build?: string } };
  return {
    rollout: rollout.body.status,
    images: statuses(rollout.body.images),
    replaced: statuses(rollout.body.instances),
    deployed: statuses(rollout.body.services),
    tasks: exposure.body.cluster.tasks,
    instances: listed.body.items.map(({ status, build }: Listed) => [status, build.build]),
  };
};
