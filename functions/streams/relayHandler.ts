import { lambdaTools } from '../../infra/composition.ts';
import { stream } from '../stream.ts';
import { clusterOf, effectsOf } from './relay.ts';

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
  const clusterName = clusterOf(commit.stream);
  if (clusterName === undefined) return;
  const id = `${commit.commitId}-${commit.version}`;
  await queues.control.send([{ id, body: { clusterName }, group: clusterName }]);
});
