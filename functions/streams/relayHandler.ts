import { lambdaTools } from '../../infra/composition.ts';
import { stream } from '../stream.ts';
import { effectsOf, wakeUpOf } from './relay.ts';

/**
 * Every commit that the table takes in: its effects go on the effect queue, and the control tick of
 * the cluster it is about is woken. In whatever order they come, and however often: an effect
 * carries its id. What is lost here the sweep brings again.
 */
export const handler = stream(async (image) => {
  const { readCommit, queues } = lambdaTools();
  const commit = await readCommit(image);
  if (commit === undefined) return;
  const effects = effectsOf(commit).map((body) => ({ id: body.effectId, body }));
  if (effects.length > 0) await queues.effects.send(effects);
  await queues.control.send(wakeUpOf(commit));
});
