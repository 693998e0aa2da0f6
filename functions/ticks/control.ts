import { drainHolder } from '../../domain/draining/drain.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import { recoverLeases } from '../../domain/maintenance/recoverLeases.ts';
import { planSteps, type StepPlan } from '../../domain/rollout/planSteps.ts';
import { leasesOfPrefetch, prefetch, prefetchStream } from '../../domain/rollout/prefetch.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import { hasEnded, type Rollout } from '../../domain/rollout/rolloutState.ts';
import type { Proposal, Sight } from '../../domain/rollout/sight.ts';
import { leavesWork } from '../../domain/rollout/templatesToReturn.ts';
import type { Instant } from '../../events/ids.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import type { Views } from '../../infra/views/views.ts';
import { send } from '../send.ts';
import { advanceCampaign } from './campaign.ts';
import {
  allOf,
  attempt,
  type ControlReport,
  type ControlTools,
  sendEach,
  sightOf,
} from './controlTools.ts';
import { describeAgain } from './describeAgain.ts';
import { followDrains } from './drains.ts';
import { enforce } from './enforce.ts';
import { layGhosts } from './ghosts.ts';
import { answerHooks } from './hooks.ts';
import { observeProtectionOn } from './observeStops.ts';
import { readAlarms } from './readAlarms.ts';
import { readRollbackAmis } from './readRollbackAmis.ts';
import { scale } from './scale.ts';

/**
 * One pass over one cluster: look, plan, send each command to its decider. Effects follow from what
 * was stored.
 */
export const control = async (tools: ControlTools, clusterName: string): Promise<ControlReport> => {
  const now = tools.now();
  const look = () => tools.views.catchUp(clusterName);
  await describeAgain(tools, await look(), clusterName);
  const campaign = await advanceCampaign(tools, await look(), clusterName);
  const reports = [campaign];
  const views = await look();
  reports.push(await recover(tools, views, clusterName, now));
  const plans = new Map<string, StepPlan>();
  const rollouts = followed(views, clusterName);
  const alarms = await readAlarms(tools, rollouts);
  const amisAvailable = await readRollbackAmis(tools, rollouts, views.fleet(clusterName));
  const sight = sightOf(views, clusterName, tools, now, { alarms, amisAvailable });
  for (const each of rollouts) {
    const { plan, seen } = await planned(tools, clusterName, each, sight);
    plans.set(each.rolloutId, plan);
    reports.push(await advance(tools, each, plan, seen));
  }
  reports.push(await layGhosts(tools, views, clusterName));
  reports.push(await answerHooks(tools, views, clusterName));
  // A look costs a read of every stream of the cluster: again only where something was written.
  const moved = await look();
  const scaled = await scale(tools, moved, clusterName, { alarms, amisAvailable });
  const sized = scaled.written > 0 ? await look() : moved;
  const news = await protectionOfDrains(tools, sized, clusterName);
  reports.push(scaled, await followDrains(tools, news > 0 ? await look() : sized, clusterName));
  reports.push(await enforce(tools, views, clusterName, plans));
  return allOf(reports);
};

/**
 * The steps of a rollout. What it would drain is looked at again first: the sweep asks for the
 * protection of tasks every few minutes, and one may have protected itself since.
 */
const planned = async (
  { store, views, ecs, now }: ControlTools,
  clusterName: string,
  each: Rollout,
  sight: Sight,
): Promise<{ readonly plan: StepPlan; readonly seen: Sight }> => {
  const plan = planSteps(each, sight);
  const drained = plan.proposals.flatMap(({ step }) =>
    step.type === 'DrainInstance' ? step.containerInstanceArn : [],
  );
  if (drained.length === 0) return { plan, seen: sight };
  const tools = { store, views, gateways: { ecs }, now };
  const { news } = await observeProtectionOn(tools, clusterName, drained);
  if (news === 0) return { plan, seen: sight };
  const seen = { ...sight, view: (await views.catchUp(clusterName)).fleet(clusterName) };
  return { plan: planSteps(each, seen), seen };
};

/** A drain that has not begun may still be held by a task that has been protected meanwhile. */
const protectionOfDrains = async (
  { store, views, ecs, now }: ControlTools,
  { drains }: Views,
  clusterName: string,
): Promise<number> => {
  const waiting = drains
    .filter((each) => each.clusterName === clusterName && each.status === 'waiting')
    .map(({ containerInstanceArn }) => containerInstanceArn);
  if (waiting.length === 0) return 0;
  const tools = { store, views, gateways: { ecs }, now };
  const { news } = await observeProtectionOn(tools, clusterName, waiting);
  return news;
};

const recover = async (
  { store }: ControlTools,
  views: Views,
  clusterName: string,
  now: Instant,
): Promise<ControlReport> => {
  const isKnown = (holder: string) =>
    [...views.rollouts.keys()].some((rolloutId) => rolloutStream(rolloutId) === holder) ||
    [...views.prefetches.keys()].some((rolloutId) => prefetchStream(rolloutId) === holder) ||
    views.drains.some((each) => drainHolder(each) === holder);
  const commands = recoverLeases(views.ledger(clusterName), isKnown, now);
  return sendEach(store, ledger, ledgerStream(clusterName), commands, now);
};

/** Rollouts that go on, and ended ones that still hold leases. */
const followed = (views: Views, clusterName: string): readonly Rollout[] => {
  const held = new Set(Object.values(views.ledger(clusterName).leases).map(({ holder }) => holder));
  return [...views.rollouts.values()].filter(
    (each) =>
      each.clusterName === clusterName &&
      (!hasEnded(each) ||
        leavesWork(each) ||
        held.has(rolloutStream(each.rolloutId)) ||
        held.has(prefetchStream(each.rolloutId)) ||
        leasesOfPrefetch(views.prefetches.get(each.rolloutId) ?? prefetch.initialState).size > 0),
  );
};

const advance = async (
  { store }: ControlTools,
  each: Rollout,
  plan: StepPlan,
  sight: Sight,
): Promise<ControlReport> => {
  const ledgerAt = ledgerStream(each.clusterName);
  const settled = await sendEach(store, ledger, ledgerAt, plan.ledger, sight.now);
  const refused: string[] = [];
  let written = 0;
  for (const proposal of plan.proposals) {
    written += await attempt(() => carry(store, each, proposal, sight.now), refused);
  }
  for (const { lease, step } of plan.prefetches) {
    written += await attempt(async () => {
      if (lease !== undefined) await send(store, ledger, ledgerAt, lease, sight.now);
      return send(store, prefetch, prefetchStream(each.rolloutId), step, sight.now);
    }, refused);
  }
  return allOf([settled, { written, refused }]);
};

/**
 * The lease first. A step whose lease is refused is not taken, and is proposed again when there is
 * room.
 */
const carry = async (
  store: EventStore,
  { clusterName, rolloutId }: Rollout,
  { lease, leases = lease === undefined ? [] : [lease], step }: Proposal,
  now: Instant,
) => {
  for (const each of leases) {
    await send(store, ledger, ledgerStream(clusterName), each, now);
  }
  return send(store, rollout, rolloutStream(rolloutId), step, now);
};
