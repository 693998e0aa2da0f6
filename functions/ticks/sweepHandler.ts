import { lambdaTools } from '../../infra/composition.ts';
import { openEffects } from '../streams/relay.ts';
import { measure } from '../telemetry.ts';
import { tick } from '../tick.ts';
import { fleetReadings, recordReadings } from './fleetReadings.ts';
import { observeCapacity } from './observeCapacity.ts';
import { observeStops } from './observeStops.ts';
import { sweep } from './sweep.ts';

/** Sweeps every cluster on record, and brings intents without an outcome again. */
export const handler = tick('sweep', async ({ id }) => {
  const { store, views, gateways, queues, now } = lambdaTools();
  const held: string[] = [];
  let written = 0;
  for (const clusterName of (await views.catchUp()).clusters.keys()) {
    const report = await sweep({ store, views, ...gateways, now }, clusterName);
    written += report.news;
    held.push(...report.distrusted);
    const capacity = await observeCapacity({ store, views, gateways, now }, clusterName);
    written += capacity.news;
    held.push(...capacity.unknown);
    const stops = await observeStops({ store, views, gateways, now }, clusterName);
    written += stops.news;
    held.push(...stops.unknown);
    const listingsDistrusted = report.distrusted.length;
    const readings = fleetReadings(await views.catchUp(clusterName), clusterName, now());
    measure({ ...readings, listingsDistrusted }, { cluster: clusterName });
  }
  const whole = await views.catchUp();
  measure(recordReadings(whole));
  const open = openEffects(whole);
  const messages = open.map((body) => ({ id: `${id}-${body.effectId}`, body }));
  if (messages.length > 0) await queues.effects.send(messages);
  return { written, refused: [], held };
});
