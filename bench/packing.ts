import type { PackingProblem } from '../domain/placement/packing/packing.ts';
import { packingFaults } from '../domain/placement/packing/packingFaults.ts';
import { packTasks } from '../domain/placement/packing/packTasks.ts';
import { atMost, type Figure } from './figure.ts';
import { openbProblem, openbSets } from './openb.ts';
import { peersOn } from './packingPeers.ts';
import { generatedProblem, generatedSets } from './packingSets.ts';

/** Sets that a seed makes: every machine has them. */
export const packing = async (): Promise<readonly Figure[]> =>
  generatedSets.map((set) =>
    figureOf(set.name, generatedProblem(set), `${set.on}; m5.4xlarge, seed ${set.seed}`),
  );

export const packingOpenb = async (): Promise<readonly Figure[]> =>
  openbSets.map((set) => {
    const size = `${set.cpus} vCPU, ${set.memoryGiB} GiB, ${set.gpus} GPUs`;
    const on = `openb_pod_list_${set.trace}; instances of ${size}`;
    return figureOf(set.name, openbProblem(process.env.OPENB_CSV, set), on);
  });

const figureOf = (name: string, problem: PackingProblem, on: string): Figure => {
  const plan = packTasks(problem);
  const faults = packingFaults(problem, plan);
  if (faults.length > 0) throw new Error(`the plan for ${name} is not valid: ${faults[0]}`);
  if (plan.unplaced.length > 0) throw new Error(`${plan.unplaced.length} tasks are not placed`);
  const { lowerBound, launched } = plan;
  const over = (bins: number) => Math.round((bins / lowerBound.instances) * 10_000) / 10_000;
  const against = Object.entries(peersOn(problem)).map(([peer, bins]) => [peer, over(bins)]);
  return atMost({
    figure: `packing.binsOverBound.${name}`,
    value: over(launched.length),
    unit: 'instances over lower bound',
    goal: 1.02,
    against: Object.fromEntries(against),
    on: [
      `${problem.tasks.length} tasks`,
      on,
      `${launched.length} instances`,
      `bound ${lowerBound.instances} by ${lowerBound.by} of ${lowerBound.of ?? 'all'}`,
    ].join('; '),
  });
};
