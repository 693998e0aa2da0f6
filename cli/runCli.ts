import { Command, CommanderError } from 'commander';
import { isGatewayError } from '../infra/aws/gateways.ts';
import { bootstrapCommand } from './commands/bootstrap.ts';
import { budgetCommand } from './commands/budget.ts';
import { capacityCommand } from './commands/capacity.ts';
import { clusterCommand } from './commands/cluster.ts';
import { drainCommand } from './commands/drain.ts';
import { eventsCommand } from './commands/events.ts';
import { explainCommand } from './commands/explain.ts';
import { exposureCommand } from './commands/exposure.ts';
import { fleetCommand } from './commands/fleet.ts';
import { importCommand } from './commands/import.ts';
import { ingestCommand } from './commands/ingest.ts';
import { lintCommand } from './commands/lint.ts';
import { parkedCommand } from './commands/parked.ts';
import { releasesCommand } from './commands/releases.ts';
import { replayCommand } from './commands/replay.ts';
import { rolloutCommand } from './commands/rollout.ts';
import { serveCommand } from './commands/serve.ts';
import { startCommand } from './commands/start.ts';
import { windowsCommand } from './commands/windows.ts';
import type { CliTools } from './tools.ts';
import { UserError } from './userError.ts';

/** What the person did wrong; 1 is kept for what went wrong here. */
const exitUserError = 2;

/**
 * Runs one command line; answers with the exit code. A person never sees a stack trace for a slip
 * of theirs.
 */
export const runCli = async (words: readonly string[], tools: CliTools): Promise<number> => {
  const program = programOf(tools);
  try {
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUserError;
    if (!(error instanceof Error)) throw error;
    if (error.name === 'LintErrors') return 1;
    if (error.name === 'UserError' || isStoreProblem(error)) {
      tools.err(`error: ${error.message}`);
      return exitUserError;
    }
    tools.err(isGatewayError(error) ? `error: ${error.message}` : String(error.stack));
    return 1;
  }
};

const isStoreProblem = ({ name }: Error) =>
  ['StoreBusy', 'StoreUnusable', 'UnreadableEvent', 'CloudUnusable'].includes(name);

export const programOf = (tools: CliTools): Command => {
  const program = new Command('tuesday')
    .description('keeps Windows containers on Amazon ECS patched')
    .option('--store <file>', 'the record to read and write', '.data/tuesday.sqlite')
    .option('--api <url>', 'ask the API there instead of a record on this machine')
    .option('--json', 'one JSON object a line instead of text')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)')
    .configureOutput({
      writeOut: (text) => tools.out(text.trimEnd()),
      writeErr: (text) => tools.err(text.trimEnd()),
    });
  for (const add of commands) add(program, tools);
  program.hook('preAction', (_program, action) => refuseApi(action));
  return program;
};

/** These work on this machine's record or files alone. */
const localNames: ReadonlySet<string> = new Set([
  'start',
  'replay',
  'import',
  'ingest',
  'lint',
  'serve',
]);

const refuseApi = (action: Command): void => {
  if (action.optsWithGlobals<{ api?: string }>().api === undefined) return;
  if (action.parent?.name() === 'tuesday' && localNames.has(action.name())) {
    const what = `tuesday ${action.name()} takes no --api`;
    throw new UserError(what, 'name a record on this machine: --store');
  }
  if (action.getOptionValueSource('actor') === 'cli') {
    throw new UserError('--actor does not go with --api', 'who signs the request is written down');
  }
};

const commands = [
  startCommand,
  replayCommand,
  importCommand,
  ingestCommand,
  lintCommand,
  exposureCommand,
  explainCommand,
  releasesCommand,
  fleetCommand,
  windowsCommand,
  budgetCommand,
  capacityCommand,
  drainCommand,
  rolloutCommand,
  clusterCommand,
  bootstrapCommand,
  eventsCommand,
  parkedCommand,
  serveCommand,
];
