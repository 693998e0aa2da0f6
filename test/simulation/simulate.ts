import { isMoving } from '../../cli/start/isMoving.ts';
import { advance } from '../../domain/simulation/advance.ts';
import { chanceFrom, draw, drawBetween } from '../../domain/simulation/chance.ts';
import { createWorld } from '../../domain/simulation/createWorld.ts';
import { groundTruth } from '../../domain/simulation/groundTruth.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { followViews } from '../../infra/views/views.ts';
import { createAuditor } from './auditor.ts';
import { createDeliveries } from './deliveries.ts';
import { drawFaults, type FaultClass } from './faultPlan.ts';
import { realHandlers } from './handlers.ts';
import { openJournal } from './journal.ts';
import { lossesBetween } from './losses.ts';
import { createPeople } from './people.ts';
import { createPlane } from './plane.ts';
import { nothingPlanted, type Plant } from './plant.ts';
import { quickened } from './quickStore.ts';
import { adopt, defaultBudget, drawScenario, hurry } from './scene.ts';
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
  const file = openSqliteEventStore(':memory:');
  try {
    return await live(seed, steps, plant, file);
  } finally {
    file.close();
    undo?.();
  }
};

const live = async (
  seed: number,
  steps: number,
  plant: Plant,
  file: EventStore,
): Promise<SeedReport> => {
  const chance = chanceFrom(seed * 13 + 5);
  const faults = drawFaults(seed);
  const scenario = drawScenario(chance, seed);
  const world = createWorld(scenario, seed);
  const size = {
    instances: Object.keys(world.instances).length,
    tasks: Object.keys(world.tasks).length,
  };
  const violations: string[] = [];
  let at = 'before the first step';
  const note = (texts: readonly string[]) => violations.push(...texts.map((t) => `${at}: ${t}`));
  const store = quickened(plant.store?.(file) ?? file, (what) => note([what]));
  const journal = openJournal(store);
  const people = createPeople({ world, store, faults });
  let outageUntil = 0;
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
        outage: () => (world.now < outageUntil ? 503 : undefined),
        called: (call) => journal.called({ at: world.now, ...call }),
        lastSequence: journal.sync,
        dawdle: () => advance(world, world.now + drawBetween(chance, 0, 20_000)),
        later: (work) => void late.push(work),
        rival: people.rival,
      }),
  });
  await adopt(store, world, chance);
  const auditor = createAuditor({
    clusterName: world.clusterName,
    budget: defaultBudget,
    services: groundTruth(world).services,
    excuseSteps: faults.strengths.lostEvent || faults.strengths.delayedEvent ? unseenSteps : 3,
  });
  const spectator = followViews(store);
  const safetySteps = Math.floor(steps * safetyShare);
  let before = groundTruth(world);
  let lastMove = safetySteps;
  for (let step = 1; step <= steps; step += 1) {
    at = `step ${step}`;
    const views = await spectator.catchUp();
    const from = world.now;
    const isCalm = step > safetySteps;
    advance(world, from + stepMs(chance, isCalm, isMoving(views)));
    const deeds = { drained: [] as string[], deployed: [] as string[] };
    if (step === safetySteps + 1) {
      faults.stop();
      outageUntil = 0;
      mendWorld(world);
      people.giveBack();
      await hurry(store, world);
    }
    if (!isCalm) injectWorldFaults(world, faults);
    if (faults.hits('registryOutage'))
      outageUntil = world.now + drawBetween(chance, 10, 300) * minuteMs;
    const cleared = isCalm || draw(chance) < 0.1 ? clearAway(world) : [];
    await people.act(views, deeds);
    const isDue = crosses(from, world.now, (isCalm ? 120 : 60) * minuteMs);
    await plane.step({ watch: step === 1 || isDue, sweep: step === 1 || isDue || step === steps });
    for (const work of late.splice(0)) work();
    await journal.sync();
    const truth = groundTruth(world);
    const { commits, calls } = journal.since();
    const losses = lossesBetween({ before, after: truth, from }, calls, cleared, world);
    const audited = { now: world.now, truth, commits, calls, losses, byOthers: deeds };
    note(auditor.afterStep(audited));
    if (calls.length > 0 || commits.some(({ stream }) => stream.startsWith('rollout#'))) {
      if (isCalm) lastMove = step;
    }
    if (step === steps) {
      if (lastMove > steps - stillSteps) note([`still moves: last in step ${lastMove}`]);
      else note(auditor.atRest(audited));
      note(whatIsUnsettled(world, await spectator.catchUp()));
    }
    before = truth;
  }
  return {
    seed,
    steps,
    violations,
    fired: faults.fired,
    edges: journal.edges,
    size,
    restAfter: lastMove - safetySteps,
    lastFacts: journal.lastFacts(),
    hash: journal.hash(),
  };
};

const crosses = (from: number, to: number, grid: number): boolean =>
  Math.floor(from / grid) !== Math.floor(to / grid);

/** Small steps while something moves, large ones while there is only waiting to be done. */
const stepMs = (chance: Parameters<typeof draw>[0], isCalm: boolean, moving: boolean): number => {
  if (isCalm) return (moving ? 5 : 60) * minuteMs;
  const [least, most] = moving ? [1, 8] : [15, 60];
  return drawBetween(chance, least * 60, most * 60) * 1000;
};
