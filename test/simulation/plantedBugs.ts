import type { Decider } from '../../domain/decider.ts';
import { fleetShard } from '../../domain/fleet/fleetShard.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import { isInFlight } from '../../domain/rollout/rolloutState.ts';
import type { ObservedInstance, ObservedService } from '../../events/fleet.ts';
import type { TaskArn } from '../../events/ids.ts';
import { observe } from '../../functions/observe.ts';
import { send } from '../../functions/send.ts';
import { GatewayError, type Gateways, isGatewayError } from '../../infra/aws/gateways.ts';
import { isVersionConflict } from '../../infra/eventStore/eventStore.ts';
import type { FollowedViews, Views } from '../../infra/views/views.ts';
import type { Handlers } from './handlers.ts';
import type { Plant } from './plant.ts';

// Bugs that someone might write, each put where it would stand: the simulation has to find them.

type AnyDecider = { -readonly [Part in 'decide' | 'evolve']: (a: never, b: never) => unknown };

/** Replaces one half of a decider until it is undone. */
const patched = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  with_: (real: Decider<State, Command, Event>) => Partial<Decider<State, Command, Event>>,
) => {
  const real = { ...decider };
  Object.assign(decider as unknown as AnyDecider, with_(real));
  return () => {
    Object.assign(decider as unknown as AnyDecider, real);
  };
};

const seeing =
  (change: (views: Views) => Views) =>
  (real: FollowedViews): FollowedViews => ({
    catchUp: async () => change(await real.catchUp()),
  });

/** The planners see another fleet than there is. */
const seeingFleet = (
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

const same = <Item>(item: Item): Item => item;

/** Effects of one kind are carried out over other gateways. */
const fooling =
  (kind: string, fool: (gateways: Gateways, before: string | undefined) => Gateways) =>
  (real: Handlers): Handlers => ({
    ...real,
    carryOut: async (tools, message) => {
      if (!message.effectId.startsWith(kind)) return real.carryOut(tools, message);
      const { state } = await tools.store.load(rolloutStream(message.rolloutId), rollout);
      const effect = state.status === 'none' ? undefined : state.effects[message.effectId];
      const before = effect?.kind === 'deploy' ? effect.deploymentBefore : undefined;
      return real.carryOut({ ...tools, gateways: fool(tools.gateways, before) }, message);
    },
  });

const wholeBudget = { instances: { percent: 100 }, services: { percent: 100 } };

export const plantedBugs: readonly (Plant & { readonly foundBy: number })[] = [
  {
    name: 'a lease is granted without a look at the budget',
    foundBy: 1,
    views: seeing((views) => ({
      ...views,
      ledger: (name) => {
        const real = views.ledger(name);
        return { ...real, budget: { ...real.budget, ...wholeBudget } };
      },
    })),
    patch: () =>
      patched(ledger, ({ decide }) => ({
        decide: (command, state) =>
          decide(command, { ...state, budget: { ...state.budget, ...wholeBudget } }),
      })),
  },
  {
    name: 'the view ignores versions',
    foundBy: 1,
    patch: () =>
      patched(fleetShard, ({ decide }) => ({
        decide: (command, state) => {
          if (command.type !== 'Observe') return decide(command, state);
          const { now } = command;
          return command.observations.flatMap((each) =>
            each.kind === 'task'
              ? [
                  {
                    type: 'TaskObserved' as const,
                    data: { task: each.task, from: each.from, observedAt: now },
                  },
                ]
              : decide({ ...command, observations: [each] }, state),
          );
        },
      })),
  },
  {
    name: 'an instance is terminated without reading it again',
    foundBy: 1,
    handlers: fooling('terminate', (gateways) => ({
      ...gateways,
      ecs: {
        ...gateways.ecs,
        describeInstance: async (cluster, arn) => {
          const found = await gateways.ecs.describeInstance(cluster, arn);
          const empty = { status: 'DRAINING', runningTasksCount: 0, pendingTasksCount: 0 };
          return found && { ...found, ...empty };
        },
      },
    })),
  },
  {
    name: 'a service is deployed again after a lost answer',
    foundBy: 1,
    handlers: fooling('deploy', (gateways, before) => ({
      ...gateways,
      ecs: {
        ...gateways.ecs,
        describeService: async (cluster, arn, now) => {
          const found = await gateways.ecs.describeService(cluster, arn, now);
          const asBefore = (each: ObservedService['deployments'][number]) =>
            each.status === 'PRIMARY' ? { ...each, id: before ?? each.id } : each;
          return found && { ...found, deployments: found.deployments.map(asBefore) };
        },
      },
    })),
  },
  {
    name: 'a lease is given back before the replacement is proved',
    foundBy: 1,
    handlers: (real) => ({
      ...real,
      control: async (tools, clusterName) => {
        const report = await real.control(tools, clusterName);
        const now = tools.now();
        for (const each of (await tools.views.catchUp()).rollouts.values()) {
          for (const item of Object.values(each.instances).filter(isInFlight)) {
            if (item.status !== 'terminating') continue;
            const command = { type: 'ReturnLease', leaseId: item.leaseId, now } as const;
            await send(tools.store, ledger, ledgerStream(clusterName), command, now);
          }
        }
        return report;
      },
    }),
  },
  {
    name: 'an empty listing means that all are gone',
    foundBy: 1,
    handlers: (real) => ({
      ...real,
      sweep: async (tools, clusterName) => {
        const views = await tools.views.catchUp();
        const cluster = views.clusters.get(clusterName);
        const listed = await tools.ecs.listInstances(cluster?.arn ?? clusterName);
        const there = new Set<string>(listed.map((each) => each.containerInstanceArn));
        const gone = [...views.fleet(clusterName).instances.values()]
          .filter(({ containerInstanceArn }) => !there.has(containerInstanceArn))
          .map(({ containerInstanceArn }) => ({ kind: 'instanceGone', containerInstanceArn }) as const);
        if (cluster !== undefined) await observe(tools.store, cluster, gone, tools.now());
        return real.sweep(tools, clusterName);
      },
    }),
  },
  {
    name: 'a commit of our own is not recognised and appended again',
    foundBy: 1,
    store: (real) => {
      const appended = new Set<string>();
      return {
        ...real,
        append: async (position, commit) => {
          const mark = `${position.stream} ${position.version} ${commit.commitId}`;
          if (!appended.has(mark)) {
            appended.add(mark);
            return real.append(position, commit);
          }
          const fold = { stateShape: 'none', initialState: null, evolve: () => null };
          const head = await real.load(position.stream, fold);
          return real.append(head.position, { ...commit });
        },
      };
    },
  },
  {
    name: 'a decision that met a conflict is sent again as it was',
    foundBy: 1,
    store: (real) => ({
      ...real,
      append: async (position, commit) => {
        try {
          return await real.append(position, commit);
        } catch (error) {
          if (!isVersionConflict(error)) throw error;
          const fold = { stateShape: 'none', initialState: null, evolve: () => null };
          const { snapshot: _stale, ...rest } = commit;
          return real.append((await real.load(position.stream, fold)).position, rest);
        }
      },
    }),
  },
  {
    name: 'a service that cannot move is taken for one that can',
    foundBy: 1,
    views: seeingFleet(same, (service) => ({ ...service, maximumPercent: 200 })),
  },
  {
    name: 'an instance that an operator drained is taken over',
    foundBy: 1,
    views: seeingFleet((instance, views) => {
      const ours = [...views.rollouts.values()].some((each) => {
        const item = each.instances[instance.containerInstanceArn];
        return item !== undefined && isInFlight(item);
      });
      return ours ? instance : { ...instance, status: 'ACTIVE' };
    }, same),
  },
  {
    name: 'an intent whose message was lost is never brought again',
    foundBy: 1,
    handlers: (real) => ({ ...real, openEffects: () => [] }),
  },
  {
    name: 'a replacement counts as proved as soon as it is there',
    foundBy: 1,
    patch: () =>
      patched(rollout, ({ decide }) => ({
        decide: (command, state) => {
          if (command.type !== 'ProveInstance') return decide(command, state);
          const { containerInstanceArn, now } = command;
          const taskArn = containerInstanceArn.replace('container-instance', 'task') as TaskArn;
          return decide({ type: 'RecordProof', containerInstanceArn, taskArn, now }, state);
        },
      })),
  },
  {
    name: 'every try to run a canary has a token of its own',
    foundBy: 1,
    gateways: (real) => {
      let tries = 0;
      return {
        ...real,
        ecs: {
          ...real.ecs,
          runPinnedTask: (request) => {
            tries += 1;
            return real.ecs.runPinnedTask({ ...request, clientToken: `try-${tries}` });
          },
        },
      };
    },
  },
  {
    name: 'a pause is not heeded',
    foundBy: 1,
    patch: () =>
      patched(rollout, ({ evolve }) => ({
        evolve: (state, event) => (event.type === 'RolloutPaused' ? state : evolve(state, event)),
      })),
  },
  {
    name: 'a halt is not heeded',
    foundBy: 1,
    patch: () =>
      patched(rollout, ({ evolve }) => ({
        evolve: (state, event) => (event.type === 'RolloutHalted' ? state : evolve(state, event)),
      })),
  },
  {
    name: 'an abort forgets what is under way',
    foundBy: 1,
    patch: () =>
      patched(rollout, ({ evolve }) => ({
        evolve: (state, event) => {
          const next = evolve(state, event);
          if (event.type !== 'RolloutAborted' || next.status === 'none') return next;
          return { ...next, instances: {}, effects: {} };
        },
      })),
  },
  {
    name: 'a call whose answer was lost counts as refused',
    foundBy: 1,
    gateways: (real) => {
      const hard = <Result>(call: Promise<Result>) =>
        call.catch((error: unknown) => {
          if (!isGatewayError(error)) throw error;
          throw new GatewayError('refused', error.code, error.message);
        });
      return {
        ...real,
        autoScaling: {
          terminateForReplacement: (id) => hard(real.autoScaling.terminateForReplacement(id)),
        },
        ecs: {
          ...real.ecs,
          setInstanceStatus: (...asked) => hard(real.ecs.setInstanceStatus(...asked)),
          forceNewDeployment: (...asked) => hard(real.ecs.forceNewDeployment(...asked)),
        },
      };
    },
  },
];
