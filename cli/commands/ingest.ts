import type { Command } from 'commander';
import { type IngestResult, type IngestTools, ingestBatch } from '../../functions/ingest/ingest.ts';
import { jsonTextsIn, readSourceFiles } from '../documents.ts';
import { printable } from '../printable.ts';
import { count } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly store: string;
  readonly json?: boolean;
  readonly cluster?: readonly string[];
  readonly account?: readonly string[];
  readonly region?: readonly string[];
};

/** As many as SQS hands to the function `ingest` at once. */
const batchMax = 100;

/**
 * `tuesday ingest <file...>`: hands AWS events to the ingest handler, and says of each what became
 * of it.
 */
export const ingestCommand = (program: Command, tools: CliTools): void => {
  program
    .command('ingest <file...>')
    .description('hand AWS events to the record: one a file, a list, or one a line')
    .option(
      '--cluster <name>',
      'only events of this cluster, by name or ARN; may be repeated',
      more,
    )
    .option('--account <id>', 'only events of this account; may be repeated', more)
    .option('--region <region>', 'only events of this region; may be repeated', more)
    .action((files: readonly string[], _options, command: Command) =>
      ingest(files, command.optsWithGlobals<Options>(), tools),
    );
};

/** Collects an option that may be given several times. */
const more = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

type Told = { readonly file: string; readonly name: string; readonly body: string };

const ingest = async (files: readonly string[], options: Options, tools: CliTools) => {
  const told = readSourceFiles(files).flatMap(({ file, text }) => toldIn(file, text));
  const store = tools.openStore(options.store, { create: true });
  const { account: accounts, region: regions, cluster: clusters } = options;
  const work = { store, now: tools.now, scope: { accounts, regions, clusters } };
  try {
    const outcomes = new Map<IngestResult['outcome'], number>();
    for (let start = 0; start < told.length; start += batchMax) {
      const batch = told.slice(start, start + batchMax);
      for (const [each, result] of await ingestTold(work, batch)) {
        outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
        tools.out(options.json ? recordOf(each, result) : lineOf(each, result));
      }
    }
    if (!options.json) tools.out(summaryOf(told.length, outcomes));
    const failed = outcomes.get('failed') ?? 0;
    if (failed > 0) {
      throw new UserError(`${count(failed, 'event')} could not be stored`, 'give them once more');
    }
  } finally {
    store.close();
  }
};

const toldIn = (file: string, text: string): readonly Told[] => {
  const bodies = jsonTextsIn(text);
  // An empty file is a body that is no event; silence would look as if all were well.
  if (bodies.length === 0) return [{ file, name: file, body: text }];
  return bodies.map((body, index) => {
    const name = bodies.length === 1 ? file : `${file} (${index + 1} of ${bodies.length})`;
    return { file, name, body };
  });
};

const ingestTold = async (work: IngestTools, batch: readonly Told[]) => {
  const results = await ingestBatch(
    work,
    batch.map(({ body }) => body),
  );
  return batch.flatMap((each, index) => {
    const result = results[index];
    return result === undefined ? [] : [[each, result] as const];
  });
};

/**
 * Three fields and no more, for scripts; the whole of what was parked is in `tuesday parked show`.
 */
const recordOf = ({ file }: Told, result: IngestResult): string => {
  const reason = result.outcome === 'applied' ? null : result.reason;
  return JSON.stringify({ file, outcome: result.outcome, reason });
};

const lineOf = ({ name }: Told, result: IngestResult): string => {
  if (result.outcome === 'applied') return `applied  ${name}`;
  const outcome = result.outcome.padEnd('applied'.length);
  return `${outcome}  ${name}  ${result.reason}: ${printable(result.detail)}`;
};

const summaryOf = (total: number, outcomes: ReadonlyMap<IngestResult['outcome'], number>) => {
  const counts = [...outcomes].map(([outcome, number]) => `${number} ${outcome}`);
  const parked = outcomes.has('parked') ? '; see `tuesday parked`' : '';
  return `${count(total, 'event')}: ${counts.join(', ')}${parked}`;
};
