import type { Decider } from '../../domain/decider.ts';
import { type LedgerCommand, ledger } from '../../domain/maintenance/ledger.ts';
import { rolloutFold } from '../../domain/rollout/evolveRollout.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { Budget } from '../../events/disruption.ts';
import type { ObservedInstance, ObservedService } from '../../events/fleet.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import type { FollowedViews, Views } from '../../infra/views/views.ts';
import type { Handlers } from './handlers.ts';
import type { Plant } from './plant.ts';

// Ways to put a bug where someone might have written it, without a hook in the product.

type AnyDecider = { -readonly [Part in 'decide' | 'evolve']: (a: never, b: never) => unknown };

/** Replaces one half of a decider until it is undone. */
export const patched = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  with_: (real: Decider<State, Command, Event>) => Partial<Decider<State, Command, Event>>,
) => {
  const real = { ...decider };
  Object.assign(decider as unknown as AnyDecider, with_(real));
  return () => {
    Object.assign(decider as unknown as AnyDecider, real);
  };
};

type EvolveRollout = typeof rollout.evolve;

/** A rollout comes to another state, in its decider and in the views, which fold without it. */
export const evolvedOtherwise = (change: (real: EvolveRollout) => EvolveRollout) => {
  const real = rollout.evolve;
  for (const each of [rollout, rolloutFold]) Object.assign(each, { evolve: change(real) });
  return () => {
    for (const each of [rollout, rolloutFold]) Object.assign(each, { evolve: real });
  };
};

/** Planners and handlers see other views than those that were recorded. */
export const seeing =
  (change: (views: Views) => Views) =>
  (real: FollowedViews): FollowedViews => ({
    catchUp: async () => change(await real.catchUp()),
  });

/** The planners see another fleet than there is. */
export const seeingFleet = (
  instance: (each: ObservedInstance, views: Views) => ObservedInstance,
  service: (each: ObservedService) => ObservedService,
) =>
  seeing((views) => ({
    ...views,
    fleet: (name) => {
      const fleet = views.fleet(name);
      return {
        ...fleet,
        instances: new Map([...fleet.instances].map(([k, each]) => [k, instance(each, views)])),
        services: new Map([...fleet.services].map(([k, each]) => [k, service(each)])),
      };
    },
  }));

/** Planners and the ledger hold what these commands ask for against another budget. */
export const spending = (
  change: Partial<Budget>,
  isMeant: (command: LedgerCommand) => boolean = () => true,
): Pick<Plant, 'views' | 'patch'> => ({
  views: seeing((views) => ({
    ...views,
    ledger: (name) => {
      const real = views.ledger(name);
      return { ...real, budget: { ...real.budget, ...change } };
    },
  })),
  patch: () =>
    patched(ledger, ({ decide }) => ({
      decide: (command, state) =>
        isMeant(command)
          ? decide(command, { ...state, budget: { ...state.budget, ...change } })
          : decide(command, state),
    })),
});

/** Whoever looks at an instance first is told that it is empty, whatever is on it. */
export const blindToTasks = (gateways: Gateways): Gateways => ({
  ...gateways,
  ecs: {
    ...gateways.ecs,
    describeInstance: async (cluster, arn) => {
      const found = await gateways.ecs.describeInstance(cluster, arn);
      const empty = { status: 'DRAINING', runningTasksCount: 0, pendingTasksCount: 0 };
      return found && { ...found, ...empty };
    },
  },
});

export const same = <Item>(item: Item): Item => item;

/** Effects of one kind are carried out over other gateways. */
export const fooling =
  (kind: string, fool: (gateways: Gateways, before: string | undefined) => Gateways) =>
  (real: Handlers): Handlers => ({
    ...real,
    carryOutPart: async (tools, part) => {
      // All of one part are of one kind.
      const [message] = part;
      if (message === undefined || !('rolloutId' in message)) return real.carryOutPart(tools, part);
      if (!message.effectId.startsWith(kind)) return real.carryOutPart(tools, part);
      const { state } = await tools.store.load(rolloutStream(message.rolloutId), rollout);
      const effect = state.status === 'none' ? undefined : state.effects[message.effectId];
      const before = effect?.kind === 'deploy' ? effect.deploymentBefore : undefined;
      return real.carryOutPart({ ...tools, gateways: fool(tools.gateways, before) }, part);
    },
  });
