import { type Drain, isUnderWay } from '../../domain/draining/drainState.ts';
import { Refusal } from '../../domain/refusal.ts';
import { drawBetween, drawOne } from '../../domain/simulation/chance.ts';
import { injectSpotNotice, noticeMs } from '../../domain/simulation/faults.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { Instant } from '../../events/ids.ts';
import * as doors from '../../functions/api/commands/drains.ts';
import { isProblemError } from '../../functions/api/problem.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { followViews, type Views } from '../../infra/views/views.ts';
import { byHand } from './byHand.ts';
import type { Faults } from './faultPlan.ts';
import { registered, setCanaries } from './worldFaults.ts';

/** Who drains instances over the API, undoes drains, and takes them back in the console. */
export type Drainers = {
  /** While faults last. */
  readonly act: (views: Views) => Promise<void>;
  /** Afterwards: what waits for a person is undone. */
  readonly tidy: (views: Views) => Promise<void>;
  /** EC2 ids of instances that EC2 takes; it has given notice now. */
  readonly interrupt: () => readonly string[];
  /** EC2 has given notice, and has not taken the instance yet. */
  readonly isNoticed: () => boolean;
};

const minuteMs = 60_000;
const reason = 'by hand';

export const createDrainers = (world: World, store: EventStore, faults: Faults): Drainers => {
  const { hits, ofDrains: chance } = faults;
  const cluster = world.clusterName;
  let asked = 0;
  let noticedUntil = 0;
  const followed = followViews(store);
  const tools = { store, views: followed, scope: {}, now: () => world.now as Instant };
  const caller = () => {
    asked += 1;
    const commandId = `drained by hand ${asked}`;
    return { actor: 'operator', now: world.now as Instant, commandId, isRetry: false };
  };
  const start = (instance: string, forced: boolean) =>
    unlessRefused(() => {
      const deadlineAt = (world.now + drawBetween(chance, 10, 240) * minuteMs) as Instant;
      const body = {
        instances: [instance],
        reason,
        deadlineAt,
        atDeadline: drawOne(chance, ['restore', 'restore', 'escalate'] as const),
        standalone: drawOne(chance, policies),
        andThen: drawOne(chance, ['keepDrained', 'terminate', 'restore'] as const),
        ...(forced && { forcedBecause: 'it has to go' }),
      };
      return doors.start({ parameters: { cluster }, query: {}, body }, caller(), tools);
    });
  const undo = ({ ec2InstanceId: instance }: Drain) =>
    unlessRefused(() =>
      doors.undo(
        { parameters: { cluster, instance }, query: {}, body: { reason } },
        caller(),
        tools,
      ),
    );
  const living = () => registered(world).filter(({ ghost, arn }) => !ghost && arn !== null);
  const notice = (spared: boolean): readonly string[] => {
    const instances = living();
    if (instances.length < 3) return [];
    const { ec2InstanceId } = drawOne(chance, instances);
    injectSpotNotice(world, ec2InstanceId, { spared });
    noticedUntil = world.now + noticeMs;
    return [ec2InstanceId];
  };
  return {
    act: async ({ drains }) => {
      const underWay = drains.filter(isUnderWay);
      for (const kind of ['drainStarted', 'drainForced'] as const) {
        const instances = living();
        if (!hits(kind) || instances.length < 3) continue;
        await start(drawOne(chance, instances).ec2InstanceId, kind === 'drainForced');
      }
      if (hits('drainUndone') && underWay.length > 0) await undo(drawOne(chance, underWay));
      for (const each of drains) {
        if (each.status === 'gone' && hits('successorUnfit')) setCanaries(world, 1);
      }
      if (hits('drainTakenBack')) takeBack(world, underWay, faults);
    },
    tidy: async ({ drains }) => {
      for (const each of drains.filter(waitsForSomeone)) await undo(each);
    },
    interrupt: () => [
      ...(hits('spotNoticed') ? notice(false) : []),
      ...(hits('spotSpared') ? notice(true) : []),
      ...(hits('endedByGroup') ? endByGroup(world, faults) : []),
    ],
    isNoticed: () => world.now < noticedUntil,
  };
};

/** The group ends one of its instances, which waits in the hook that the group has. */
const endByGroup = (world: World, { ofDrains }: Faults): readonly string[] => {
  const hooked = registered(world).filter(
    ({ group, ghost, lifecycle }) =>
      !ghost && lifecycle === 'InService' && world.groups[group]?.terminationHook !== undefined,
  );
  if (hooked.length < 3) return [];
  const { ec2InstanceId: InstanceId } = drawOne(ofDrains, hooked);
  const how = { InstanceId, ShouldDecrementDesiredCapacity: false };
  byHand(world, 'autoscaling', 'TerminateInstanceInAutoScalingGroup', how);
  return [InstanceId];
};

const policies = [
  { type: 'wait' },
  { type: 'protect' },
  { type: 'stopAfter', afterMs: 10 * minuteMs },
] as const;

const waitsForSomeone = ({ status, andThen }: Drain): boolean =>
  status === 'waiting' ||
  status === 'escalated' ||
  (status === 'drained' && andThen === 'keepDrained');

const takeBack = (world: World, drains: readonly Drain[], { ofDrains }: Faults): void => {
  const draining = new Set(
    registered(world).flatMap(({ arn, status }) =>
      arn !== null && status === 'DRAINING' ? [arn] : [],
    ),
  );
  const ours = drains.filter(({ containerInstanceArn }) => draining.has(containerInstanceArn));
  if (ours.length === 0) return;
  const { containerInstanceArn } = drawOne(ofDrains, ours);
  const containerInstances = [containerInstanceArn];
  byHand(world, 'ecs', 'UpdateContainerInstancesState', { containerInstances, status: 'ACTIVE' });
};

/** A no is an answer too. */
const unlessRefused = async (ask: () => Promise<unknown>): Promise<void> => {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof Refusal) && !isProblemError(error)) throw error;
  }
};
