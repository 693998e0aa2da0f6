import { lambdaTools } from '../../infra/composition.ts';
import { tick } from '../tick.ts';
import { wake } from './wake.ts';

/** The schedule wakes the control tick of every cluster that this Tuesday watches. */
export const handler = tick('wake', ({ id }) => {
  const { scope, queues } = lambdaTools();
  return wake({ clusters: scope.clusters ?? [], queue: queues.control }, id);
});
