import type { Instant } from '../../events/ids.ts';
import { minuteText } from '../windows/civilDate.ts';

/**
 * Why a task is not to be moved now, where its application has protected it. Protection is promised
 * against scale-in and deployments; whether a drain heeds it the Developer Guide does not say
 * (task-scale-in-protection). So it is not put to the test. One that is not known to be protected
 * is not: it was asked for, of every task, by the sweep.
 */
export const whyProtected = (
  { taskArn }: { readonly taskArn: string },
  protectedUntil: ReadonlyMap<string, Instant | null> | undefined,
  now: Instant,
): string | undefined => {
  const until = protectedUntil?.get(taskArn);
  if (until === undefined) return undefined;
  if (until === null) return 'task protected, until when is not known';
  if (until <= now) return undefined;
  return `task protected until ${minuteText(until)}, unless its service ends that sooner`;
};
