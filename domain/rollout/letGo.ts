import type { StepCommand } from './rolloutCommand.ts';
import type { InstanceProgress } from './rolloutState.ts';
import type { Sight } from './sight.ts';

/** Nothing more is done about it: it is no longer there, or no longer ours. */
export const gone = (
  { containerInstanceArn }: Pick<InstanceProgress, 'containerInstanceArn'>,
  detail: string,
  { now }: Pick<Sight, 'now'>,
): StepCommand => ({
  type: 'SkipInstance',
  containerInstanceArn,
  reason: 'InstanceNotActive',
  detail,
  now,
});
