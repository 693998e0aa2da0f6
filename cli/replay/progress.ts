import type { Scenario } from '../../domain/simulation/scenario.ts';
import type { Views } from '../../infra/views/views.ts';
import { count, moment } from '../text.ts';
import type { CliTools } from '../tools.ts';

const redrawEveryMs = 100;

/**
 * A long job shows where it is: on a terminal one line that is redrawn, in a pipe a line for every
 * rollout that ended.
 */
export const replayProgress = (
  { startsAt, endsAt }: Pick<Scenario, 'startsAt' | 'endsAt'>,
  carriesOn: boolean,
  { out, isTerminal, quiet }: Pick<CliTools, 'out' | 'isTerminal'> & { readonly quiet: boolean },
) => {
  const told = new Set<string>();
  let isFirst = true;
  let drawnAt = 0;
  let drawn = false;
  const clear = () => {
    if (drawn) out('\u001b[1A\u001b[2K\u001b[1A');
    drawn = false;
  };
  const show = (views: Views, now: number) => {
    if (quiet) return;
    const ended = [...views.rollouts.values()].filter(({ endedAt }) => endedAt !== undefined);
    for (const { rolloutId, status, endedAt = now, left } of ended) {
      if (told.has(rolloutId)) continue;
      told.add(rolloutId);
      if (isFirst) continue;
      clear();
      const year = new Date(endedAt).getUTCFullYear();
      out(
        `${moment(endedAt)} ${year}  ${rolloutId} ${status}, ${count(left.length, 'thing')} left`,
      );
    }
    if (isFirst && carriesOn) out(`Carrying on from ${moment(now)}.`);
    isFirst = false;
    if (!isTerminal || performance.now() - drawnAt < redrawEveryMs) return;
    clear();
    const share = (now - startsAt) / (endsAt - startsAt);
    const width = 40;
    const full = Math.round(share * width);
    const bar = `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
    out(`${bar} ${Math.floor(share * 100)}%  ${new Date(now).toISOString().slice(0, 10)}`);
    drawnAt = performance.now();
    drawn = true;
  };
  return { show, end: clear };
};
