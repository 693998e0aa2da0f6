import { RolloutId } from '../events/ids.ts';
import { listClusters } from '../functions/api/contract/clusters.ts';
import type { Answer } from '../functions/api/contract/contract.ts';
import { getRollout, listRollouts } from '../functions/api/contract/rollouts.ts';
import { isProblemError, ProblemError } from '../functions/api/problem.ts';
import { type Api, everyItem } from './api/api.ts';
import { UserError } from './userError.ts';

/** Every rollout of the cluster, or of all there are, newest first. */
export const everyRollout = async (api: Api, cluster: string | undefined) => {
  const lists = await Promise.all(
    (await clustersAsked(api, cluster)).map((name) =>
      everyItem((query) => api.call(listRollouts, { parameters: { cluster: name }, query })),
    ),
  );
  return lists.flat().toSorted((a, b) => b.plannedAt - a.plannedAt);
};

/** Throws `UserError` where none was planned yet. */
export const newestRollout = async (api: Api, cluster: string | undefined): Promise<string> => {
  const [newest] = await everyRollout(api, cluster);
  if (newest !== undefined) return newest.rolloutId;
  throw new UserError('no rollout has been planned yet', 'plan one with `tuesday rollout plan`');
};

/** In whichever cluster it is. Throws `ProblemError` where it is in none. */
export const rolloutNamed = async (
  api: Api,
  id: string,
  cluster: string | undefined,
): Promise<Answer<typeof getRollout>> => {
  const named = RolloutId.safeParse(id);
  for (const name of named.success ? await clustersAsked(api, cluster) : []) {
    try {
      const parameters = { cluster: name, rolloutId: named.data as RolloutId };
      return await api.call(getRollout, { parameters });
    } catch (error) {
      const isElsewhere =
        isProblemError(error) || (error instanceof Error && error.name === 'Refusal');
      if (!isElsewhere || !('code' in error) || error.code !== 'RolloutNotFound') throw error;
    }
  }
  throw new ProblemError('RolloutNotFound', `there is no rollout ${id}`);
};

const clustersAsked = async (api: Api, cluster: string | undefined): Promise<readonly string[]> =>
  cluster === undefined
    ? (await api.call(listClusters, {})).items.map(({ name }) => name)
    : [cluster];
