import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SeedReport } from './simulate.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * Lives `seeds` seeds from `from` on in `processes` processes, every process each so-manieth seed.
 * Answers in the order of the seeds; `told` hears of each as it ends.
 */
export const simulateInParallel = async (
  {
    from,
    seeds,
    steps,
    processes,
  }: {
    readonly from: number;
    readonly seeds: number;
    readonly steps: number;
    readonly processes: number;
  },
  told: (report: SeedReport) => void = () => {},
): Promise<readonly SeedReport[]> => {
  const reports: SeedReport[] = [];
  const live = (part: number) =>
    new Promise<void>((resolve, reject) => {
      const share = Math.ceil((seeds - part) / processes);
      if (share <= 0) return resolve();
      const options = { from: from + part, seeds: share, steps, stride: processes };
      const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
      const child = spawn(process.execPath, ['--no-warnings', main, '--json', ...flags], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      createInterface({ input: child.stdout }).on('line', (line) => {
        const report = JSON.parse(line) as SeedReport;
        reports.push(report);
        told(report);
      });
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`a process of the simulation ended with ${code}`));
      });
    });
  await Promise.all(Array.from({ length: processes }, (_, part) => live(part)));
  return reports.sort((a, b) => a.seed - b.seed);
};
