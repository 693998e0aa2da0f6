import { defaultPolicy } from '../../domain/rollout/defaultPolicy.ts';
import type { Contract } from '../../functions/api/contract/contract.ts';
import { now } from '../functions/api/apiRecord.ts';
import { instanceArn, taskArn } from '../support/fleetBuilder.ts';

/** What the parts of a path stand for. */
export type Names = Readonly<
  Record<'cluster' | 'rolloutId' | 'freezeId' | 'overrideId' | 'parkedId' | 'instance', string>
>;

const inHours = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
const reason = 'the drill of October';
const nights = {
  name: 'nights',
  timeZone: 'Europe/Dublin',
  days: 'FREQ=DAILY',
  opens: '21:00',
  closes: '05:00',
};
const portDefinition = { family: 'orders', containerDefinitions: [] };

/** A body for every route that wants more than an empty one. */
const bodies: Readonly<Record<string, unknown>> = {
  adoptCluster: { clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/office' },
  setMode: { mode: 'advise' },
  setPolicy: { ...defaultPolicy, start: 'automatic' },
  setScalingPolicy: { scaleOut: true, scaleIn: false },
  setWindows: { windows: [nights] },
  setBudget: { instances: { count: 1 }, services: { percent: 10 }, reasons: [{ reason: 'patch' }] },
  beginFreeze: { scope: { kind: 'cluster' }, reason, expiresAt: inHours(4) },
  liftFreeze: { reason },
  freezeEverything: { reason, expiresAt: inHours(4) },
  liftFreezeOfEverything: { reason },
  beginOverride: { over: ['windows'], reason, expiresAt: inHours(2) },
  endOverride: { reason },
  pauseRollout: { reason },
  abortRollout: { reason },
  acceptDowngrade: {
    repository: 'windows/servercore',
    tag: 'ltsc2022',
    build: '20348.4171',
    reason,
  },
  startDrains: { instances: ['one'], reason, deadlineAt: inHours(2) },
  undoDrain: { reason },
  planDrains: { instances: [instanceArn('one')] },
  simulatePlacements: { taskDefinition: 'orders', count: 2 },
  lintTaskDefinition: { taskDefinition: portDefinition },
  lintDockerfile: { dockerfile: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\n' },
};

const queries: Readonly<Record<string, string>> = {
  explainPlacement: `?task=${encodeURIComponent(taskArn('t1aa'))}`,
  listClusterEvents: '?from=2025-01-01T00:00:00Z',
  listEvents: `?stream=${encodeURIComponent('cluster#shop')}`,
};

export const pathOf = ({ path }: Pick<Contract, 'path'>, names: Names): string =>
  path.replace(/\{(\w+)\}/g, (_, name: keyof Names) => names[name]);

/** A request to `contract` that nobody can find fault with but for what is on record. */
export const fitting = (contract: Contract, names: Names) => ({
  target: `${pathOf(contract, names)}${queries[contract.name] ?? ''}`,
  sent: {
    ...(contract.method !== 'GET' && { body: bodies[contract.name] ?? {} }),
    ...(contract.isCommand && { key: `a-key-for-${contract.name}-${names.rolloutId}` }),
  },
});
