import { beforeAll, describe, expect, it } from 'vitest';
import { contracts } from '../../../functions/api/contracts.ts';
import { matchRoute } from '../../../functions/api/matchRoute.ts';
import { routes } from '../../../functions/api/routes.ts';
import { effectId, told } from '../../domain/draining/drainStory.ts';
import { happened, planned, rolloutId } from '../../domain/rollout/rolloutBuilder.ts';
import { at, ec2Id, instanceArn } from '../../support/fleetBuilder.ts';
import { aRecord, write } from '../record.ts';
import { addOddities, aLivelyRecord, anApi, now, releases } from './apiRecord.ts';

// Every no that a route is said to have, heard once: path, what is sent, the code.

const shop = '/clusters/shop';
const ours = `${shop}/rollouts/${rolloutId}`;
const no = `${shop}/rollouts/rollout-none`;
const next = `${ours}-2`;
const office = 'arn:aws:ecs:eu-west-1:111122223333:cluster/';
const placing = { taskDefinition: 'orders', count: 1 };

const window = { name: 'w', timeZone: 'UTC', days: 'FREQ=DAILY', opens: '01:00', closes: '02:00' };
const mars = { ...window, timeZone: 'Mars/Olympus' };
const [scope, over] = [{ kind: 'cluster' }, ['windows']];
const past = '2020-01-01T00:00:00Z';
/** A day after the API is asked. */
const deadlineAt = new Date(now + 24 * 60 * 60_000).toISOString();
const draining = { instances: ['one'], reason: 'x', deadlineAt };
const frozen = { reason: 'x', expiresAt: '2040-01-01T00:00:00Z' };
const budget = { instances: { count: 1 }, services: { count: 1 }, reasons: [] };

type Case = readonly [method: string, target: string, body: unknown, code: string];

const inTurn: readonly Case[] = [
  ['GET', '/clusters/nope', undefined, 'ClusterNotFound'],
  ['GET', '/clusters/nope/policy', undefined, 'ClusterNotFound'],
  ['GET', '/clusters/nope/fleet', undefined, 'ClusterNotFound'],
  ['GET', '/clusters/nope/instances', undefined, 'ClusterNotFound'],
  ['GET', `${shop}/instances?where=attribute:`, undefined, 'QueryUnreadable'],
  ['GET', '/clusters/nope/services', undefined, 'ClusterNotFound'],
  ['GET', '/clusters/nope/tasks', undefined, 'ClusterNotFound'],
  ['GET', '/clusters/nope/exposure', undefined, 'ClusterNotFound'],
  ['GET', '/clusters/nope/exposure/tasks', undefined, 'ClusterNotFound'],
  ['GET', '/clusters/nope/exposure/instances', undefined, 'ClusterNotFound'],
  ['GET', '/clusters/nope/rollouts', undefined, 'ClusterNotFound'],
  ['GET', `/clusters/nope/rollouts/${rolloutId}`, undefined, 'ClusterNotFound'],
  ['GET', no, undefined, 'RolloutNotFound'],
  ['POST', '/clusters/nope/rollouts/preview', {}, 'ClusterNotFound'],
  ['GET', '/clusters/nope/drains', undefined, 'ClusterNotFound'],
  ['POST', '/clusters/nope/drains/plan', { instances: ['i-1'] }, 'ClusterNotFound'],
  ['POST', `${shop}/drains/plan`, { instances: ['i-1'] }, 'InstanceNotFound'],
  ['POST', '/clusters/nope/drains', draining, 'ClusterNotFound'],
  ['POST', `${shop}/drains`, { ...draining, instances: ['i-1'] }, 'InstanceNotFound'],
  ['POST', `${shop}/drains`, { ...draining, instances: ['two'] }, 'DrainNotPossible'],
  ['POST', `${shop}/drains`, { ...draining, deadlineAt: past }, 'DrainInvalid'],
  ['POST', `${shop}/drains`, { ...draining, planToken: '0'.repeat(32) }, 'PlanChanged'],
  ['POST', `${shop}/drains`, { ...draining, standalone: { type: 'protect' } }, 'DrainDeadlocked'],
  ['POST', `${shop}/drains`, draining, 'done'],
  ['POST', `${shop}/drains`, { ...draining, andThen: 'terminate' }, 'DrainUnderWay'],
  ['POST', '/clusters/nope/drains/one/undo', { reason: 'x' }, 'ClusterNotFound'],
  ['POST', `${shop}/drains/three/undo`, { reason: 'x' }, 'DrainNotFound'],
  ['POST', `${shop}/drains/two/undo`, { reason: 'x' }, 'DrainNotPossible'],
  ['GET', '/clusters/nope/placements?task=orders', undefined, 'ClusterNotFound'],
  ['GET', `${shop}/placements?task=nothing`, undefined, 'TaskNotFound'],
  ['GET', `${shop}/placements?task=t1a`, undefined, 'TaskNotFound'],
  ['GET', `${shop}/placements?task=long-one`, undefined, 'TaskNotUnique'],
  ['POST', '/clusters/nope/placements/simulate', placing, 'ClusterNotFound'],
  [
    'POST',
    `${shop}/placements/simulate`,
    { ...placing, taskDefinition: 'no' },
    'TaskDefinitionNotFound',
  ],
  ['POST', `${shop}/placements/simulate`, { ...placing, service: 'no' }, 'TaskNotFound'],
  ['POST', `${shop}/placements/simulate`, { ...placing, service: 'odd' }, 'PlacementUnreadable'],
  ['GET', '/clusters/nope/events?from=2025-10-14T00:00:00Z', undefined, 'ClusterNotFound'],
  ['GET', '/events?stream=rollout%23rollout-none', undefined, 'StreamNotFound'],
  ['GET', '/releases?tag=ltsc2031', undefined, 'TagNotFound'],
  ['GET', '/parked/ffff', undefined, 'ParkedEventNotFound'],
  ['GET', '/parked/aaaa', undefined, 'ParkedEventNotUnique'],
  ['POST', '/parked/ffff/replay', {}, 'ParkedEventNotFound'],
  ['POST', '/parked/aaaa/replay', {}, 'ParkedEventNotUnique'],
  ['POST', '/clusters', { clusterArn: `${office}other` }, 'ClusterNotWatched'],
  ['PUT', '/clusters/nope/mode', { mode: 'drive' }, 'ClusterNotAdopted'],
  ['PUT', '/clusters/nope/policy', 'the policy', 'ClusterNotAdopted'],
  ['GET', '/clusters/nope/windows', undefined, 'ClusterNotFound'],
  ['GET', '/clusters/nope/budget', undefined, 'ClusterNotFound'],
  ['GET', '/clusters/nope/capacity', undefined, 'ClusterNotFound'],
  ['PUT', '/clusters/nope/windows', { windows: [] }, 'ClusterNotAdopted'],
  ['PUT', `${shop}/windows`, { windows: [mars] }, 'MaintenanceInvalid'],
  ['PUT', '/clusters/nope/budget', budget, 'ClusterNotAdopted'],
  ['PUT', '/clusters/nope/scaling-policy', { scaleOut: true, scaleIn: false }, 'ClusterNotAdopted'],
  ['POST', '/clusters/nope/freezes', { ...frozen, scope }, 'ClusterNotAdopted'],
  ['POST', `${shop}/freezes`, { ...frozen, scope, expiresAt: past }, 'MaintenanceInvalid'],
  ['POST', '/freezes', { ...frozen, expiresAt: past }, 'MaintenanceInvalid'],
  ['POST', '/clusters/nope/freezes/f/lift', { reason: 'x' }, 'ClusterNotAdopted'],
  ['POST', `${shop}/freezes/f/lift`, { reason: 'x' }, 'FreezeNotFound'],
  ['POST', '/freezes/f/lift', { reason: 'x' }, 'FreezeNotFound'],
  ['POST', `${shop}/freezes/f/lift`, { reason: ' ' }, 'MaintenanceInvalid'],
  ['POST', '/freezes/f/lift', { reason: ' ' }, 'MaintenanceInvalid'],
  ['POST', `${shop}/overrides/o/end`, { reason: ' ' }, 'MaintenanceInvalid'],
  ['POST', '/clusters/nope/overrides', { ...frozen, over }, 'ClusterNotAdopted'],
  ['POST', `${shop}/overrides`, { ...frozen, over, expiresAt: past }, 'MaintenanceInvalid'],
  ['POST', '/clusters/nope/overrides/o/end', { reason: 'x' }, 'ClusterNotAdopted'],
  ['POST', `${shop}/overrides/o/end`, { reason: 'x' }, 'OverrideNotFound'],
  ['POST', '/clusters/nope/rollouts', {}, 'ClusterNotFound'],
  ['POST', `${shop}/rollouts`, { planToken: '0'.repeat(32) }, 'PlanChanged'],
  ['POST', `${no}/start`, {}, 'RolloutNotFound'],
  ['POST', `${no}/pause`, { reason: 'x' }, 'RolloutNotFound'],
  ['POST', `${no}/resume`, {}, 'RolloutNotFound'],
  ['POST', `${no}/abort`, { reason: 'x' }, 'RolloutNotFound'],
  ['POST', `${shop}/rollouts`, {}, 'done'],
  ['POST', `${next}/pause`, { reason: 'x' }, 'RolloutNotRunning'],
  ['POST', `${next}/resume`, {}, 'RolloutNotRunning'],
  ['PUT', `${shop}/mode`, { mode: 'advise' }, 'done'],
  ['POST', `${next}/start`, {}, 'ClusterNotDriven'],
  ['POST', `${shop}/drains`, { ...draining, instances: ['three'] }, 'ClusterNotDriven'],
  ['PUT', `${shop}/mode`, { mode: 'drive' }, 'done'],
  ['POST', `${next}/abort`, { reason: 'x' }, 'done'],
  ['POST', `${next}/start`, {}, 'RolloutEnded'],
  ['POST', `${next}/pause`, { reason: 'x' }, 'RolloutEnded'],
  ['POST', `${next}/resume`, {}, 'RolloutEnded'],
  ['POST', '/releases/accept', 'a downgrade', 'DowngradeNotObserved'],
];

/** `two` was asked for, drained, and is being ended. */
const endingTwo = [
  told.intended({ containerInstanceArn: instanceArn('two'), ec2InstanceId: ec2Id('two') }),
  told.begun,
  told.drained,
  {
    type: 'DrainTerminationIntended',
    data: { effectId: effectId('terminate'), intendedAt: at(9) },
  },
];

/** Before anything is known. */
const atFirst: readonly Case[] = [
  ['POST', `${shop}/rollouts/preview`, {}, 'NoReleaseYet'],
  ['POST', `${shop}/rollouts`, {}, 'NoReleaseYet'],
];

/** With releases, and nothing behind them; its one rollout has ended. */
const atRest: readonly Case[] = [
  ['POST', `${shop}/rollouts`, {}, 'NothingToRollOut'],
  ['POST', `${ours}/abort`, { reason: 'x' }, 'RolloutEnded'],
];

/** Takes two requests at once. */
const heardElsewhere: ReadonlySet<string> = new Set(['planRollout RolloutAlreadyExists']);

const bodies: Readonly<Record<string, unknown>> = {
  'a downgrade': {
    repository: 'windows/servercore',
    tag: 'ltsc2022',
    build: '20348.1',
    reason: 'x',
  },
};

const nameOf = (method: string, target: string): string => {
  const matched = matchRoute(routes, method, target.split('?')[0] ?? '');
  if (matched === undefined || 'allow' in matched) throw new Error(`${method} ${target}`);
  return matched.route.contract.name;
};

describe('what a route refuses', () => {
  const heard: string[] = [];
  let cases = 0;
  const run = async (api: ReturnType<typeof anApi>, table: readonly Case[]) => {
    const { policy } = (await api.call('GET', `${shop}/policy`)).body;
    for (const [method, target, given, code] of table) {
      const named = typeof given === 'string' ? (bodies[given] ?? policy) : given;
      cases += 1;
      const sent = { ...(named !== undefined && { body: named }), key: `refusal-${cases}` };
      const { statusCode, body } = await api.call(method, target, sent);
      if (code === 'done') expect([target, statusCode < 300]).toEqual([target, true]);
      else {
        expect([target, body.code, body.status]).toEqual([target, code, statusCode]);
        expect(String(body.detail).length).toBeGreaterThan(10);
        heard.push(`${nameOf(method, target)} ${code}`);
      }
    }
  };

  beforeAll(async () => {
    await run(anApi(await aRecord('drive')), atFirst);
    const quiet = await aRecord('drive', planned(), happened.completed());
    await releases(quiet);
    await run(anApi(quiet), atRest);
    const store = await aLivelyRecord();
    await addOddities(store);
    await write(store, 'drain#shop/two', endingTwo);
    await run(anApi(store), inTurn);
  });

  it('is every reason that it is said to have', () => {
    const said = contracts.flatMap(({ name, problems }) =>
      problems.map((code) => `${name} ${code}`),
    );
    const silent = said.filter((each) => !heard.includes(each) && !heardElsewhere.has(each));
    expect(silent).toEqual([]);
  });

  it('and no other', () => {
    const said = contracts.flatMap(({ name, problems }) =>
      problems.map((code) => `${name} ${code}`),
    );
    expect(heard.filter((each) => !said.includes(each))).toEqual([]);
  });
});
