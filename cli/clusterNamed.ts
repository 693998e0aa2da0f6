import { listClusters } from '../functions/api/contract/clusters.ts';
import type { Api } from './api/api.ts';
import { UserError } from './userError.ts';

/**
 * The cluster asked for, or the only one there is. Throws `UserError` naming those that there are.
 */
export const clusterNamed = async (api: Api, asked: string | undefined): Promise<string> => {
  const { items } = await api.call(listClusters, {});
  const names = items.map(({ name }) => name).toSorted();
  if (asked !== undefined && names.includes(asked)) return asked;
  const [only, ...others] = names;
  if (asked === undefined && only !== undefined && others.length === 0) return only;
  if (only === undefined) {
    throw new UserError(
      'no cluster is known yet',
      'bring one in with `tuesday import` or `tuesday ingest`, or run `npm start`',
    );
  }
  const what = asked === undefined ? '--cluster is missing' : `--cluster ${asked} is not known`;
  throw new UserError(what, `it is one of: ${names.join(', ')}`);
};
