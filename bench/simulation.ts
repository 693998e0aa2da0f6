import { simulateInParallel } from '../test/simulation/parallel.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

// The fault simulation: how many seeds are lived in the time that a run of CI may take, and what
// they broke. Reckoned up from fewer seeds, because their number grows with the time.

const reckonedSeconds = 120;
const seeds = 48;
const steps = 300;
const processes = 2;

export const simulation = async (): Promise<readonly Figure[]> => {
  const beganAt = performance.now();
  const reports = await simulateInParallel({ from: 1, seeds, steps, processes });
  const seconds = (performance.now() - beganAt) / 1000;
  const lived = `seeds 1 to ${seeds} of ${steps} steps, ${processes} processes`;
  const violations = reports.reduce((sum, report) => sum + report.violations.length, 0);
  return [
    atLeast({
      figure: 'simulation.seeds',
      value: Math.floor((seeds / seconds) * reckonedSeconds),
      unit: `seeds in ${reckonedSeconds} s`,
      goal: 2000,
      on: `${lived}: ${seconds.toFixed(1)} s, reckoned up; docs/adr/0006-seeds-in-two-minutes.md`,
    }),
    atMost({
      figure: 'simulation.violations',
      value: violations,
      unit: 'violations',
      goal: 0,
      on: lived,
    }),
  ];
};
