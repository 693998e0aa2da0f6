import { desiredCapacity } from '../../../domain/scaling/desiredCapacity.ts';
import { desiredStream } from '../../../domain/scaling/evolveDesired.ts';
import type { setScalingPolicy } from '../contract/scalingPolicy.ts';
import type { Handle } from '../route.ts';
import { refuseUnseen } from './refuseUnseen.ts';
import { tell } from './tell.ts';

export const change: Handle<typeof setScalingPolicy> = async (
  { parameters, body: policy },
  caller,
  tools,
) => {
  const name = parameters.cluster;
  await refuseUnseen(name, tools);
  const { actor, now } = caller;
  const command = { type: 'SetScalingPolicy', policy, actor, now } as const;
  const stream = desiredStream(name);
  const { state, events } = await tell(tools, caller, desiredCapacity, stream, command);
  return { policy: state.policy, changed: events.length > 0 };
};
