import { lambdaTools } from '../../infra/composition.ts';
import { openEffects } from '../streams/relay.ts';
import { tick } from '../tick.ts';
import { sweep } from './sweep.ts';

/**
 * Sweeps every cluster that this Tuesday watches, brings intents without an outcome again, and
 * wakes each cluster's control tick, because deadlines pass while nothing happens.
 */
export const handler = tick(async ({ id }) => {
  const { store, views, gateways, queues, now } = lambdaTools();
  const held: string[] = [];
  let written = 0;
  for (const clusterName of (await views.catchUp()).clusters.keys()) {
    const report = await sweep({ store, views, ecs: gateways.ecs, now }, clusterName);
    written += report.news;
    held.push(...report.distrusted);
    const body = { clusterName };
    await queues.control.send([{ id: `${id}-${clusterName}`, body, group: clusterName }]);
  }
  const open = openEffects((await views.catchUp()).rollouts.values());
  const messages = open.map((body) => ({ id: `${id}-${body.effectId}`, body }));
  if (messages.length > 0) await queues.effects.send(messages);
  return { written, refused: [], held };
});
