import { parseArgs } from 'node:util';
import { simulateInParallel } from './parallel.ts';
import { type SeedReport, simulate } from './simulate.ts';
import { failureLines, summaryLines, summaryOf } from './summary.ts';

// npm run simulate -- [--seeds 200] [--steps 200] [--from 1] [--seed 17]

const usage =
  'npm run simulate -- [--seeds 200] [--steps 200] [--from 1] [--seed 17] [--processes 2] [--json]';

const given = () =>
  parseArgs({
    options: {
      seeds: { type: 'string', default: '200' },
      steps: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      /** One seed alone, lived twice: both must be the same. */
      seed: { type: 'string' },
      processes: { type: 'string', default: '2' },
      /** One report a line: how this program speaks with those that it starts. */
      json: { type: 'boolean', default: false },
      stride: { type: 'string', default: '1' },
    },
  });

const readArguments = () => {
  try {
    return given().values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    return process.exit(2);
  }
};
const values = readArguments();

const whole = (name: 'seeds' | 'steps' | 'from' | 'processes' | 'stride'): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name}: ${values[name]} is no whole number above 0`);
  process.exit(2);
};

const [from, seeds, steps] = [whole('from'), whole('seeds'), whole('steps')];

const print = (lines: readonly string[]) => {
  for (const line of lines) console.log(line);
};

const part = async () => {
  const stride = whole('stride');
  for (let count = 0; count < seeds; count += 1) {
    console.log(JSON.stringify(await simulate(from + count * stride, { steps })));
  }
};

const one = async (seed: number) => {
  const report = await simulate(seed, { steps });
  const again = await simulate(seed, { steps });
  print(report.violations.length > 0 ? failureLines(report) : [`seed ${seed}: no violations`]);
  print([`trace ${report.hash}`, JSON.stringify(report.fired), JSON.stringify(report.edges)]);
  print([JSON.stringify(report.met)]);
  if (again.hash !== report.hash) print([`lived again it is another: ${again.hash}`]);
  process.exitCode = report.violations.length > 0 || again.hash !== report.hash ? 1 : 0;
};

const all = async () => {
  const beganAt = performance.now();
  let lived = 0;
  const told = (report: SeedReport) => {
    lived += 1;
    if (report.violations.length > 0) print(failureLines(report));
    else if (lived % 20 === 0) print([`${lived} of ${seeds} seeds`]);
  };
  const reports = await simulateInParallel(
    { from, seeds, steps, processes: whole('processes') },
    told,
  );
  const summary = summaryOf(reports);
  print(summaryLines(summary));
  print([`${Math.round((performance.now() - beganAt) / 1000)} s`]);
  const isFull = seeds >= 200 && steps >= 200;
  process.exitCode = summary.failed.length > 0 || (isFull && summary.never.length > 0) ? 1 : 0;
};

if (values.json) await part();
else if (values.seed !== undefined) await one(Number(values.seed));
else await all();
