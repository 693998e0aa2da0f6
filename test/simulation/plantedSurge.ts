import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { TaskArn } from '../../events/ids.ts';
import type { Plant } from './plant.ts';
import { evolvedOtherwise, patched } from './planting.ts';

/** Bugs in replacing by surge. */
export const plantedInSurge: readonly (Plant & { readonly foundBy: number })[] = [
  {
    name: 'the old one is ended without decrement',
    foundBy: 1,
    gateways: (real) => ({
      ...real,
      autoScaling: {
        ...real.autoScaling,
        terminateForScaleIn: real.autoScaling.terminateForReplacement,
      },
    }),
  },
  {
    name: 'what was launched for nothing is not given back',
    foundBy: 1,
    patch: () =>
      patched(rollout, ({ decide }) => ({
        decide: (command, state) => {
          if (command.type !== 'ReturnSurplus') return decide(command, state);
          const { containerInstanceArn, reason, detail, now: skippedAt } = command;
          const data = { containerInstanceArn, reason, detail, skippedAt };
          return [{ type: 'InstanceSkipped' as const, data }];
        },
      })),
  },
  {
    name: 'the old one is drained before its newcomer is proved',
    foundBy: 1,
    patch: () =>
      evolvedOtherwise((evolve) => (state, event) => {
        const next = evolve(state, event);
        if (event.type !== 'InstanceReplaced') return next;
        const { containerInstanceArn, replacedAt: provedAt } = event.data;
        const item = next.status === 'none' ? undefined : next.instances[containerInstanceArn];
        if (item?.status !== 'replaced' || item.surge === undefined) return next;
        const taskArn = containerInstanceArn.replace('container-instance', 'task') as TaskArn;
        const data = { containerInstanceArn, taskArn, provedAt };
        return evolve(next, { type: 'InstanceProved', data });
      }),
  },
  {
    name: 'a desired capacity is set over what somebody else has set',
    foundBy: 3,
    handlers: (real) => ({
      ...real,
      carryOutPart: async (tools, part) => {
        const [message] = part;
        if (message === undefined || !('rolloutId' in message)) {
          return real.carryOutPart(tools, part);
        }
        const { state } = await tools.store.load(rolloutStream(message.rolloutId), rollout);
        const { autoScaling } = tools.gateways;
        const asMeant = (name: string, desired: number): number => {
          if (state.status === 'none') return desired;
          const effect = state.effects[message.effectId];
          return effect?.kind === 'surge' ? effect.from : (state.groups[name]?.desired ?? desired);
        };
        const describeGroups: typeof autoScaling.describeGroups = async (names) =>
          (await autoScaling.describeGroups(names)).map((group) => ({
            ...group,
            desiredCapacity: asMeant(group.name, group.desiredCapacity),
          }));
        const gateways = { ...tools.gateways, autoScaling: { ...autoScaling, describeGroups } };
        return real.carryOutPart({ ...tools, gateways }, part);
      },
    }),
  },
];
