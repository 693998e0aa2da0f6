import { isMoving } from '../../cli/start/isMoving.ts';
import { isUnderWay } from '../../domain/draining/drainState.ts';
import { advance } from '../../domain/simulation/advance.ts';
import { chanceFrom, draw, drawBetween } from '../../domain/simulation/chance.ts';
import { createWorld } from '../../domain/simulation/createWorld.ts';
import { type GroundTruth, groundTruth } from '../../domain/simulation/groundTruth.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { followViews } from '../../infra/views/views.ts';
import type { AuditStep, Meeting } from './audit.ts';
import { createAuditor } from './auditor.ts';
import { createDeliveries } from './deliveries.ts';
import { createDrainers } from './drainers.ts';
import { drawFaults, type FaultClass, type Faults } from './faultPlan.ts';
import { realHandlers } from './handlers.ts';
import { openJournal } from './journal.ts';
import { createKeeper } from './keeper.ts';
import { lossesBetween } from './losses.ts';
import { emptyMemory, openMemoryEventStore } from './memoryStore.ts';
import { createPeople } from './people.ts';
import { createPlane } from './plane.ts';
import { nothingPlanted, type Plant } from './plant.ts';
import { quickened } from './quickStore.ts';
import { adopt, adoptDrains, defaultBudget, drawScenario, hurry } from './scene.ts';
import { createTurns } from './turns.ts';
import { whatIsUnsettled } from './unsettled.ts';
import { createWorker } from './worker.ts';
import { clearAway, injectWorldFaults, mendWorld } from './worldFaults.ts';

export type SeedReport = {
  readonly seed: number;
  readonly steps: number;
  /** Each with the step in which it was seen. */
  readonly violations: readonly string[];
  readonly fired: Readonly<Record<FaultClass, number>>;
  readonly edges: Readonly<Record<string, number>>;
  readonly met: Readonly<Record<Meeting, number>>;
  readonly size: { readonly instances: number; readonly tasks: number };
  /** Steps from the last fault until nothing moved any more. */
  readonly restAfter: number;
  readonly lastFacts: readonly string[];
  /** Of all that was stored and all that was called, in order. */
  readonly hash: string;
};

const minuteMs = 60_000;
/** The part of a run in which faults happen; then everything must come to rest. */
const safetyShare = 0.55;
/** A loss that no event tells is seen by a sweep, and a tick may be lost too. */
const unseenSteps = 30;
/** At the end of a run nothing may move for so many steps. */
const stillSteps = 10;

/**
 * Lives one seed: the real handlers, planners, deciders, gateways and store on the virtual clock of
 * a simulated cluster, with faults first and then without. The same seed gives the same run.
 */
export const simulate = async (
  seed: number,
  { steps, plant = nothingPlanted }: { readonly steps: number; readonly plant?: Plant },
): Promise<SeedReport> => {
  const undo = plant.patch?.();
  const { store, close } = openStore(seed);
  try {
    return await live(seed, steps, plant, store);
  } finally {
    close();
    undo?.();
  }
};

/** Every tenth seed is lived on SQLite, which must give the same run and takes its time. */
const seedsPerFile = 10;

const openStore = (seed: number): { readonly store: EventStore; readonly close: () => void } => {
  if (seed % seedsPerFile !== 0) {
    return { store: openMemoryEventStore(emptyMemory()), close: () => {} };
  }
  const file = openSqliteEventStore(':memory:');
  return { store: file, close: file.close };
};

type Run = Awaited<ReturnType<typeof begin>>;

/** Everything of one run, at rest before its first step. */
const begin = async (seed: number, plant: Plant, kept: EventStore) => {
  const chance = chanceFrom(seed * 13 + 5);
  const faults = drawFaults(seed);
  const world = createWorld(drawScenario(chance, seed), seed);
  const violations: string[] = [];
  const at = { step: 0 };
  const note = (texts: readonly string[]) => {
    violations.push(...texts.map((text) => `step ${at.step}: ${text}`));
  };
  const store = quickened(plant.store?.(kept) ?? kept, (what) => note([what]));
  const journal = openJournal(store);
  const people = createPeople({ world, store, faults });
  const keeper = createKeeper(store, world, seed);
  const drainers = createDrainers(world, store, faults);
  const outage = { until: 0 };
  const late: (() => void)[] = [];
  const turns = createTurns(faults.chance);
  const plane = createPlane({
    world,
    handlers: plant.handlers?.(realHandlers) ?? realHandlers,
    faults,
    turns,
    journal,
    deliveries: createDeliveries(world, faults),
    unexpected: (what) => note([`unexpected: ${what}`]),
    newWorker: () =>
      createWorker({
        world,
        store,
        faults,
        turns,
        plant,
        outage: () => (world.now < outage.until ? 503 : undefined),
        called: (call) => journal.called({ at: world.now, ...call }),
        lastSequence: journal.sync,
        dawdle: () => advance(world, world.now + drawBetween(chance, 0, 20_000)),
        later: (work) => void late.push(work),
        rival: people.rival,
      }),
  });
  await adopt(store, world, chance, seed);
  if (faults.hasDrains) await adoptDrains(store, world);
  const spectator = followViews(store);
  const played = { chance, faults, world, store, journal, people, keeper, plane };
  return {
    ...played,
    drainers,
    spectator,
    at,
    note,
    violations,
    outage,
    late,
    auditor: auditorOf(world, faults),
  };
};

const auditorOf = (world: World, { strengths }: Faults) =>
  createAuditor({
    clusterName: world.clusterName,
    budget: defaultBudget,
    services: groundTruth(world).services,
    excuseSteps: strengths.lostEvent || strengths.delayedEvent ? unseenSteps : 3,
  });

const live = async (
  seed: number,
  steps: number,
  plant: Plant,
  kept: EventStore,
): Promise<SeedReport> => {
  const run = await begin(seed, plant, kept);
  const { world, journal, note, auditor } = run;
  const { instances, tasks } = world;
  const size = { instances: Object.keys(instances).length, tasks: Object.keys(tasks).length };
  const safetySteps = Math.floor(steps * safetyShare);
  let before = groundTruth(world);
  let lastMove = safetySteps;
  for (let step = 1; step <= steps; step += 1) {
    run.at.step = step;
    if (step === safetySteps + 1) await mend(run);
    const audited = await liveStep(run, before, {
      isCalm: step > safetySteps,
      sweeps: step === 1 || step === steps,
    });
    note(auditor.afterStep(audited));
    const { calls, commits, truth } = audited;
    const moved =
      calls.length > 0 || commits.some(({ stream }) => /^(rollout|drain)#/.test(stream));
    if (moved && step > safetySteps) lastMove = step;
    if (step === steps) {
      if (lastMove > steps - stillSteps) note([`still moves: last in step ${lastMove}`]);
      else note(auditor.atRest(audited));
      note(whatIsUnsettled(world, await run.spectator.catchUp()));
    }
    before = truth;
  }
  return {
    seed,
    steps,
    violations: run.violations,
    fired: run.faults.fired,
    edges: journal.edges,
    met: auditor.met(),
    size,
    restAfter: lastMove - safetySteps,
    lastFacts: journal.lastFacts(),
    hash: journal.hash(),
  };
};

/** From here on nothing goes wrong any more. */
const mend = async ({ faults, outage, world, people, keeper, store }: Run): Promise<void> => {
  faults.stop();
  outage.until = 0;
  mendWorld(world);
  people.giveBack();
  await keeper.open();
  await hurry(store, world);
};

/** One step, and what the auditor is told of it. */
const liveStep = async (
  { chance, faults, world, journal, people, keeper, drainers, plane, spectator, ...run }: Run,
  before: GroundTruth,
  { isCalm, sweeps }: { readonly isCalm: boolean; readonly sweeps: boolean },
): Promise<AuditStep> => {
  const views = await spectator.catchUp();
  const from = world.now;
  const isMoved = isMoving(views) || views.drains.some(isUnderWay);
  advance(
    world,
    from +
      (faults.hits('clockJumps') ? faults.jumpMs() : 0) +
      (drainers.isNoticed()
        ? drawBetween(faults.ofDrains, 10, 40) * 1000
        : stepMs(chance, isCalm, isMoved)),
  );
  const byOthers = { drained: [] as string[], deployed: [] as string[], scaled: [] as string[] };
  if (!isCalm) injectWorldFaults(world, faults);
  const interrupted = [...drainers.interrupt()];
  if (faults.hits('registryOutage')) {
    run.outage.until = world.now + drawBetween(chance, 10, 300) * minuteMs;
  }
  const cleared = isCalm || draw(chance) < 0.1 ? clearAway(world) : [];
  await people.act(views, byOthers);
  await (isCalm ? drainers.tidy(views) : drainers.act(views));
  if (!isCalm) await keeper.act(isMoving(views));
  interrupted.push(...waitingInHooks(world));
  const isDue = sweeps || crosses(from, world.now, sweepEveryMs(faults, isCalm));
  await plane.step({ watch: isDue, sweep: isDue });
  for (const work of run.late.splice(0)) work();
  await journal.sync();
  const truth = groundTruth(world);
  const { commits, calls } = journal.since();
  const losses = lossesBetween({ before, after: truth, from }, calls, cleared, world);
  const others = { ...byOthers, interrupted };
  return { now: world.now, truth, commits, calls, losses, byOthers: others };
};

/**
 * Every five minutes in truth. ECS forgets an instance an hour after its end, so where instances
 * come and go by other hands than a rollout's a sweep must come sooner than that.
 */
const sweepEveryMs = ({ hasDrains }: Faults, isCalm: boolean): number => {
  if (hasDrains) return 30 * minuteMs;
  return (isCalm ? 120 : 60) * minuteMs;
};

/** Ended by their group, for whatever reason of its own: what we end was DRAINING before. */
const waitingInHooks = (world: World): readonly string[] =>
  Object.values(world.instances)
    .filter(({ lifecycle, status }) => lifecycle === 'Terminating:Wait' && status === 'ACTIVE')
    .map(({ ec2InstanceId }) => ec2InstanceId);

const crosses = (from: number, to: number, grid: number): boolean =>
  Math.floor(from / grid) !== Math.floor(to / grid);

/** Small steps while something moves, large ones while there is only waiting to be done. */
const stepMs = (chance: Parameters<typeof draw>[0], isCalm: boolean, moving: boolean): number => {
  if (isCalm) return (moving ? 5 : 60) * minuteMs;
  const [least, most] = moving ? [1, 8] : [15, 60];
  return drawBetween(chance, least * 60, most * 60) * 1000;
};
