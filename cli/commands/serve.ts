import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { followViews } from '../../infra/views/views.ts';
import { apiServer } from '../serve/apiServer.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = { readonly store: string; readonly port: string; readonly actor: string };

/** `tuesday serve`: the API over the record of this machine. Resolves when `stop` does. */
export const serveCommand = (
  program: Command,
  tools: CliTools,
  stop: () => Promise<unknown> = () => once(process, 'SIGINT'),
): void => {
  program
    .command('serve')
    .description('the API over the record, for programs on this machine')
    .option('--port <number>', 'where it listens on 127.0.0.1; 0 takes a free one', '8787')
    .option('--actor <name>', 'for whom it takes whoever asks; kept in the record', 'operator')
    .action((_options, command: Command) => serve(command.optsWithGlobals<Options>(), tools, stop));
};

const serve = async (
  { store: file, port: asked, actor }: Options,
  tools: CliTools,
  stop: () => Promise<unknown>,
): Promise<void> => {
  const port = portOf(asked);
  const store = tools.openStore(file, { create: false });
  const api = { store, views: followViews(store), scope: {}, now: tools.now };
  const server = apiServer(api, actor, (error) => tools.err(String(error)));
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening').catch((error: Error) => {
      throw new UserError(`--port ${port}: ${error.message}`, 'name another, or 0 for a free one');
    });
    const { port: taken } = server.address() as AddressInfo;
    tools.out(`http://127.0.0.1:${taken} answers, as /openapi.json describes it; Ctrl-C ends it`);
    await stop();
  } finally {
    server.closeAllConnections();
    server.close();
    store.close();
  }
};

const portOf = (text: string): number => {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new UserError(`--port ${text} is no port`, 'give a number from 0 to 65535');
};
