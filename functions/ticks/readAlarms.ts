import type { Alarms } from '../../domain/rollout/alarms.ts';
import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import { isGatewayError } from '../../infra/aws/gateways.ts';
import type { ControlTools } from './controlTools.ts';

/**
 * The alarms that running rollouts are halted by. None is asked for where none is named, and what
 * cannot be read is not known: the planners begin nothing then.
 */
export const readAlarms = async (
  { cloudWatch }: Pick<ControlTools, 'cloudWatch'>,
  rollouts: readonly Rollout[],
): Promise<Alarms> => {
  const names = rollouts
    .filter(({ status }) => status === 'running' || status === 'paused')
    .flatMap(({ policy }) => policy.haltAlarms ?? []);
  if (names.length === 0 || cloudWatch === undefined) return new Map();
  try {
    const alarms = await cloudWatch.describeAlarms([...new Set(names)].toSorted());
    return new Map(alarms.map(({ name, state }) => [name, state]));
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return new Map();
  }
};
