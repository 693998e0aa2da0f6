import { setTimeout as pause } from 'node:timers/promises';
import { hasEnded, type Rollout } from '../domain/rollout/rolloutState.ts';
import type { EventStore } from '../infra/eventStore/eventStore.ts';
import { followViews, type Views } from '../infra/views/views.ts';
import { rolloutLines } from './rolloutLines.ts';
import type { CliTools } from './tools.ts';
import { UserError } from './userError.ts';

const everyMs = 1_000;

/** Shows a rollout, the newest when none is named; on a terminal follows it until it has ended. */
export const watchRollout = async (
  store: EventStore,
  id: string | undefined,
  json: boolean,
  tools: CliTools,
): Promise<void> => {
  const followed = followViews(store);
  let drawn = 0;
  for (;;) {
    const views = await followed.catchUp();
    const found = chosen(views, id);
    if (json) return tools.out(JSON.stringify(found));
    const lines = rolloutLines(found, tools.now(), views.images);
    if (drawn > 0) tools.out(`\u001b[${drawn + 1}A\u001b[J`);
    for (const line of lines) tools.out(line);
    drawn = lines.length;
    if (!tools.isTerminal || hasEnded(found)) return;
    await pause(everyMs);
  }
};

const chosen = (views: Views, id: string | undefined): Rollout => {
  const all = [...views.rollouts.values()].toSorted((a, b) => a.plannedAt - b.plannedAt);
  const found = id === undefined ? all.at(-1) : views.rollouts.get(id);
  if (found !== undefined) return found;
  if (id === undefined) {
    throw new UserError('no rollout has been planned yet', 'plan one with `tuesday rollout plan`');
  }
  const known = all.map(({ rolloutId }) => rolloutId).join(', ') || 'none';
  throw new UserError(`there is no rollout ${id}`, `it is one of: ${known}`);
};
