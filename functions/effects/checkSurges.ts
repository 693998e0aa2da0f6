import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import { isSurging } from '../../domain/rollout/surgeState.ts';
import type { EffectId } from '../../events/ids.ts';
import { send } from '../send.ts';
import { reload } from './attempt.ts';
import type { EffectReport, EffectTools } from './carryOut.ts';
import { commandsOf, type Of, orFailure, type Performance } from './performance.ts';
import { whyNotOurs } from './surge.ts';

type Drain = Of<'drain'>;

/**
 * Which of `drains` may go on. Where somebody else has set the desired capacity of a group, what
 * was launched there takes nobody's place any more, and nothing is drained for it.
 */
export const checkSurges = async (tools: EffectTools, state: Rollout, drains: readonly Drain[]) => {
  const reports = new Map<EffectId, EffectReport>();
  const byGroup = Map.groupBy(drains, ({ containerInstanceArn }) => {
    const item = state.instances[containerInstanceArn];
    return item !== undefined && isSurging(item) ? item.surge.groupName : undefined;
  });
  const mayDrain: Drain[] = [];
  for (const [groupName, some] of byGroup) {
    const why = groupName === undefined ? undefined : await whyNot(tools, state, groupName);
    if (why === undefined) {
      mayDrain.push(...some);
      continue;
    }
    for (const { effectId } of some) {
      reports.set(effectId, why.status === 'open' ? why : { status: 'settled' });
      if (why.status === 'open') continue;
      for (const command of commandsOf(why, effectId, tools.now())) {
        await send(tools.store, rollout, rolloutStream(state.rolloutId), command, tools.now());
      }
    }
  }
  return { mayDrain, reports };
};

const whyNot = async (
  tools: EffectTools,
  state: Rollout,
  groupName: string,
): Promise<Performance | undefined> => {
  const { gateways, now } = tools;
  const place = { ...gateways, now, reload: () => reload(tools, state) };
  return orFailure(async () => {
    const ours = await whyNotOurs(place, state, groupName);
    return 'why' in ours ? ours.why : undefined;
  });
};
