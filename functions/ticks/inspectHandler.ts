import { lambdaTools } from '../../infra/composition.ts';
import { tick } from '../tick.ts';
import { foreseeExpiries } from './foreseeExpiries.ts';
import { inspect } from './inspect.ts';

const hourMs = 3_600_000;
/** The rate of its schedule (serverless.yml): one of its ticks falls into the first of an hour. */
const everyMs = 5 * 60_000;

/**
 * The schedule reads the configs of images that are not known yet, and once an hour what the
 * lifecycle policies say of the digests that a rollout may have to go back to.
 */
export const handler = tick('inspect', async ({ at }) => {
  const { store, views, gateways } = lambdaTools();
  const tools = { store, views, ecr: gateways.ecr, now: () => at };
  const inspected = await inspect(tools);
  if (at % hourMs >= everyMs) return inspected;
  const foreseen = await foreseeExpiries(tools);
  return {
    written: inspected.written + foreseen.written,
    refused: [],
    held: [...inspected.held, ...foreseen.held],
  };
});
