import { setTimeout as pause } from 'node:timers/promises';
import { hasEnded } from '../domain/rollout/rolloutState.ts';
import { WireRollout } from '../functions/api/contract/rollout.ts';
import { type Api, wireJson } from './api/api.ts';

import { rolloutLines } from './rolloutLines.ts';
import { newestRollout, rolloutNamed } from './rolloutNamed.ts';
import type { CliTools } from './tools.ts';

const everyMs = 1_000;

/** Shows a rollout, the newest when none is named; on a terminal follows it until it has ended. */
export const watchRollout = async (
  api: Api,
  id: string | undefined,
  { json, cluster }: { readonly json?: boolean; readonly cluster?: string },
  tools: CliTools,
): Promise<void> => {
  const named = id ?? (await newestRollout(api, cluster));
  let drawn = 0;
  for (;;) {
    const found = await rolloutNamed(api, named, cluster);
    if (json) return tools.out(wireJson(WireRollout, found));
    const lines = rolloutLines(found, tools.now(), found.fadingImages);
    if (drawn > 0) tools.out(`\u001b[${drawn + 1}A\u001b[J`);
    for (const line of lines) tools.out(line);
    drawn = lines.length;
    if (!tools.isTerminal || hasEnded(found)) return;
    await pause(everyMs);
  }
};
