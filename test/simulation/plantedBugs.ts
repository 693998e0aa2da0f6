import { fleetShard } from '../../domain/fleet/fleetShard.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import { rollout } from '../../domain/rollout/rollout.ts';
import { isInFlight } from '../../domain/rollout/rolloutState.ts';
import type { ObservedService } from '../../events/fleet.ts';
import type { TaskArn } from '../../events/ids.ts';
import { observe } from '../../functions/observe.ts';
import { send } from '../../functions/send.ts';
import { GatewayError, isGatewayError } from '../../infra/aws/gateways.ts';
import { isVersionConflict } from '../../infra/eventStore/eventStore.ts';
import type { Plant } from './plant.ts';
import {
  blindToTasks,
  evolvedOtherwise,
  fooling,
  patched,
  same,
  seeing,
  seeingFleet,
  spending,
} from './planting.ts';

// Bugs that someone might write, each put where it would stand: the simulation has to find them.

const wholeBudget = { instances: { percent: 100 }, services: { percent: 100 } };

export const plantedBugs: readonly (Plant & { readonly foundBy: number })[] = [
  {
    name: 'a lease is granted without a look at the budget',
    foundBy: 1,
    ...spending(wholeBudget),
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
    foundBy: 135,
    handlers: fooling('terminate', blindToTasks),
  },
  {
    name: 'a service is deployed again after a lost answer',
    foundBy: 5,
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
    foundBy: 3,
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
    foundBy: 35,
    handlers: (real) => ({
      ...real,
      sweep: async (tools, clusterName) => {
        const views = await tools.views.catchUp();
        const cluster = views.clusters.get(clusterName);
        const listed = await tools.ecs.listInstances(cluster?.arn ?? clusterName);
        const there = new Set<string>(listed.map((each) => each.containerInstanceArn));
        const gone = [...views.fleet(clusterName).instances.values()]
          .filter(({ containerInstanceArn }) => !there.has(containerInstanceArn))
          .map(
            ({ containerInstanceArn }) => ({ kind: 'instanceGone', containerInstanceArn }) as const,
          );
        if (cluster !== undefined) await observe(tools.store, cluster, gone, tools.now());
        return real.sweep(tools, clusterName);
      },
    }),
  },
  {
    name: 'a commit of our own is not recognised and appended again',
    foundBy: 2,
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
    foundBy: 6,
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
    name: 'a canary that failed counts as proof',
    foundBy: 2,
    views: seeing((views) => ({
      ...views,
      fleet: (name) => {
        const fleet = views.fleet(name);
        const tasks = [...fleet.tasks].map(([arn, task]) => {
          const containers = task.containers.map((each) => ({ ...each, exitCode: 0 }));
          return [arn, { ...task, containers }] as const;
        });
        return { ...fleet, tasks: new Map(tasks) };
      },
    })),
  },
  {
    name: 'an instance that an operator drained is taken over',
    foundBy: 24,
    views: seeingFleet((instance, views) => {
      const ours = [...views.rollouts.values()].some((each) => {
        const item = each.instances[instance.containerInstanceArn];
        return item !== undefined && isInFlight(item);
      });
      return ours ? instance : { ...instance, status: 'ACTIVE' };
    }, same),
    handlers: fooling('drain', (gateways) => ({
      ...gateways,
      ecs: {
        ...gateways.ecs,
        describeInstances: async (cluster, arns) => {
          const found = await gateways.ecs.describeInstances(cluster, arns);
          return found.map((each) => ({ ...each, status: 'ACTIVE' }));
        },
      },
    })),
  },
  {
    name: 'an intent whose message was lost is never brought again',
    foundBy: 13,
    handlers: (real) => ({ ...real, openEffects: () => [] }),
  },
  {
    name: 'a replacement counts as proved as soon as it is there',
    foundBy: 2,
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
    foundBy: 2,
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
    foundBy: 2,
    patch: () =>
      evolvedOtherwise(
        (evolve) => (state, event) =>
          event.type === 'RolloutPaused' ? state : evolve(state, event),
      ),
  },
  {
    name: 'a halt is not heeded',
    foundBy: 1,
    patch: () =>
      evolvedOtherwise(
        (evolve) => (state, event) =>
          event.type === 'RolloutHalted' ? state : evolve(state, event),
      ),
  },
  {
    name: 'an abort forgets what is under way',
    foundBy: 3,
    patch: () =>
      evolvedOtherwise((evolve) => (state, event) => {
        const next = evolve(state, event);
        if (event.type !== 'RolloutAborted' || next.status === 'none') return next;
        return { ...next, instances: {}, effects: {} };
      }),
  },
  {
    name: 'a call whose answer was lost counts as refused',
    foundBy: 2,
    gateways: (real) => {
      const hard = <Result>(call: Promise<Result>) =>
        call.catch((error: unknown) => {
          if (!isGatewayError(error)) throw error;
          throw new GatewayError('refused', error.code, error.message);
        });
      return {
        ...real,
        autoScaling: {
          ...real.autoScaling,
          terminateForReplacement: (id) => hard(real.autoScaling.terminateForReplacement(id)),
        },
        ecs: {
          ...real.ecs,
          drainInstances: (...asked) => hard(real.ecs.drainInstances(...asked)),
          setInstanceStatus: (...asked) => hard(real.ecs.setInstanceStatus(...asked)),
          forceNewDeployment: (...asked) => hard(real.ecs.forceNewDeployment(...asked)),
        },
      };
    },
  },
];
