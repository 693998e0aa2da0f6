import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import type { ObservedInstance } from '../../events/fleet.ts';
import type { ClusterArn, EffectId, Instant } from '../../events/ids.ts';
import { type EcsGateway, isGatewayError } from '../../infra/aws/gateways.ts';
import {
  attempted,
  failure,
  notFound,
  type Of,
  open,
  type Performance,
  refused,
  stopped,
  succeeded,
} from './performance.ts';

/** Instances that one call takes (ECS API, UpdateContainerInstancesState). */
export const drainsMax = 10;

type Drain = Of<'drain'>;
type Performances = ReadonlyMap<EffectId, Performance>;
type Place = Pick<EcsGateway, 'describeInstances' | 'drainInstances'> & {
  readonly cluster: ClusterArn;
};

/**
 * Sets DRAINING what may be, at most `drainsMax` instances in one call, each looked at before and
 * each with an attempt and an outcome of its own. A call whose answer was lost leaves all of them
 * open: the next look tells for each whether it was done. ECS is told the cluster's ARN, for
 * Tuesday may have another name for it.
 */
export const drainTogether = (
  { cluster, ...ecs }: Place,
  rollout: Rollout,
  drains: readonly Drain[],
  now: () => Instant,
  attempt: (effectId: EffectId) => Promise<boolean>,
): Promise<Performances> =>
  askingFor(drains, async (some) => {
    if (stopped(rollout)) return all(some, open(`the rollout is ${rollout.status}`));
    const seen = await ecs.describeInstances(cluster, some.map(arnOf));
    const instances = new Map(seen.map((instance) => [arnOf(instance), instance]));
    const done = new Map<EffectId, Performance>();
    const due: Drain[] = [];
    for (const drain of some) {
      const verdict = judge(drain, instances.get(arnOf(drain)), now());
      if (verdict !== undefined) done.set(drain.effectId, verdict);
      else if (await attempt(drain.effectId)) due.push(drain);
      else done.set(drain.effectId, open(attempted));
    }
    if (due.length === 0) return done;
    const asked = await askingFor(due, async (these) => {
      const errors = await ecs.drainInstances(cluster, these.map(arnOf));
      return new Map(
        these.map((drain) => {
          const error = errors.get(arnOf(drain));
          return [drain.effectId, error ? failure(error) : succeeded(drain, now())];
        }),
      );
    });
    return new Map([...done, ...asked]);
  });

const arnOf = ({ containerInstanceArn }: { readonly containerInstanceArn: string }) =>
  containerInstanceArn;

const all = (drains: readonly Drain[], performance: Performance): Performances =>
  new Map(drains.map(({ effectId }) => [effectId, performance]));

/** Of a call that AWS refuses as a whole each is asked for alone: one may have been the reason. */
const askingFor = async (
  drains: readonly Drain[],
  call: (some: readonly Drain[]) => Promise<Performances>,
): Promise<Performances> => {
  try {
    return await call(drains);
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    if (error.kind !== 'refused' || drains.length === 1) return all(drains, failure(error));
    const alone = new Map<EffectId, Performance>();
    for (const drain of drains) {
      for (const [effectId, answer] of await askingFor([drain], call)) alone.set(effectId, answer);
    }
    return alone;
  }
};

/**
 * `undefined`: it is to be drained. An instance that was DRAINING before anyone here tried was
 * drained by someone else, and is theirs.
 */
const judge = (
  drain: Drain,
  instance: ObservedInstance | undefined,
  now: Instant,
): Performance | undefined => {
  if (instance === undefined) return open(notFound);
  if (instance.status === 'DRAINING') {
    if (drain.attemptedAt !== undefined) return succeeded(drain, now);
    const reason = 'someone else has set it DRAINING';
    return { status: 'refused', reason, unlessAttempted: true };
  }
  return instance.status === 'ACTIVE' ? undefined : refused(`the instance is ${instance.status}`);
};
