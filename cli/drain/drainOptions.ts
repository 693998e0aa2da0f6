import type { StandalonePolicy } from '../../domain/draining/drainQuestion.ts';
import type { AfterDrain, AtDeadline } from '../../events/drain.ts';
import { instancesMost } from '../../functions/api/contract/drainPlan.ts';
import { durationIn } from '../maintenance/spanOption.ts';
import { UserError } from '../userError.ts';

const weekMs = 7 * 24 * 60 * 60_000;

/** `wait`, `protect`, `stop-after=30m`, or minutes. Throws `UserError` for what is no policy. */
export const standaloneIn = (text: string): StandalonePolicy => {
  if (text === 'wait' || text === 'protect') return { type: text };
  const after = /^stop-after=(.*)$/.exec(text)?.[1];
  const afterMs =
    after !== undefined
      ? durationIn('--standalone stop-after', after)
      : /^\d{1,5}$/.test(text)
        ? Number(text) * 60_000
        : Number.NaN;
  if (afterMs <= weekMs) return { type: 'stopAfter', afterMs };
  throw new UserError(
    `--standalone ${text} is no policy`,
    'give wait, protect, stop-after=30m, or minutes, such as 30 (a week at most)',
  );
};

export const atDeadlineIn = (text: string): AtDeadline => {
  if (text === 'restore' || text === 'escalate') return text;
  throw new UserError(`--at-deadline ${text} is no policy`, 'give restore or escalate');
};

const afterwards: Readonly<Record<string, AfterDrain>> = {
  keep: 'keepDrained',
  terminate: 'terminate',
  restore: 'restore',
};

export const thenIn = (text: string): AfterDrain => {
  const then = Object.hasOwn(afterwards, text) ? afterwards[text] : undefined;
  if (then !== undefined) return then;
  throw new UserError(`--then ${text} is no policy`, 'give keep, terminate or restore');
};

export const deadlineMsIn = (text: string): number => {
  const ms = durationIn('--deadline', text);
  if (ms > 0 && ms <= weekMs) return ms;
  throw new UserError(`--deadline ${text} is no deadline`, 'give one such as 2h, within 7d');
};

/** Throws `UserError` where one plan cannot hold so many. */
export const refuseTooMany = (instances: readonly string[]): void => {
  if (instances.length <= instancesMost) return;
  const what = `<instance>: ${instances.length} instances are too many for one plan`;
  throw new UserError(what, `name at most ${instancesMost}`);
};
