import { drawBetween } from '../../domain/simulation/chance.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { Faults } from './faultPlan.ts';
import type { EffectMessage, Handlers } from './handlers.ts';
import type { Journal } from './journal.ts';

export type QueuedEffect = EffectMessage & { readonly dueAt: number; readonly receives: number };

const minuteMs = 60_000;
/**
 * After as many receives a message goes to the dead-letter queue, and the sweep brings it again.
 */
const receivesMax = 3;

export type EffectQueue = {
  /** The stream of commits brings new intents; some messages are lost or late. */
  readonly relay: () => Promise<void>;
  /** What the sweep brings, unless it is here already. */
  readonly bring: (messages: readonly EffectMessage[]) => void;
  /** What is due now; a standard queue may hand one message to two functions at once. */
  readonly due: () => readonly QueuedEffect[];
  /** It was received, and nothing came of it. */
  readonly again: (message: QueuedEffect) => void;
};

export const createEffectQueue = ({
  world,
  faults,
  journal,
  handlers,
}: {
  readonly world: World;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly handlers: Handlers;
}): EffectQueue => {
  let queue: QueuedEffect[] = [];
  const put = (message: EffectMessage, dueAt: number) =>
    queue.push({ ...message, dueAt, receives: 0 });
  return {
    relay: async () => {
      await journal.sync();
      for (const message of journal.unrelayed().flatMap((commit) => handlers.effectsOf(commit))) {
        if (faults.hits('lostEffectMessage')) continue;
        const late = faults.hits('lateEffectMessage');
        put(message, world.now + (late ? drawBetween(faults.chance, 10, 300) * minuteMs : 0));
      }
    },
    bring: (messages) => {
      const here = queue.filter(({ dueAt }) => dueAt <= world.now + 1);
      const known = new Set(here.map(({ effectId }) => effectId));
      for (const each of messages) if (!known.has(each.effectId)) put(each, world.now);
    },
    due: () => {
      const due = queue.filter(({ dueAt }) => dueAt <= world.now);
      queue = queue.filter(({ dueAt }) => dueAt > world.now);
      return due;
    },
    again: (message) => {
      const receives = message.receives + 1;
      if (receives < receivesMax) queue.push({ ...message, receives, dueAt: world.now + 1 });
    },
  };
};
