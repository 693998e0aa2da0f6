import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { strategyText } from '../domain/placement/explain/strategyText.ts';
import {
  createPlacementIndex,
  place,
  planPlacements,
} from '../domain/placement/indexed/placementIndex.ts';
import type { PlacementProblem, PlacementStrategy } from '../domain/placement/placementProblem.ts';
import { compareWithOracle } from '../test/placement/oracle/compareWithOracle.ts';
import { atLeast, atMost, type Figure } from './figure.ts';
import { filterAndSort } from './filterAndSort.ts';
import { placementFleet } from './placementFleet.ts';

const seed = 7;
const rounds = 15;

/**
 * How fast the index decides. Placements a second are the median of 15 runs over a whole fleet
 * after two that nobody counts, building included; ratios are medians of runs taken in turn.
 */
export const placement = async (): Promise<readonly Figure[]> => [
  ...speed(),
  ...byStrategy(),
  growth(),
  constrained(),
  reasons(),
  ...(await whatIf()),
  disagreements(),
];

const whole = { instanceCount: 5_000, taskCount: 100_000, seed };
const wholeOn =
  '5,000 instances, 100,000 tasks of 200 services in random order, spread(zone) and ' +
  `binpack(memory), a fifth with a static port; seed ${seed}`;

/** Seconds for all tasks, the index built anew. */
const secondsOf = ({ instances, tasks, rules }: PlacementProblem, countsReasons = true): number => {
  const start = performance.now();
  const index = createPlacementIndex(instances, rules, { countsReasons });
  for (const task of tasks) place(index, task);
  return (performance.now() - start) / 1_000;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const runs = (problem: PlacementProblem, times = rounds): readonly number[] =>
  Array.from({ length: times + 2 }, () => secondsOf(problem)).slice(2);

const speed = (): readonly Figure[] => {
  const problem = placementFleet(whole);
  const peerTasks = problem.tasks.slice(0, 150);
  const taken: number[] = [];
  const ratios: number[] = [];
  const peers: number[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const ours = secondsOf(problem) / problem.tasks.length;
    const peer = filterAndSort(problem);
    const start = performance.now();
    for (const task of peerTasks) peer(task);
    const theirs = (performance.now() - start) / 1_000 / peerTasks.length;
    if (round < 0) continue;
    taken.push(ours);
    peers.push(theirs);
    ratios.push(theirs / ours);
  }
  return [
    atLeast({
      figure: 'placement.perSecond',
      value: Math.round(1 / median(taken)),
      unit: 'placements/s',
      goal: 1_000_000,
      against: { filterAndSort: Math.round(1 / median(peers)) },
      on: wholeOn,
    }),
    atLeast({
      figure: 'placement.overFilterSort',
      value: Math.round(median(ratios)),
      unit: 'times',
      goal: 500,
      against: { filterAndSort: 1 },
      on: `${wholeOn}; filter and sort over the first ${peerTasks.length} tasks, in turn`,
    }),
  ];
};

const otherChains: Readonly<Record<string, readonly PlacementStrategy[]>> = {
  zoneAndInstance: [
    { type: 'spread', field: 'attribute:ecs.availability-zone' },
    { type: 'spread', field: 'instanceId' },
  ],
  binpackCpu: [{ type: 'binpack', field: 'cpu' }],
  random: [{ type: 'random' }],
};

/** Other strategies: those that touch another instance each time leave more to look at again. */
const byStrategy = (): readonly Figure[] =>
  Object.entries(otherChains).map(([name, strategies]) => {
    const fleet = placementFleet(whole);
    const tasks = fleet.tasks.map((task, index) => ({
      ...task,
      strategies,
      chance: (index * 0.618) % 1,
    }));
    return {
      figure: `placement.perSecond.${name}`,
      value: Math.round(tasks.length / median(runs({ ...fleet, tasks }, 5))),
      unit: 'placements/s',
      on: wholeOn.replace('spread(zone) and binpack(memory)', strategies.map(strategyText).join()),
    };
  });

/** What one placement costs in a fleet of 15 times the size, and 20 tasks for each instance. */
const growth = (): Figure => {
  const small = placementFleet({ instanceCount: 1_000, taskCount: 20_000, seed });
  const large = placementFleet({ instanceCount: 15_000, taskCount: 300_000, seed });
  const ratios: number[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const one = secondsOf(small) / small.tasks.length;
    const other = secondsOf(large) / large.tasks.length;
    if (round >= 0) ratios.push(other / one);
  }
  return atMost({
    figure: 'placement.growth',
    value: Number(median(ratios).toFixed(2)),
    unit: 'times',
    goal: 2,
    on: `per placement, 15,000 instances and 300,000 tasks over 1,000 and 20,000; seed ${seed}`,
  });
};

const constrained = (): Figure => {
  const problem = placementFleet({ ...whole, constrainedShare: 0.3 });
  return atLeast({
    figure: 'placement.constrainedPerSecond',
    value: Math.round(problem.tasks.length / median(runs(problem))),
    unit: 'placements/s',
    goal: 200_000,
    on: `${wholeOn}; 30% of services with memberOf two of five pools and distinctInstance`,
  });
};

const reasons = (): Figure => {
  const problem = placementFleet(whole);
  const ratios: number[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const isFirst = round % 2 === 0;
    const one = secondsOf(problem, isFirst);
    const other = secondsOf(problem, !isFirst);
    if (round >= 0) ratios.push(isFirst ? one / other : other / one);
  }
  return atMost({
    figure: 'placement.reasonsCost',
    value: Number(median(ratios).toFixed(2)),
    unit: 'times',
    goal: 1.2,
    on: `with the instances that each rule removed in every decision, over without; ${wholeOn}`,
  });
};

/** In a process of its own that has compiled nothing yet. */
const whatIf = async (): Promise<readonly Figure[]> => {
  const script = fileURLToPath(new URL('./whatIf.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const { seconds, megabytes } = JSON.parse(stdout) as { seconds: number; megabytes: number };
  const on = `one run in a new process, every decision kept; ${wholeOn}`;
  return [
    atMost({ figure: 'placement.whatIf.seconds', value: seconds, unit: 's', goal: 1, on }),
    atMost({ figure: 'placement.whatIf.megabytes', value: megabytes, unit: 'MB', goal: 300, on }),
  ];
};

const disagreements = (): Figure => {
  const found = compareWithOracle(planPlacements, { seed: 9, decisions: 100_000 });
  return atMost({
    figure: 'placement.oracleDisagreements',
    value: found.disagreements.length,
    unit: 'disagreements',
    goal: 0,
    on:
      `${found.decisions} decisions in ${found.problems} random problems of up to 40 instances ` +
      'and 40 tasks, seed 9; against a scan written from the documents alone',
  });
};
