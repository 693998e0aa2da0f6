import type { Command } from 'commander';
import type { Answer } from '../../functions/api/contract/contract.ts';
import {
  getParked,
  listParked,
  ParkedSummary,
  ParkedWhole,
  replayParked,
} from '../../functions/api/contract/parked.ts';
import { type Api, everyItem, wireJson } from '../api/api.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { printable } from '../printable.ts';
import { moment, table } from '../text.ts';
import type { CliTools } from '../tools.ts';

type Options = ApiOptions & { readonly json?: boolean };
type Use = (api: Api, options: Options) => Promise<void>;

/** `tuesday parked list | show <id> | replay [<id>...]`: what could not be handled, and why. */
export const parkedCommand = (program: Command, tools: CliTools): void => {
  const parent = program.command('parked').description('events that could not be handled');
  const using = (command: Command, use: Use) => {
    const options = command.optsWithGlobals<Options>();
    return withApi(options, tools, (api) => use(api, options));
  };
  parent
    .command('list', { isDefault: true })
    .description('each with its reason and what to do about it')
    .action((_options, command: Command) =>
      using(command, async (api, options) => list(await everyParked(api), options, tools)),
    );
  parent
    .command('show <id>')
    .description('one of them whole; the first letters of its id will do')
    .action((parkedId: string, _options, command: Command) =>
      using(command, async (api, options) =>
        show(await api.call(getParked, { parameters: { parkedId } }), options, tools),
      ),
    );
  parent
    .command('replay [id...]')
    .description('hand them in once more: those named, or all that were not handled yet')
    .action((ids: readonly string[], _options, command: Command) =>
      using(command, (api, options) => replay(api, ids, options, tools)),
    );
};

const everyParked = (api: Api): Promise<readonly ParkedSummary[]> =>
  everyItem((query) => api.call(listParked, { query }));

const idShown = 12;

const list = (entries: readonly ParkedSummary[], { json }: Options, tools: CliTools) => {
  if (json) {
    for (const entry of entries) tools.out(wireJson(ParkedSummary, entry));
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

const show = (entry: Answer<typeof getParked>, { json }: Options, tools: CliTools): void => {
  if (json) {
    tools.out(wireJson(ParkedWhole, entry));
    return;
  }
  tools.out(`${entry.parkedId}, parked ${moment(entry.parkedAt)}`);
  tools.out(`${entry.reason}: ${printable(entry.remedy)}`);
  if (entry.replayed) {
    tools.out(`replayed ${moment(entry.replayed.replayedAt)}: ${entry.replayed.outcome}`);
  }
  tools.out('');
  for (const line of entry.body.split(/\r?\n/)) tools.out(printable(line));
};

const replay = async (
  api: Api,
  ids: readonly string[],
  { json }: Options,
  tools: CliTools,
): Promise<void> => {
  const chosen = ids.length > 0 ? ids : notHandled(await everyParked(api));
  if (chosen.length === 0 && !json) tools.out('nothing is left to replay');
  for (const id of chosen) {
    const parameters = { parkedId: id };
    const { parkedId, outcome, reason } = await api.call(replayParked, { parameters });
    if (json) tools.out(JSON.stringify({ parkedId, outcome, reason }));
    else tools.out(`${parkedId.slice(0, idShown)}  ${outcome}${reason ? `  ${reason}` : ''}`);
  }
};

/** Each body once, though it may have been parked on two days. */
const notHandled = (entries: readonly ParkedSummary[]): readonly string[] => {
  const left = entries.filter(({ replayed }) => !replayed || replayed.outcome.startsWith('parked'));
  return [...new Set(left.map(({ parkedId }) => parkedId))];
};
