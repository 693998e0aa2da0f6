import type { EffectId, Instant, LeaseId, TaskArn } from '../../events/ids.ts';
import type { PrefetchEvent, PrefetchOutcome } from '../../events/prefetch.ts';
import type { Decider } from '../decider.ts';
import { identity } from '../identity.ts';

/** The stream of what one rollout pulls beforehand (design decision 14). */
export const prefetchStream = (rolloutId: string) => `prefetch#${rolloutId}`;

type Data<Type extends PrefetchEvent['type']> = Extract<PrefetchEvent, { type: Type }>['data'];

/** One image on one instance; it holds its lease until it has ended. */
export type Prefetch = Data<'PrefetchIntended'> &
  (
    | { readonly status: 'intended' }
    | { readonly status: 'running'; readonly taskArn: TaskArn }
    | { readonly status: 'ended'; readonly outcome: PrefetchOutcome }
  );

/** By effect id. */
export type PrefetchState = { readonly prefetches: Readonly<Record<string, Prefetch>> };

type Now = { readonly now: Instant };
export type PrefetchCommand =
  | ({ readonly type: 'PrefetchImage' } & Omit<Data<'PrefetchIntended'>, 'intendedAt'> & Now)
  | ({ readonly type: 'RecordStart'; readonly effectId: EffectId; readonly taskArn: TaskArn } & Now)
  | ({
      readonly type: 'EndPrefetch';
      readonly effectId: EffectId;
      readonly outcome: PrefetchOutcome;
      readonly detail: string;
    } & Now);

/** The same image goes to the same instance once in a rollout, whatever came of it. */
export const prefetchId = (
  kind: 'prefetch' | 'lease',
  rolloutId: string,
  containerInstanceArn: string,
  digest: string,
): string =>
  kind === 'prefetch'
    ? identity('prefetch', rolloutId, containerInstanceArn, digest)
    : identity('lease', 'prefetch', rolloutId, containerInstanceArn, digest);

export const isUnderWay = (
  prefetch: Prefetch,
): prefetch is Exclude<Prefetch, { status: 'ended' }> => prefetch.status !== 'ended';

export const leasesOfPrefetch = ({ prefetches }: PrefetchState): ReadonlySet<LeaseId> =>
  new Set(
    Object.values(prefetches)
      .filter(isUnderWay)
      .map(({ leaseId }) => leaseId),
  );

const decide = (command: PrefetchCommand, state: PrefetchState): readonly PrefetchEvent[] => {
  const known = state.prefetches[command.effectId];
  switch (command.type) {
    case 'PrefetchImage': {
      const { type: _type, now: intendedAt, ...data } = command;
      return known === undefined
        ? [{ type: 'PrefetchIntended', data: { ...data, intendedAt } }]
        : [];
    }
    case 'RecordStart': {
      const { effectId, taskArn, now: startedAt } = command;
      if (known?.status !== 'intended') return [];
      return [{ type: 'PrefetchStarted', data: { effectId, taskArn, startedAt } }];
    }
    case 'EndPrefetch': {
      const { effectId, outcome, detail, now: endedAt } = command;
      if (known === undefined || !isUnderWay(known)) return [];
      return [{ type: 'PrefetchEnded', data: { effectId, outcome, detail, endedAt } }];
    }
    default:
      return command satisfies never;
  }
};

const evolve = (state: PrefetchState, event: PrefetchEvent): PrefetchState => {
  const { effectId } = event.data;
  const set = (prefetch: Prefetch): PrefetchState => ({
    prefetches: { ...state.prefetches, [effectId]: prefetch },
  });
  if (event.type === 'PrefetchIntended') return set({ ...event.data, status: 'intended' });
  const known = state.prefetches[effectId];
  if (known === undefined) return state;
  if (event.type === 'PrefetchStarted') {
    return set({ ...known, status: 'running', taskArn: event.data.taskArn });
  }
  return set({ ...known, status: 'ended', outcome: event.data.outcome });
};

export const prefetch: Decider<PrefetchState, PrefetchCommand, PrefetchEvent> = {
  stateShape: 'prefetch/1',
  initialState: { prefetches: {} },
  decide,
  evolve,
};
