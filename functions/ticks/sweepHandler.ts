import { lambdaTools } from '../../infra/composition.ts';
import { openEffects } from '../streams/relay.ts';
import { tick } from '../tick.ts';
import { sweep } from './sweep.ts';

/** Sweeps every cluster on record, and brings intents without an outcome again. */
export const handler = tick(async ({ id }) => {
  const { store, views, gateways, queues, now } = lambdaTools();
  const held: string[] = [];
  let written = 0;
  for (const clusterName of (await views.catchUp()).clusters.keys()) {
    const report = await sweep({ store, views, ecs: gateways.ecs, now }, clusterName);
    written += report.news;
    held.push(...report.distrusted);
  }
  const open = openEffects((await views.catchUp()).rollouts.values());
  const messages = open.map((body) => ({ id: `${id}-${body.effectId}`, body }));
  if (messages.length > 0) await queues.effects.send(messages);
  return { written, refused: [], held };
});
