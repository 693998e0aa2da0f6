import { lambdaTools } from '../../infra/composition.ts';
import { tick } from '../tick.ts';
import { watch } from './watch.ts';

/** The schedule looks at Microsoft's registry and at the AMI parameters. */
export const handler = tick('watch', ({ at }) => {
  const { store, registry, gateways } = lambdaTools();
  return watch({ store, registry, ssm: gateways.ssm, now: () => at });
});
