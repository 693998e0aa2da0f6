import type { Command } from 'commander';
import { openLivedRecord } from '../../infra/local/livedRecord.ts';
import { amiDates } from '../../infra/local/scenario/publication.ts';
import { replaySpan, replayYears } from '../../infra/local/scenario/replayYears.ts';
import { forget, seedOf } from '../lived.ts';
import { liveReplay, type Replayed } from '../replay/liveReplay.ts';
import { replayProgress } from '../replay/progress.ts';
import { summaryOf } from '../replay/summary.ts';
import { summaryLines } from '../replay/summaryLines.ts';
import { count } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly store: string;
  readonly json?: boolean;
  readonly from: string;
  readonly to: string;
  readonly seed: string;
  readonly reset?: boolean;
};

/** `tuesday replay`: lives the months that really happened, and says what came of each release. */
export const replayCommand = (program: Command, tools: CliTools): void => {
  program
    .command('replay')
    .description('live real months of Windows releases: what came when, what was exposed how long')
    .option('--from <day>', `the first day, from ${replaySpan.from}`, '2025-03-01')
    .option('--to <day>', `the last day, to ${replaySpan.to}`, '2026-03-31')
    .option('--seed <number>', 'another fleet history; the same seed gives the same summary', '7')
    .option('--reset', 'begin anew instead of carrying on')
    .action((_options, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const isGiven = command.parent?.getOptionValueSource('store') === 'cli';
      return replay(isGiven ? options : { ...options, store: '.data/replay.sqlite' }, tools);
    });
};

const replay = async (options: Options, tools: CliTools): Promise<void> => {
  const { store, json, from, to } = options;
  const seed = seedOf(options.seed);
  const scenario = replayYears(spanOf(options));
  if (options.reset) forget(store);
  const record = openLivedRecord(store, `${scenario.name} seed ${seed}`);
  try {
    const progress = replayProgress(scenario, record.restored !== undefined, {
      ...tools,
      quiet: json === true,
    });
    if (!json) {
      const tasks = scenario.services.reduce((sum, { desiredCount }) => sum + desiredCount, 0);
      const fleet = `${count(scenario.instances.length, 'instance')}, ${count(tasks, 'task')}`;
      tools.out(`Tuesday lives ${from} to ${to} over ${fleet}, seed ${seed}.`);
      tools.out('Releases, tags and sizes are Microsoft’s real ones; the fleet is made up.');
    }
    const lived = await liveReplay(scenario, seed, record, {
      wallClock: () => performance.now(),
      progress: progress.show,
    });
    progress.end();
    print(lived, options, tools);
  } finally {
    record.close();
  }
};

const print = (lived: Replayed, { json, store }: Options, tools: CliTools) => {
  const listed = amiDates().flatMap(({ date, modelled }) =>
    modelled ? [] : [date.replaceAll('.', '-')],
  );
  const summary = summaryOf(lived, new Set(listed));
  if (json) {
    for (const row of summary.releases) tools.out(JSON.stringify(row));
    return;
  }
  for (const line of ['', ...summaryLines(summary)]) tools.out(line);
  tools.out('');
  tools.out(`The record is in ${store}: npm run tuesday -- exposure --store ${store}`);
};

const spanOf = ({ from, to }: Options): { readonly from: string; readonly to: string } => {
  for (const [name, day] of [
    ['from', from],
    ['to', to],
  ] as const) {
    const isDay = /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day));
    if (!isDay) throw new UserError(`--${name} ${day} is no day`, 'give one such as 2025-03-01');
    if (day >= replaySpan.from && day <= replaySpan.to) continue;
    const span = `${replaySpan.from} to ${replaySpan.to}`;
    throw new UserError(`--${name} ${day} is outside what is known`, `give a day of ${span}`);
  }
  if (from > to) throw new UserError(`--from ${from} is after --to ${to}`, 'turn them round');
  return { from, to };
};
