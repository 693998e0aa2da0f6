import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { eventTypes, type StoredEvent } from '../../events/catalogue.ts';
import type { Instant } from '../../events/ids.ts';
import type { RecordedEvent } from '../../functions/api/contract/events.ts';
import { Moment } from '../../functions/api/contract/wire.ts';
import type { EventStore, SequencedCommit } from '../../infra/eventStore/eventStore.ts';
import { withApi } from '../api/withApi.ts';
import { eventSummary } from '../eventSummary.ts';
import { remoteEvents } from '../remoteEvents.ts';
import { table } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly store: string;
  readonly api?: string;
  readonly json?: boolean;
  readonly stream?: string;
  readonly after: string;
  readonly type?: string;
  readonly from?: Instant;
  readonly until?: Instant;
  readonly cluster?: string;
  readonly limit: number;
  readonly follow?: boolean;
};

const commitsPerPage = 500;
const eventsPerPage = 1_000;

/** Waits before looking again; false ends `--follow`, which a person ends with Ctrl-C. */
type Pause = () => Promise<boolean>;
const aSecond: Pause = () => setTimeout(1000, true);

/** `tuesday events`: what the record holds, in the order in which it was written. */
export const eventsCommand = (program: Command, tools: CliTools, pause: Pause = aSecond): void => {
  program
    .command('events')
    .description('list what the record holds, oldest first')
    .option('--stream <stream>', 'one stream, or with a # at the end all of a kind: rollout#')
    .option('--after <sequence>', 'only what came after; of --api the cursor it printed', '0')
    .option('--from <moment>', 'only from this moment on, ISO 8601 in UTC', momentIn('--from'))
    .option('--until <moment>', 'only to this moment, ISO 8601 in UTC', momentIn('--until'))
    .option('--cluster <name>', 'of --api: the cluster, where more than one is known')
    .option('--type <EventType>', 'only events of this type, such as LeaseGranted', knownType)
    .option('--limit <n>', 'stop after n events, at the end of a commit', atLeast(1, '--limit'))
    .option('--follow', 'wait for more, until Ctrl-C')
    .action(async (_, command: Command) => {
      const given = command.optsWithGlobals<Options>();
      const options = { ...given, limit: given.limit ?? Number.POSITIVE_INFINITY };
      if (options.api !== undefined) return listRemote(options, tools, pause);
      const after = atLeast(0, '--after')(options.after);
      const store = tools.openStore(options.store, { create: false });
      try {
        return await list(store, { ...options, after }, tools, pause);
      } finally {
        store.close();
      }
    });
};

const listRemote = (options: Options, tools: CliTools, pause: Pause): Promise<void> =>
  withApi(options, tools, async (api) => {
    const print = printer(options, tools);
    const readPage = await remoteEvents(api, options, tools.now());
    let cursor = options.after === '0' ? undefined : options.after;
    let left = options.limit;
    for (;;) {
      const page = await readPage(Math.min(left, eventsPerPage), cursor);
      for (const event of page.items) print.line(event);
      cursor = page.next;
      left -= page.items.length;
      if (left <= 0) {
        print.flush();
        tools.err(`stopped at --limit; go on with --after ${cursor}`);
        return;
      }
      if (!page.isEnd) continue;
      print.flush();
      if (!options.follow || !(await pause())) return;
    }
  });

const list = async (
  store: EventStore,
  options: Omit<Options, 'after'> & { readonly after: number },
  tools: CliTools,
  pause: Pause,
): Promise<void> => {
  const print = printer(options, tools);
  let { after } = options;
  let left = options.limit;
  for (;;) {
    const page = await store.readAll(after, commitsPerPage);
    for (const commit of page) {
      after = commit.sequence;
      left -= print.add(commit);
      if (left <= 0) {
        print.flush();
        tools.err(`stopped at --limit; go on with --after ${after}`);
        return;
      }
    }
    if (page.length === commitsPerPage) continue;
    print.flush();
    if (!options.follow || !(await pause())) return;
  }
};

type Line = Omit<RecordedEvent, 'data'> & { readonly sequence?: number; readonly data: unknown };
type Wanted = Pick<Options, 'json' | 'stream' | 'type' | 'from' | 'until'>;

/** Lines go out one by one, except the rows of a table, which wait for `flush` to be aligned. */
const printer = (wanted: Wanted, { isTerminal, out }: CliTools) => {
  const { json, stream, type, from = 0, until = Number.POSITIVE_INFINITY } = wanted;
  let rows: (readonly string[])[] = isTerminal && !json ? [header] : [];
  const line = (event: Line): void => {
    if (json) out(JSON.stringify(recordOf(event)));
    else if (isTerminal) rows.push(cellsOf(event));
    else out(cellsOf(event).join('\t'));
  };
  return {
    line,
    /** Prints the events of a commit that were asked for, and says how many. */
    add: ({ events, ...commit }: SequencedCommit): number => {
      if (stream !== undefined && !isOf(stream, commit.stream)) return 0;
      if (commit.at < from || commit.at > until) return 0;
      const chosen = (events as readonly StoredEvent[]).filter(
        (event) => type === undefined || event.type === type,
      );
      for (const { type: named, data } of chosen) line({ ...commit, type: named, data });
      return chosen.length;
    },
    flush: (): void => {
      for (const text of table(rows, [0, 3])) out(text);
      rows = [];
    },
  };
};

const isOf = (wanted: string, stream: string): boolean =>
  wanted.endsWith('#') ? stream.startsWith(wanted) : stream === wanted;

const header = ['sequence', 'at', 'stream', 'version', 'type', 'data'];

/** Only a store of one machine keeps an order over all streams. */
const cellsOf = ({ sequence, at, stream, version, type, data }: Line): readonly string[] => [
  sequence === undefined ? '-' : `${sequence}`,
  new Date(at).toISOString(),
  stream,
  `${version}`,
  type,
  eventSummary(data),
];

/** The data as it is stored: moments in it are numbers of milliseconds. */
const recordOf = ({ at, type, data, ...commit }: Line) => ({
  ...commit,
  at: new Date(at).toISOString(),
  type,
  data,
});

const momentIn = (option: string) => (text: string) => {
  const moment = Moment.safeDecode(text);
  if (moment.success) return moment.data;
  throw new UserError(`${option} ${text}`, 'write it such as 2025-10-14T17:00:00Z');
};

const atLeast = (least: number, option: string) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new UserError(`${option} ${text}`, `give a whole number, ${least} or more`);
};

const knownType = (text: string): string => {
  const types: readonly string[] = eventTypes;
  if (types.includes(text)) return text;
  const start = text.slice(0, 4).toLowerCase();
  const alike = types.filter((type) => type.toLowerCase().startsWith(start));
  throw new UserError(
    `--type ${text} is no event of Tuesday`,
    `give one of ${(alike.length > 0 ? alike : types).join(', ')}`,
  );
};
