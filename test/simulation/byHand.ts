import { type AwsService, callAws } from '../../domain/simulation/callAws.ts';
import type { World } from '../../domain/simulation/world.ts';

/** What somebody does in the AWS console: not one of our calls. Throws where AWS refuses it. */
export const byHand = (
  world: World,
  service: AwsService,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): void => {
  const { clusterName: cluster } = world;
  const answer = callAws(world, service, operation, { ...input, cluster });
  if ('error' in answer) throw new Error(`${operation} by hand: ${answer.error.message}`);
};
