import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { eventTypes, type StoredEvent } from '../../events/catalogue.ts';
import type { EventStore, SequencedCommit } from '../../infra/eventStore/eventStore.ts';
import { eventSummary } from '../eventSummary.ts';
import { table } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly store: string;
  readonly json?: boolean;
  readonly stream?: string;
  readonly after: number;
  readonly type?: string;
  readonly limit: number;
  readonly follow?: boolean;
};

const commitsPerPage = 500;

/** Waits before looking again; false ends `--follow`, which a person ends with Ctrl-C. */
type Pause = () => Promise<boolean>;
const aSecond: Pause = () => setTimeout(1000, true);

/** `tuesday events`: what the record holds, in the order in which it was written. */
export const eventsCommand = (program: Command, tools: CliTools, pause: Pause = aSecond): void => {
  program
    .command('events')
    .description('list what the record holds, oldest first')
    .option('--stream <stream>', 'one stream, or with a # at the end all of a kind: rollout#')
    .option('--after <sequence>', 'only what came after this sequence', atLeast(0, '--after'), 0)
    .option('--type <EventType>', 'only events of this type, such as LeaseGranted', knownType)
    .option('--limit <n>', 'stop after n events, at the end of a commit', atLeast(1, '--limit'))
    .option('--follow', 'wait for more, until Ctrl-C')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const store = tools.openStore(options.store, { create: false });
      try {
        await list(
          store,
          { ...options, limit: options.limit ?? Number.POSITIVE_INFINITY },
          tools,
          pause,
        );
      } finally {
        store.close();
      }
    });
};

const list = async (
  store: EventStore,
  options: Options,
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

/** Lines go out one by one, except the rows of a table, which wait for `flush` to be aligned. */
const printer = ({ json, stream, type }: Options, { isTerminal, out }: CliTools) => {
  let rows: (readonly string[])[] = isTerminal && !json ? [header] : [];
  return {
    /** Prints the events of a commit that were asked for, and says how many. */
    add: (commit: SequencedCommit): number => {
      if (stream !== undefined && !isOf(stream, commit.stream)) return 0;
      const events = commit.events as readonly StoredEvent[];
      const chosen = events.filter((event) => type === undefined || event.type === type);
      for (const event of chosen) {
        if (json) out(JSON.stringify(recordOf(commit, event)));
        else if (isTerminal) rows.push(cellsOf(commit, event));
        else out(cellsOf(commit, event).join('\t'));
      }
      return chosen.length;
    },
    flush: (): void => {
      for (const line of table(rows, [0, 3])) out(line);
      rows = [];
    },
  };
};

const isOf = (wanted: string, stream: string): boolean =>
  wanted.endsWith('#') ? stream.startsWith(wanted) : stream === wanted;

const header = ['sequence', 'at', 'stream', 'version', 'type', 'data'];

const cellsOf = (commit: SequencedCommit, { type, data }: StoredEvent): readonly string[] => [
  `${commit.sequence}`,
  new Date(commit.at).toISOString(),
  commit.stream,
  `${commit.version}`,
  type,
  eventSummary(data),
];

/** The data as it is stored: moments in it are numbers of milliseconds. */
const recordOf = ({ events: _, at, ...commit }: SequencedCommit, event: StoredEvent) => ({
  ...commit,
  at: new Date(at).toISOString(),
  type: event.type,
  data: event.data,
});

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
