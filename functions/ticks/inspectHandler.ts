import { lambdaTools } from '../../infra/composition.ts';
import { tick } from '../tick.ts';
import { inspect } from './inspect.ts';

/** The schedule reads the configs of images that are not known yet. */
export const handler = tick(({ at }) => {
  const { store, views, gateways } = lambdaTools();
  return inspect({ store, views, ecr: gateways.ecr, now: () => at });
});
