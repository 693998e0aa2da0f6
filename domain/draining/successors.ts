import type { ContainerInstanceArn } from '../../events/ids.ts';
import type { DrainSight } from './drainSight.ts';
import type { Drain } from './drainState.ts';

/**
 * Which newcomer stands for which instance that is gone. Its group launches one in its place and
 * does not say which, so the first that has registered since the drain began, takes tasks and
 * stands for nothing else is taken for it; the longest gone has the first.
 */
export const successorsOf = (
  drains: readonly Drain[],
  { fleet: { view }, ledger, claimed }: Omit<DrainSight, 'successors'>,
): ReadonlyMap<string, ContainerInstanceArn> => {
  const gone = drains
    .filter((each) => each.status === 'gone')
    .toSorted((a, b) => a.since - b.since);
  const serves = (arn: ContainerInstanceArn): boolean => {
    const instance = view.instances.get(arn);
    return instance?.status === 'ACTIVE' && instance.agentConnected;
  };
  const successors = new Map<string, ContainerInstanceArn>();
  // One whose canary was asked for stays the one, as long as it is there and no rollout has it.
  for (const { containerInstanceArn, proof } of gone) {
    if (proof === undefined || claimed?.has(proof.successorArn)) continue;
    if (serves(proof.successorArn)) successors.set(containerInstanceArn, proof.successorArn);
  }
  const known = new Set<string>([
    ...drains.flatMap((each) => ('successorArn' in each ? (each.successorArn ?? []) : [])),
    ...successors.values(),
  ]);
  const leased = new Set(Object.values(ledger.leases).map(({ subject }) => subject.id));
  const newcomers = [...view.instances.values()]
    .filter(
      ({ containerInstanceArn: arn }) =>
        serves(arn) && !leased.has(arn) && !known.has(arn) && !claimed?.has(arn),
    )
    .toSorted((a, b) => (a.registeredAt ?? 0) - (b.registeredAt ?? 0));
  for (const { containerInstanceArn, begunAt, intendedAt } of gone) {
    if (successors.has(containerInstanceArn)) continue;
    const since = begunAt ?? intendedAt;
    const place = newcomers.findIndex(({ registeredAt = 0 }) => registeredAt > since);
    const [newcomer] = place < 0 ? [] : newcomers.splice(place, 1);
    if (newcomer !== undefined) successors.set(containerInstanceArn, newcomer.containerInstanceArn);
  }
  return successors;
};
