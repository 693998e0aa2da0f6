import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { cloudFileOf } from '../../infra/local/cloudClock.ts';
import { forget, seedOf } from '../lived.ts';
import { liveOctober } from '../start/liveOctober.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly store: string;
  readonly json?: boolean;
  readonly seed: string;
  readonly reset?: boolean;
  readonly until?: string;
};

/** `tuesday start`: lives October 2025 over a simulated AWS on this machine. */
export const startCommand = (program: Command, tools: CliTools): void => {
  program
    .command('start')
    .description('live October 2025 on this machine: see it arrive, spread and finish')
    .option('--seed <number>', 'another fleet history; the same seed gives the same summary', '7')
    .option('--until <moment>', 'stop there, such as 2025-10-18T20:00Z; start again to go on')
    .option('--reset', 'begin the month anew instead of carrying on')
    .action((_options, command: Command) => start(command.optsWithGlobals<Options>(), tools));
};

const start = async (
  { store, json, seed, reset, until }: Options,
  tools: CliTools,
): Promise<void> => {
  const lived = seedOf(seed);
  const untilMs = until === undefined ? undefined : Date.parse(until);
  if (Number.isNaN(untilMs)) {
    throw new UserError(`--until ${until} is no moment`, 'give one such as 2025-10-18T20:00Z');
  }
  const cloudFile = cloudFileOf(store);
  if (reset) forget(store, cloudFile);
  mkdirSync(dirname(store), { recursive: true });
  const place = { store, cloudFile, seed: lived, json: json === true };
  await liveOctober({ ...place, ...(untilMs !== undefined && { until: untilMs }) }, tools);
};
