import type { ObservedTask } from '../../events/fleet.ts';

/** Within this time a canary task is seen, where there is room for it. */
export const canaryStartMs = 15 * 60_000;

/** Positive evidence only: a task that got no container has proved nothing. */
export const endedWell = ({ lastStatus, containers }: ObservedTask): boolean =>
  lastStatus === 'STOPPED' &&
  containers.length > 0 &&
  containers.every(({ exitCode }) => exitCode === 0);
