import { CannotMeasure } from './cannotMeasure.ts';
import type { Figure } from './figure.ts';

// `npm run bench` prints every figure, `npm run bench -- store` those whose name begins so, one
// JSON object a line. Exits with 1 when a figure misses its goal.

type Suite = () => Promise<readonly Figure[]>;

/**
 * By the first word of their figures; loaded only when asked for. Those that need what a machine
 * may lack come last, because the run ends where something is missing.
 */
const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  october: async () => (await import('./october.ts')).october,
  bundle: async () => (await import('./bundle.ts')).bundle,
  ingest: async () => (await import('./ingest.ts')).ingest,
  placement: async () => (await import('./placement.ts')).placement,
  packing: async () => (await import('./packing.ts')).packing,
  rollout: async () => (await import('./rollout.ts')).rollout,
  simulation: async () => (await import('./simulation.ts')).simulation,
  store: async () => (await import('./store.ts')).store,
  packingOpenb: async () => (await import('./packing.ts')).packingOpenb,
};

const wanted = process.argv[2] ?? '';
const words = Object.keys(suites).filter((word) => word.startsWith(wanted.split('.')[0] ?? ''));
if (words.length === 0) {
  console.error(`no figure begins with ${wanted}; give one of: ${Object.keys(suites).join(', ')}`);
  process.exitCode = 2;
}
try {
  for (const word of words) {
    const measure = await suites[word]?.();
    for (const figure of (await measure?.()) ?? []) {
      if (!figure.figure.startsWith(wanted)) continue;
      console.log(JSON.stringify(figure));
      if (figure.holds === false) process.exitCode = 1;
    }
  }
} catch (error) {
  if (!(error instanceof CannotMeasure)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
