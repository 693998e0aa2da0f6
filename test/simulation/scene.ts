import { clusterStream } from '../../domain/fleet/shards.ts';
import { type ClusterCommand, cluster } from '../../domain/maintenance/cluster.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import { maintenance } from '../../domain/maintenance/maintenance.ts';
import { maintenanceStream } from '../../domain/maintenance/maintenanceState.ts';
import { alwaysOpen } from '../../domain/maintenance/whyNotWindows.ts';
import { defaultPolicy } from '../../domain/rollout/defaultPolicy.ts';
import {
  type Chance,
  chanceFrom,
  draw,
  drawBetween,
  drawOne,
} from '../../domain/simulation/chance.ts';
import { instantText } from '../../domain/simulation/instantText.ts';
import { randomScenario } from '../../domain/simulation/randomScenario.ts';
import type { Scenario } from '../../domain/simulation/scenario.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { Budget } from '../../events/disruption.ts';
import type { ClusterArn, Instant } from '../../events/ids.ts';
import type { RolloutPolicy } from '../../events/rolloutPolicy.ts';
import { send } from '../../functions/send.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { drawTemplates, maybePinned } from './templateScene.ts';
import { drawMaintenance, movedTo } from './windowScene.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Mostly small, so that many are lived; one in fifty has up to sixty instances. */
export const drawScenario = (chance: Chance, seed: number): Scenario => {
  const kind = draw(chance);
  const [least, most] = kind < 0.87 ? [5, 9] : kind < 0.98 ? [10, 24] : [25, 60];
  const instances = drawBetween(chance, least, most);
  const tasks = drawBetween(chance, 4 * instances, (kind < 0.87 ? 6 : 10) * instances);
  const scenario = randomScenario(seed, { instances, tasks });
  const moved = movedTo(scenario, drawMaintenance(seed)?.startsAt);
  const old = maybeOld(seed, soonDriven(chance, moved));
  return maybePinned(seed, maybeTight(seed, maybeHooked(seed, old)));
};

/**
 * In one seed of four the groups have a lifecycle hook that waits for Tuesday when an instance is
 * ended. By chance of its own, as `maybeOld`.
 */
const maybeHooked = (seed: number, scenario: Scenario): Scenario => {
  if (draw(chanceFrom(seed * 59 + 23)) >= 0.25) return scenario;
  const terminationHook = { name: 'tuesday-drain', timeoutMs: hourMs };
  const groups = scenario.groups.map((group) => ({ ...group, terminationHook }));
  return { ...scenario, groups };
};

/** March 2025, before the update that images from April 2025 on need of their instance. */
const tooOld = [
  ['17763.7792', '17763.7009'],
  ['26100.6584', '26100.3476'],
] as const;

/**
 * In two seeds of five the fleet begins so far behind that no rebuilt image runs where it stands
 * (Windows-Containers#591). By chance of its own, so that the rest of the seed is as it was.
 */
const maybeOld = (seed: number, scenario: Scenario): Scenario => {
  if (draw(chanceFrom(seed * 31 + 11)) >= 0.4) return scenario;
  const text = tooOld.reduce(
    (json, [build, old]) => json.replaceAll(build, old),
    JSON.stringify(scenario),
  );
  return JSON.parse(text);
};

/**
 * AMIs follow their release within hours, and the second release comes within a day, but not on the
 * same day: by the date in its name is an AMI known.
 */
const soonDriven = (chance: Chance, scenario: Scenario): Scenario => {
  const { startsAt } = scenario;
  const sooner = (at: number) =>
    at < startsAt + 10 * hourMs ? at : startsAt + 14 * hourMs + ((at - startsAt) % (8 * hourMs));
  const releases = scenario.releases.map((release) => ({
    ...release,
    publishedAt: sooner(release.publishedAt),
  }));
  const publishedAt = new Map(releases.map((release) => [release.build, release.publishedAt]));
  const amis = scenario.amis.map((ami) => {
    const after = publishedAt.get(ami.build) ?? ami.publishedAt;
    const at = after < startsAt ? ami.publishedAt : after + drawBetween(chance, 30, 300) * minuteMs;
    const date = instantText(after).slice(0, 10).replaceAll('-', '.');
    return { ...ami, publishedAt: at, name: `${ami.family}-${date}` };
  });
  return { ...scenario, releases, amis };
};

/** Deadlines short enough for every edge of the state machine to be met within one run. */
export const drawPolicy = (chance: Chance): RolloutPolicy => {
  const { canaryFamily, ...rest } = {
    ...defaultPolicy,
    canaryFamily: 'tuesday-canary',
    taskStartFailuresMax: drawBetween(chance, 1, 4),
    imageAheadAfterMs: drawOne(chance, [0, 2 * hourMs, 7 * 24 * hourMs]),
    rebuildDeadlineMs: drawBetween(chance, 3, 9) * hourMs,
    drainDeadlineMs: drawBetween(chance, 15, 60) * minuteMs,
    replacementDeadlineMs: drawBetween(chance, 15, 40) * minuteMs,
    deploymentDeadlineMs: drawBetween(chance, 30, 90) * minuteMs,
    standstillDeadlineMs: drawBetween(chance, 15, 60) * minuteMs,
    settleMs: drawBetween(chance, 10, 60) * minuteMs,
    start: 'automatic' as const,
    outOfBandIsEmergency: draw(chance) < 0.5,
  };
  return draw(chance) < 0.8 ? { ...rest, canaryFamily } : rest;
};

export const defaultBudget: Budget = {
  instances: { percent: 10 },
  services: { percent: 20 },
  reasons: [{ reason: 'patch' }, { reason: 'manual' }],
};

const budgets: readonly Budget[] = [
  { instances: { percent: 34 }, services: { percent: 34 }, reasons: [{ reason: 'patch' }] },
  {
    instances: { count: 2 },
    services: { count: 2 },
    reasons: [{ reason: 'patch' }, { reason: 'drift' }],
  },
  { instances: { percent: 50 }, services: { percent: 20 }, reasons: [{ reason: 'patch' }] },
];

/** What the operator of this fleet has decided: Tuesday drives, and starts by itself. */
export const adopt = async (
  store: EventStore,
  world: World,
  chance: Chance,
  seed: number,
): Promise<RolloutPolicy> => {
  const now = world.now as Instant;
  const { clusterName, account, region } = world;
  const clusterArn = world.clusterArn as ClusterArn;
  const policy = {
    ...drawPolicy(chance),
    ...drawPrefetch(seed),
    ...drawReplacement(seed),
    ...drawTemplates(seed),
  };
  const actor = 'operator';
  const commands: readonly ClusterCommand[] = [
    { type: 'AdoptCluster', clusterArn, clusterName, account, region, shards: 4, now },
    { type: 'SetPolicy', policy, actor, now },
    { type: 'SetMode', mode: 'drive', actor, now },
  ];
  for (const command of commands) {
    await send(store, cluster, clusterStream(clusterName), command, now);
  }
  const { windows, closing, budget } = drawMaintenance(seed) ?? { windows: [alwaysOpen] };
  const opening = { type: 'SetWindows', windows, closing, actor, now } as const;
  await send(store, maintenance, maintenanceStream(clusterName), opening, now);
  const drawn = draw(chance) < 0.5 ? drawOne(chance, budgets) : undefined;
  const decided = budget ?? drawn ?? (policy.prefetch && defaultBudget);
  if (decided !== undefined) {
    const reasons = [
      ...decided.reasons,
      ...(policy.prefetch ? [{ reason: 'prefetch' as const }] : []),
    ];
    const command = { type: 'SetBudget', budget: { ...decided, reasons }, actor, now } as const;
    await send(store, ledger, ledgerStream(clusterName), command, now);
  }
  return policy;
};

/** Two seeds in five launch before they end; by chance of its own, as `maybeOld`. */
export const isBySurge = (seed: number): boolean => draw(chanceFrom(seed * 43 + 19)) < 0.4;

const drawReplacement = (seed: number): Pick<RolloutPolicy, 'replacement'> =>
  isBySurge(seed) ? { replacement: 'surge' } : {};

/** Groups that have room for one or two more, and some that have none. */
const maybeTight = (seed: number, scenario: Scenario): Scenario => {
  if (!isBySurge(seed)) return scenario;
  const chance = chanceFrom(seed * 47 + 23);
  const groups = scenario.groups.map((group) => {
    const begun = scenario.instances.filter((each) => each.group === group.name).length;
    const more = drawOne(chance, [0, 1, 1, 2, 2, 3, 3]);
    // One at a time a large one would not come to its end within a run.
    return { ...group, maxSize: begun + (begun > 6 ? Math.max(more, Math.ceil(begun / 3)) : more) };
  });
  return { ...scenario, groups };
};

/** One seed in three pulls images beforehand; by chance of its own, as `maybeOld`. */
const drawPrefetch = (seed: number): Pick<RolloutPolicy, 'prefetch'> => {
  const chance = chanceFrom(seed * 41 + 7);
  if (draw(chance) >= 0.34) return {};
  const deadlineMs = drawBetween(chance, 4, 30) * minuteMs;
  return { prefetch: { memoryMiB: drawOne(chance, [256, 512, 1_024]), deadlineMs } };
};

/** People drain as well, out of the same budget. */
export const adoptDrains = async (store: EventStore, world: World): Promise<void> => {
  const now = world.now as Instant;
  const stream = ledgerStream(world.clusterName);
  const { budget } = (await store.load(stream, ledger)).state;
  const reasons = [...budget.reasons.filter(({ reason }) => reason !== 'manual'), manual];
  const command = { type: 'SetBudget', budget: { ...budget, reasons }, actor, now } as const;
  await send(store, ledger, stream, command, now);
};

const actor = 'operator';
const manual = { reason: 'manual' } as const;

/** Time is short: half of everything may be disturbed at once. */
export const hurry = async (store: EventStore, world: World): Promise<void> => {
  const now = world.now as Instant;
  const budget: Budget = {
    instances: { percent: 50 },
    services: { percent: 50 },
    reasons: [{ reason: 'patch' }, manual],
  };
  const command = { type: 'SetBudget', budget, actor: 'operator', now } as const;
  await send(store, ledger, ledgerStream(world.clusterName), command, now);
};
