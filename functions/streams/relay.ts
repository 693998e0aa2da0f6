import { drainHolder } from '../../domain/draining/drain.ts';
import { everything } from '../../domain/maintenance/maintenanceState.ts';
import type { EventType } from '../../events/catalogue.ts';
import type { EffectId } from '../../events/ids.ts';
import type { QueueMessage } from '../../infra/aws/queue.ts';
import type { Commit } from '../../infra/eventStore/eventStore.ts';
import type { Views } from '../../infra/views/views.ts';

/**
 * Of a rollout, of what a rollout pulls beforehand, of a drain `<cluster>/<instance>`, or of what
 * enforces placement in a cluster.
 */
export type EffectMessage = { readonly effectId: EffectId } & (
  | { readonly rolloutId: string }
  | { readonly drain: string }
  | { readonly prefetchOf: string }
  | { readonly ghostIn: string }
  | { readonly hookIn: string }
  | { readonly desiredIn: string }
  | { readonly clusterName: string }
);

/** Outcomes carry the id of their effect too. */
const outcomes: ReadonlySet<string> = new Set([
  'DesiredCapacityAttempted',
  'DesiredCapacityFailed',
  'DesiredCapacitySet',
  'DrainEffectAttempted',
  'DrainEffectFailed',
  'DrainEffectSucceeded',
  'EffectAttempted',
  'EffectFailed',
  'EffectSucceeded',
  'EnforcementAttempted',
  'EnforcementFailed',
  'EnforcementSucceeded',
  'GhostDeregistered',
  'GhostDeregistrationFailed',
  'HookAnswerFailed',
  'HookAnswered',
  'PrefetchEnded',
  'PrefetchStarted',
] satisfies readonly EventType[]);

/** The effects that one commit intends. Every intent event carries its `effectId`. */
export const effectsOf = ({ stream, events }: Pick<Commit, 'stream' | 'events'>) => {
  const about = aboutOf(stream);
  if (about === undefined) return [];
  return events.flatMap((event): readonly EffectMessage[] => {
    const { type, data } = event as { type: string; data: { effectId?: EffectId } };
    if (data.effectId === undefined || outcomes.has(type)) return [];
    return [{ ...about, effectId: data.effectId }];
  });
};

/** By kind of stream: whose effects they are, by the rest of its name. */
const owners = {
  rollout: (rolloutId: string) => ({ rolloutId }),
  prefetch: (prefetchOf: string) => ({ prefetchOf }),
  drain: (drain: string) => ({ drain }),
  ghosts: (ghostIn: string) => ({ ghostIn }),
  hooks: (hookIn: string) => ({ hookIn }),
  desired: (desiredIn: string) => ({ desiredIn }),
  enforcement: (clusterName: string) => ({ clusterName }),
} as const;

const aboutOf = (stream: string) => {
  const [, kind = '', name = ''] = /^(\w+)#(.*)$/s.exec(stream) ?? [];
  return Object.hasOwn(owners, kind) ? owners[kind as keyof typeof owners](name) : undefined;
};

/**
 * Intents without an outcome: brought again by the sweep, because a message may be lost and an
 * answer too.
 */
export const openEffects = ({
  rollouts,
  prefetches,
  drains,
  clusters,
  enforcement,
  ghosts,
  hooks,
  desired,
}: Pick<
  Views,
  'rollouts' | 'prefetches' | 'drains' | 'clusters' | 'enforcement' | 'ghosts' | 'hooks' | 'desired'
>): readonly EffectMessage[] => [
  ...[...rollouts.values()].flatMap(({ rolloutId, effects }) =>
    oldestFirst(effects).map((effectId) => ({ rolloutId, effectId })),
  ),
  ...[...prefetches].flatMap(([prefetchOf, state]) => {
    const intended = Object.entries(state.prefetches).filter(
      ([, { status }]) => status === 'intended',
    );
    return oldestFirst(Object.fromEntries(intended)).map((effectId) => ({ prefetchOf, effectId }));
  }),
  ...drains.flatMap((each) => {
    const drain = drainHolder(each).slice('drain#'.length);
    return oldestFirst(each.effects).map((effectId) => ({ drain, effectId }));
  }),
  ...[...clusters.keys()].flatMap((ghostIn) =>
    oldestFirst(ghosts(ghostIn).effects).map((effectId) => ({ ghostIn, effectId })),
  ),
  ...[...clusters.keys()].flatMap((hookIn) =>
    oldestFirst(hooks(hookIn).effects).map((effectId) => ({ hookIn, effectId })),
  ),
  ...[...clusters.keys()].flatMap((desiredIn) =>
    oldestFirst(desired(desiredIn).effects).map((effectId) => ({ desiredIn, effectId })),
  ),
  ...[...clusters.keys()].flatMap((clusterName) =>
    oldestFirst(enforcement(clusterName).effects).map((effectId) => ({ clusterName, effectId })),
  ),
];

type Intent = { readonly effectId: EffectId; readonly intendedAt: number };

const oldestFirst = (effects: Readonly<Record<string, Intent>>): readonly EffectId[] =>
  Object.values(effects)
    .toSorted((a, b) => a.intendedAt - b.intendedAt || (a.effectId < b.effectId ? -1 : 1))
    .map(({ effectId }) => effectId);

/**
 * The cluster whose planners a commit may concern; channels, images and AMIs concern all, and wait
 * for their tick.
 */
const kinds: ReadonlySet<string> = new Set([
  'fleet',
  'disruption',
  'drain',
  'desired',
  'cluster',
  'enforcement',
  'maintenance',
]);
const clusterOf = (stream: string): string | undefined => {
  const [kind, rest] = stream.split('#');
  const [name] = (rest ?? '').split('/');
  // What is set for every cluster waits for the tick of each.
  return kinds.has(kind ?? '') && name !== everything ? name : undefined;
};

/** `DelaySeconds` of the control queue (infra/resources/queues.yml). */
export const oneWakeUpMs = 10_000;

/**
 * The wake-ups of control ticks that a commit calls for. Commits of the same ten seconds have one
 * name for it, and the queue takes a name once: a pass reads the whole fleet, and one is enough for
 * all that happened. The queue holds it back for as long, so that none of them comes too late.
 */
export const wakeUpsOf = (
  { stream, at, events }: Pick<Commit, 'stream' | 'at' | 'events'>,
  watched: readonly string[],
): readonly QueueMessage[] => {
  const clusterName = clusterOf(stream);
  const concerned = clusterName === undefined ? [] : [clusterName];
  return (isInterruption(stream, events) ? watched : concerned).map((name) => ({
    id: `${name}-${Math.floor(at / oneWakeUpMs)}`,
    body: { clusterName: name },
    group: name,
  }));
};

/** It names no cluster, and leaves two minutes: the next tick of each may be one of them. */
const isInterruption = (stream: string, events: readonly unknown[]): boolean =>
  stream.startsWith('ec2#') &&
  events.some((event) => (event as { type: string }).type === 'InterruptionNoticed');
