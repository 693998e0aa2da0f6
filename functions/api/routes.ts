import { commands } from './commands.ts';
import { queries } from './queries.ts';
import type { Route } from './route.ts';

/** Every route of the API, with the function that answers it (serverless.yml). */
export const routesOf: Readonly<Record<'queries' | 'commands', readonly Route[]>> = {
  queries,
  commands,
};

export const routes: readonly Route[] = [...queries, ...commands];
