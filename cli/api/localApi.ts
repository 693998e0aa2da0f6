import { randomUUID } from 'node:crypto';
import type { Asked, Contract } from '../../functions/api/contract/contract.ts';
import type { ApiTools } from '../../functions/api/route.ts';
import { routes } from '../../functions/api/routes.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { followViews } from '../../infra/views/views.ts';
import type { CliTools } from '../tools.ts';
import type { Api } from './api.ts';
import { checked } from './checked.ts';

/** The handlers of the API over a record of this machine, asked without a wire between. */
export const localApi = (
  store: EventStore & { readonly close: () => void },
  actor: string,
  { now }: Pick<CliTools, 'now'>,
): Api => {
  const tools: ApiTools = { store, views: followViews(store), scope: {}, now };
  return {
    call: async (contract, given) => {
      const found = routes.find((each) => each.contract === (contract as Contract));
      if (found === undefined) throw new Error(`no route keeps the contract ${contract.name}`);
      const { parameters, query, body } = checked(contract, given);
      const asked = {
        parameters: contract.parameters.decode(parameters as never),
        query: contract.query.decode(query as never),
        body: contract.body?.decode(body as never),
      } as Asked<Contract>;
      const caller = { actor, now: now(), commandId: `cli-${randomUUID()}`, isRetry: false };
      return (await found.handle(asked, caller, tools)) as never;
    },
    close: store.close,
  };
};
