import { lambdaTools } from '../../infra/composition.ts';
import { stream } from '../stream.ts';
import { announcementsOf } from './announce.ts';
import { effectsOf, wakeUpsOf } from './relay.ts';

/**
 * Every commit that the table takes in: its effects go on the effect queue, the control tick of the
 * cluster it is about is woken, and what others may want to hear goes on our bus. In whatever order
 * they come, and however often: an effect carries its id, and so does what is told. Effects that
 * are lost here the sweep brings again.
 */
export const handler = stream(async (image) => {
  const { readCommit, queues, gateways, scope } = lambdaTools();
  const commit = await readCommit(image);
  if (commit === undefined) return;
  const effects = effectsOf(commit).map((body) => ({ id: body.effectId, body }));
  if (effects.length > 0) await queues.effects.send(effects);
  await queues.control.send(wakeUpsOf(commit, scope.clusters ?? []));
  for (const event of announcementsOf(commit)) await gateways.bus.put(event);
});
