import { lambdaTools } from '../../infra/composition.ts';
import { commitOf } from '../../infra/eventStore/dynamoCommit.ts';
import { stream } from '../stream.ts';
import { clusterOf, effectsOf } from './relay.ts';

/**
 * Every commit that the table takes in: its effects go on the effect queue, and the control tick of
 * the cluster it is about is woken. What is lost here the sweep brings again.
 */
export const handler = stream(async (image) => {
  const commit = commitOf(image);
  if (commit === undefined) return;
  const { queues } = lambdaTools();
  const effects = effectsOf(commit).map((body) => ({ id: body.effectId, body }));
  if (effects.length > 0) await queues.effects.send(effects);
  const clusterName = clusterOf(commit.stream);
  if (clusterName === undefined) return;
  const id = `${commit.commitId}-${commit.version}`;
  await queues.control.send([{ id, body: { clusterName }, group: clusterName }]);
});
