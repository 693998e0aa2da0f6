/** What has to happen next before an instance is empty, replaced and trusted again. */
export const drainWaits = [
  'DrainToBegin',
  'TasksToLeave',
  'Newcomer',
  'SurplusToGo',
  'Termination',
  'Replacement',
  'Proof',
  'HandingBack',
  'SomeoneElse',
] as const;
export type DrainWait = (typeof drainWaits)[number];

/** What a drain that no rollout asked for may wait for, beside what those of rollouts do. */
export const standingWaits = ['Person', 'Nothing'] as const;
