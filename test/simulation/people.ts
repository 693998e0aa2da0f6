import { Refusal } from '../../domain/refusal.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { OperatorCommand } from '../../domain/rollout/rolloutCommand.ts';
import { isInFlight, type Rollout } from '../../domain/rollout/rolloutState.ts';
import { drawBetween, drawOne } from '../../domain/simulation/chance.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { Instant } from '../../events/ids.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import type { Views } from '../../infra/views/views.ts';
import { byHand } from './byHand.ts';
import type { Faults } from './faultPlan.ts';
import { befallTemplates } from './templateScene.ts';
import { registered } from './worldFaults.ts';

type Scene = { readonly world: World; readonly store: EventStore; readonly faults: Faults };

/** What somebody other than Tuesday did in a step. */
export type Deeds = {
  readonly drained: string[];
  readonly deployed: string[];
  readonly scaled: string[];
};

export type People = {
  /** They meddle, as the faults of this seed have it, and look after what has stopped. */
  readonly act: (views: Views, deeds: Deeds) => Promise<void>;
  /** Writes between somebody else's load and append: pauses what runs, resumes what is paused. */
  readonly rival: (stream: string) => Promise<void>;
  /** Those whom they drained by hand are given back. */
  readonly giveBack: () => void;
};

const actor = 'operator';

export const createPeople = (scene: Scene): People => {
  const drained = new Set<string>();
  const counts = new Map<string, number>();
  const stoppedSince = new Map<string, number>();
  const looks = new Map<string, number>();
  const { world, store } = scene;
  let asked = 0;
  const order: Order = (rolloutId, command) => {
    asked += 1;
    return ask(store, rolloutId, command, `by hand ${asked}`);
  };
  return {
    act: async (views, deeds) => {
      meddle(scene, views, deeds, drained);
      scaleOut(scene, views, deeds, counts);
      await disturb(scene, views, order);
      for (const id of befallTemplates(world, scene.faults, views.rollouts.values())) {
        const now = world.now as Instant;
        await order(id, { type: 'AbortRollout', actor, reason: 'that AMI is not wanted', now });
      }
      for (const each of views.rollouts.values()) {
        await lookAfter(scene, each, { stoppedSince, looks }, order);
      }
    },
    rival: async (stream) => {
      const { state } = await store.load(stream, rollout);
      if (state.status === 'none') return;
      const now = world.now as Instant;
      if (state.status === 'running') {
        await order(state.rolloutId, { type: 'PauseRollout', actor, reason: 'rival', now });
      } else await order(state.rolloutId, { type: 'ResumeRollout', actor, now });
    },
    giveBack: () => {
      const there = new Set(registered(world).map(({ arn }) => arn));
      for (const arn of drained) if (there.has(arn)) setStatus(world, arn, 'ACTIVE');
      drained.clear();
      for (const [service, desiredCount] of counts) setCount(world, service, desiredCount);
      counts.clear();
    },
  };
};

const ask = async (
  store: EventStore,
  rolloutId: string,
  command: OperatorCommand,
  commitId: string,
) => {
  try {
    const identity = { commitId, now: command.now };
    await handleCommand(store, rollout, rolloutStream(rolloutId), command, identity);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
};

const setStatus = (world: World, arn: string, status: 'ACTIVE' | 'DRAINING') =>
  byHand(world, 'ecs', 'UpdateContainerInstancesState', { containerInstances: [arn], status });

/** Drains and deployments by hand, in the AWS console. */
const meddle = ({ world, faults }: Scene, views: Views, deeds: Deeds, drained: Set<string>) => {
  if (faults.hits('drainedByHand')) {
    const arns = registered(world).flatMap(({ arn, status }) =>
      arn !== null && status === 'ACTIVE' ? [arn] : [],
    );
    if (arns.length > 2) {
      const arn = drawOne(faults.chance, arns);
      setStatus(world, arn, 'DRAINING');
      drained.add(arn);
      deeds.drained.push(arn);
    }
  }
  if (faults.hits('undrainedByHand')) {
    const ours = [...views.rollouts.values()].flatMap(({ instances }) =>
      Object.values(instances).filter(isInFlight),
    );
    const draining = registered(world).flatMap(({ arn, status }) =>
      arn !== null && status === 'DRAINING' ? [arn] : [],
    );
    const arns = [...drained, ...ours.map(({ containerInstanceArn }) => containerInstanceArn)];
    const chosen = arns.filter((arn) => draining.includes(arn));
    if (chosen.length > 0) {
      const arn = drawOne(faults.chance, chosen);
      setStatus(world, arn, 'ACTIVE');
      drained.delete(arn);
    }
  }
  if (faults.hits('deployedByHand')) {
    const { name } = drawOne(faults.chance, Object.values(world.services));
    byHand(world, 'ecs', 'UpdateService', { service: name, forceNewDeployment: true });
    deeds.deployed.push(name);
  }
};

const setCount = (world: World, service: string, desiredCount: number) =>
  byHand(world, 'ecs', 'UpdateService', { service, desiredCount });

/** Load comes in mid-rollout: service auto scaling asks for more tasks, wherever they may go. */
const scaleOut = (
  { world, faults }: Scene,
  views: Views,
  deeds: Deeds,
  counts: Map<string, number>,
) => {
  const isRunning = [...views.rollouts.values()].some(({ status }) => status === 'running');
  if (!isRunning || !faults.hits('scaledByHand')) return;
  const replicas = Object.values(world.services).filter(
    ({ schedulingStrategy }) => schedulingStrategy === 'REPLICA',
  );
  const { name, desiredCount } = drawOne(faults.chance, replicas);
  if (!counts.has(name)) counts.set(name, desiredCount);
  const most = (counts.get(name) ?? 0) + 3;
  setCount(world, name, Math.min(most, desiredCount + drawBetween(faults.chance, 1, 2)));
  deeds.scaled.push(name);
};

type Order = (rolloutId: string, command: OperatorCommand) => Promise<void>;

const disturb = async ({ world, faults }: Scene, views: Views, order: Order) => {
  const now = world.now as Instant;
  const open = [...views.rollouts.values()].filter(
    ({ status }) => status === 'running' || status === 'paused' || status === 'halted',
  );
  if (open.length === 0) return;
  const { rolloutId } = drawOne(faults.chance, open);
  const reason = 'by hand';
  if (faults.hits('pausedByHand')) {
    await order(rolloutId, { type: 'PauseRollout', actor, reason, now });
  }
  if (faults.hits('abortedByHand')) {
    await order(rolloutId, { type: 'AbortRollout', actor, reason, now });
  }
};

type Memory = {
  readonly stoppedSince: Map<string, number>;
  readonly looks: Map<string, number>;
};

const patience = { busy: { least: 15, most: 120 }, calm: { least: 5, most: 10 } } as const;
const looksMax = { busy: 3, calm: 1 } as const;

/**
 * What stands still is resumed after a while, in minutes; what has halted again and again is
 * aborted. Once the faults have stopped there is time to look at once.
 */
const lookAfter = async (
  { world, faults }: Scene,
  { rolloutId, status }: Rollout,
  { stoppedSince, looks }: Memory,
  order: Order,
) => {
  const now = world.now as Instant;
  if (status !== 'paused' && status !== 'halted') {
    stoppedSince.delete(rolloutId);
    return;
  }
  const mood = faults.stopped() ? 'calm' : 'busy';
  const { least, most } = patience[mood];
  const looksAt =
    stoppedSince.get(rolloutId) ?? now + drawBetween(faults.chance, least, most) * 60_000;
  stoppedSince.set(rolloutId, looksAt);
  if (now < looksAt) return;
  stoppedSince.delete(rolloutId);
  const times = (looks.get(rolloutId) ?? 0) + (status === 'halted' ? 1 : 0);
  looks.set(rolloutId, times);
  if (times <= looksMax[mood]) await order(rolloutId, { type: 'ResumeRollout', actor, now });
  else await order(rolloutId, { type: 'AbortRollout', actor, reason: 'halts again', now });
};
