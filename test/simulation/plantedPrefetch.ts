import { prefetch } from '../../domain/rollout/prefetch.ts';
import type { Plant } from './plant.ts';
import { patched } from './planting.ts';

/** Bugs in what is pulled beforehand. */
export const plantedInPrefetch: readonly (Plant & { readonly foundBy: number })[] = [
  {
    name: 'a pull that has ended is forgotten, and begun again',
    foundBy: 21,
    patch: () =>
      patched(prefetch, ({ evolve }) => ({
        evolve: (state, event) => {
          if (event.type !== 'PrefetchEnded') return evolve(state, event);
          const { [event.data.effectId]: _forgotten, ...prefetches } = state.prefetches;
          return { prefetches };
        },
      })),
  },
  {
    name: 'a pull is begun whatever has become of its rollout',
    foundBy: 146,
    handlers: (real) => ({
      ...real,
      carryOutPart: (tools, part) => {
        const [message] = part;
        if (message === undefined || !('prefetchOf' in message)) {
          return real.carryOutPart(tools, part);
        }
        const { store } = tools;
        const load: typeof store.load = async (stream, fold) => {
          const loaded = await store.load(stream, fold);
          const state = { ...loaded.state, status: 'running' };
          return stream.startsWith('rollout#') ? { ...loaded, state } : loaded;
        };
        return real.carryOutPart({ ...tools, store: { ...store, load } }, part);
      },
    }),
  },
];
