import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { apiServer } from '../../cli/serve/apiServer.ts';
import type { ApiTools } from '../../functions/api/route.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { followViews } from '../../infra/views/views.ts';
import { now } from '../functions/api/apiRecord.ts';

/** The API over a store, on a free port of this machine. */
export const listening = async (store: EventStore, fields: Partial<ApiTools> = {}) => {
  const failures: unknown[] = [];
  const tools = { store, views: followViews(store), scope: {}, now: () => now, ...fields };
  const server = apiServer(tools, 'operator', (error) => failures.push(error));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    failures,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
