import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { oneWakeUpMs } from '../functions/streams/relay.ts';
import { atMost, type Figure } from './figure.ts';
import { type Asked, askedOfEcs } from './rolloutCalls.ts';
import type { Size } from './rolloutCallsScenario.ts';
import { fleet } from './rolloutFleet.ts';
import { callsFloor, quantile } from './rolloutFloor.ts';
import { type Makespan, slots } from './rolloutMakespan.ts';

const seeds = 100;
/** Virtual time is the same on any number of them. */
const threads = Math.min(availableParallelism(), seeds);

export const rollout = async (): Promise<readonly Figure[]> => [
  ...(await makespans()),
  ...callsOf(await askedOfEcs(large, callsSeed)),
];

const measured = async (): Promise<readonly Makespan[]> => {
  const all = Array.from({ length: seeds }, (_, index) => index + 1);
  const shares = Array.from({ length: threads }, (_, thread) =>
    all.filter((seed) => seed % threads === thread),
  );
  const found = await Promise.all(shares.map(inThread));
  return found.flat();
};

const inThread = async (share: readonly number[]): Promise<readonly Makespan[]> => {
  const worker = new Worker(new URL('./rolloutWorker.ts', import.meta.url), { workerData: share });
  const [found] = await once(worker, 'message');
  return found;
};

/** How long a campaign takes, over the least that it could take. */
const makespans = async (): Promise<readonly Figure[]> => {
  const runs = await measured();
  const at = (share: number, of: keyof Makespan) => {
    const values = runs.map((run) => run[of]);
    return rounded(quantile(values, share));
  };
  const figure = (name: string, share: number, goal: number) =>
    atMost({
      figure: name,
      value: at(share, 'tuesday'),
      unit: 'times the floor',
      goal,
      against: { batchBarriers: at(share, 'batches'), slidingInAnyOrder: at(share, 'anyOrder') },
      on,
    });
  const perInstance = (name: 'planCalls' | 'events' | 'bytes', unit: string): Figure => ({
    figure: `rollout.${name}PerInstance`,
    value: rounded(at(0.5, name) / fleet.instances),
    unit: `${unit} per replaced instance, median`,
    on,
  });
  return [
    figure('rollout.makespanOverFloor', 0.5, 1.1),
    figure('rollout.makespanOverFloor.p90', 0.9, 1.15),
    perInstance('planCalls', 'passes of the planner'),
    perInstance('events', 'events'),
    perInstance('bytes', 'bytes of events as JSON'),
  ];
};

const large: Size = { instances: 5_000, behind: 500, services: 50, tasksEach: 10 };
const callsSeed = 7;

/** What a campaign asks of ECS, over the least that it could ask; and what is written for it. */
const callsOf = ({ calls, replaced, deployed, ...written }: Asked): readonly Figure[] => {
  const floor = callsFloor(replaced, deployed);
  const made = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const perInstance = (name: keyof typeof written, unit: string): Figure => ({
    figure: `rollout.${name}PerInstance.atOnce`,
    value: rounded(written[name] / replaced),
    unit: `${unit} per replaced instance, those for its services included`,
    on: `${callsOn(calls)}; streams rollout#, disruption# and enforcement#`,
  });
  return [
    atMost({
      figure: 'rollout.callsOverFloor',
      value: rounded(made / floor),
      unit: 'times the floor',
      goal: 1.05,
      against: { oneCallPerDrain: rounded((replaced + deployed) / floor) },
      on: callsOn(calls),
    }),
    perInstance('decisions', 'commits'),
    perInstance('events', 'events'),
    perInstance('bytes', 'bytes of events as JSON'),
  ];
};

const callsOn = (calls: Asked['calls']): string =>
  [
    `${large.instances} instances, ${large.behind} of them behind and drained at once`,
    `${large.services} services, ${large.tasksEach} tasks each, and a daemon`,
    `seed ${callsSeed}`,
    'the whole control plane on the simulated ECS; effects handed over as they are found open',
    `mutating ECS calls: ${JSON.stringify(calls)}`,
    'floor: ceil(instances / 10) UpdateContainerInstancesState + one UpdateService a service',
  ].join('; ');

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

const on = [
  `${fleet.instances} instances, ${slots} at once`,
  `seeds 1 to ${seeds}`,
  `log-normal, median ${fleet.medianMs / 60_000} min, sigma ${fleet.sigma}`,
  `${fleet.knownVariance * 100}% of the variance is bytes to pull, which the planner foretells`,
  `the planner is woken ${oneWakeUpMs / 1_000} s after something happened, the peers at once`,
  'floor: mandatory canary, bake and closed time (none here) + per wave (one) ' +
    'max(sum / slots, longest)',
].join('; ');
