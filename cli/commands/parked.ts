import type { Command } from 'commander';
import type { ParkedEntry } from '../../domain/parking/parked.ts';
import type { IngestResult } from '../../functions/ingest/ingest.ts';
import { replayParked } from '../../functions/ingest/replayParked.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { readViews } from '../../infra/views/views.ts';
import { printable } from '../printable.ts';
import { moment, table } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = { readonly store: string; readonly json?: boolean };
type Use = (store: EventStore, entries: readonly ParkedEntry[], options: Options) => unknown;

/** `tuesday parked list | show <id> | replay [<id>...]`: what could not be handled, and why. */
export const parkedCommand = (program: Command, tools: CliTools): void => {
  const parent = program.command('parked').description('events that could not be handled');
  const using = (command: Command, use: Use) =>
    withParked(command.optsWithGlobals<Options>(), tools, use);
  parent
    .command('list', { isDefault: true })
    .description('each with its reason and what to do about it')
    .action((_options, command: Command) =>
      using(command, (_store, entries, options) => list(entries, options, tools)),
    );
  parent
    .command('show <id>')
    .description('one of them whole; the first letters of its id will do')
    .action((id: string, _options, command: Command) =>
      using(command, (_store, entries, options) => show(entryNamed(entries, id), options, tools)),
    );
  parent
    .command('replay [id...]')
    .description('hand them in once more: those named, or all that were not handled yet')
    .action((ids: readonly string[], _options, command: Command) =>
      using(command, (store, entries, options) => replay(store, entries, ids, options, tools)),
    );
};

const withParked = async (options: Options, tools: CliTools, use: Use): Promise<void> => {
  const store = tools.openStore(options.store, { create: false });
  try {
    const { parked } = await readViews(store);
    await use(
      store,
      parked.flatMap(({ entries }) => Object.values(entries)),
      options,
    );
  } finally {
    store.close();
  }
};

const idShown = 12;

const list = (entries: readonly ParkedEntry[], { json }: Options, tools: CliTools) => {
  if (json) {
    for (const { body: _body, ...entry } of entries) tools.out(JSON.stringify(withIso(entry)));
    return;
  }
  if (entries.length === 0) return tools.out('nothing is parked');
  const rows = entries.map(({ parkedId, parkedAt, reason, remedy, replayed }) => [
    parkedId.slice(0, idShown),
    moment(parkedAt),
    reason,
    replayed?.outcome ?? '-',
    printable(remedy),
  ]);
  for (const line of table([['id', 'parked', 'reason', 'replayed', 'what to do'], ...rows])) {
    tools.out(line);
  }
};

const withIso = (entry: Omit<ParkedEntry, 'body'>) => ({
  ...entry,
  parkedAt: new Date(entry.parkedAt).toISOString(),
  replayed: entry.replayed && {
    ...entry.replayed,
    replayedAt: new Date(entry.replayed.replayedAt).toISOString(),
  },
});

const show = (entry: ParkedEntry, { json }: Options, tools: CliTools) => {
  if (json) return tools.out(JSON.stringify({ ...withIso(entry), body: entry.body }));
  tools.out(`${entry.parkedId}, parked ${moment(entry.parkedAt)}`);
  tools.out(`${entry.reason}: ${printable(entry.remedy)}`);
  if (entry.replayed) {
    tools.out(`replayed ${moment(entry.replayed.replayedAt)}: ${entry.replayed.outcome}`);
  }
  tools.out('');
  for (const line of entry.body.split(/\r?\n/)) tools.out(printable(line));
};

const entryNamed = (entries: readonly ParkedEntry[], id: string): ParkedEntry => {
  const [entry, ...others] = entries.filter(({ parkedId }) => parkedId.startsWith(id));
  const day = (each: ParkedEntry) => each.parkedId === entry?.parkedId;
  // The same body parked on two days is one body: the later entry stands for both.
  if (entry !== undefined && others.every(day)) return others.at(-1) ?? entry;
  const remedy = 'see `tuesday parked` for those that there are';
  throw new UserError(`${id} is ${entry === undefined ? 'not parked' : 'not one id'}`, remedy);
};

const replay = async (
  store: EventStore,
  entries: readonly ParkedEntry[],
  ids: readonly string[],
  { json }: Options,
  tools: CliTools,
) => {
  const chosen = ids.length > 0 ? ids.map((id) => entryNamed(entries, id)) : notHandled(entries);
  if (chosen.length === 0 && !json) tools.out('nothing is left to replay');
  for (const entry of chosen) {
    const result = await replayParked({ store, scope: {}, now: tools.now }, entry);
    const { outcome, reason } = whatBecame(result);
    const { parkedId } = entry;
    if (json) tools.out(JSON.stringify({ parkedId, outcome, reason }));
    else tools.out(`${parkedId.slice(0, idShown)}  ${outcome}${reason ? `  ${reason}` : ''}`);
  }
};

const notHandled = (entries: readonly ParkedEntry[]): readonly ParkedEntry[] =>
  entries.filter(({ replayed }) => !replayed || replayed.outcome.startsWith('parked'));

const whatBecame = (result: IngestResult) =>
  result.outcome === 'applied'
    ? { outcome: result.outcome, reason: null }
    : { outcome: result.outcome, reason: result.reason };
