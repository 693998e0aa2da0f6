import { amisToAskFor } from '../../domain/rollout/rollbackAmi.ts';
import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import type { Sight } from '../../domain/rollout/sight.ts';
import { isGatewayError } from '../../infra/aws/gateways.ts';
import type { ControlTools } from './controlTools.ts';

/**
 * Whether instances can be launched again from the AMIs of those that wait, where the policy wants
 * to know. EC2 leaves out what is private to others or gone; what could not be asked is not known.
 */
export const readRollbackAmis = async (
  { ec2 }: Pick<ControlTools, 'ec2'>,
  rollouts: readonly Rollout[],
  view: Sight['view'],
): Promise<Sight['amisAvailable']> => {
  const asked = [...new Set(rollouts.flatMap((each) => amisToAskFor(each, view)))].toSorted();
  if (asked.length === 0 || ec2 === undefined) return new Map();
  try {
    const found = await ec2.describeImages(asked);
    const there = new Set(
      found.flatMap(({ imageId, state }) => (state === 'available' ? [imageId] : [])),
    );
    return new Map(asked.map((amiId) => [amiId, there.has(amiId)]));
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return new Map();
  }
};
