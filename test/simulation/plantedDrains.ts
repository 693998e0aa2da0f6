import { drain } from '../../domain/draining/drain.ts';
import { isUnderWay } from '../../domain/draining/drainState.ts';
import type { ContainerInstanceArn } from '../../events/ids.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import type { Plant } from './plant.ts';
import { blindToTasks, patched, seeing, spending } from './planting.ts';

const whole = { instances: { percent: 100 } };

/** Whoever carries out a step of a drain is told something else by ECS. */
const foolingDrains =
  (kind: string, fool: (real: Gateways) => Gateways): NonNullable<Plant['handlers']> =>
  (real) => ({
    ...real,
    carryOutPart: (tools, part) => {
      const [message] = part;
      const isMeant =
        message !== undefined && 'drain' in message && message.effectId.startsWith(kind);
      if (!isMeant) return real.carryOutPart(tools, part);
      return real.carryOutPart({ ...tools, gateways: fool(tools.gateways) }, part);
    },
  });

/** Bugs in drains that no rollout asked for. */
export const plantedInDrains: readonly (Plant & { readonly foundBy: number })[] = [
  {
    name: 'a drain has no deadline',
    foundBy: 8,
    patch: () =>
      patched(drain, ({ decide }) => ({
        decide: (command, state) => {
          const isGivingUp =
            command.type === 'EscalateDrain' ||
            (command.type === 'RestoreInstance' && command.actor === 'tuesday') ||
            (command.type === 'EndDrain' && command.outcome === 'calledOff');
          return isGivingUp ? [] : decide(command, state);
        },
      })),
  },
  {
    name: 'an instance that was drained and taken back is ended all the same',
    foundBy: 104,
    views: seeing((views) => {
      const ours = new Set<string>(
        views.drains
          .filter((each) => isUnderWay(each) && each.isSeen && each.status !== 'restoring')
          .map(({ containerInstanceArn }) => containerInstanceArn),
      );
      const fleet = (name: string) => {
        const real = views.fleet(name);
        const instances = [...real.instances].map(
          ([arn, each]) => [arn, ours.has(arn) ? { ...each, status: 'DRAINING' } : each] as const,
        );
        return { ...real, instances: new Map(instances) };
      };
      return { ...views, fleet };
    }),
    handlers: foolingDrains('terminate', blindToTasks),
  },
  {
    name: 'the lease of a drain goes back before a successor is there',
    foundBy: 8,
    patch: () =>
      patched(drain, ({ decide }) => ({
        decide: (command, state) =>
          command.type === 'RecordGone'
            ? decide({ ...command, type: 'EndDrain', outcome: 'gone', detail: 'gone' }, state)
            : decide(command, state),
      })),
  },
  {
    name: 'the lease of a drain goes back before its successor is proved',
    foundBy: 7,
    patch: () =>
      patched(drain, ({ decide }) => ({
        decide: (command, state) => {
          const [held] = command.type === 'HoldDrain' ? command.held : [];
          if (held?.reason !== 'ProofPending' || !('count' in command)) {
            return decide(command, state);
          }
          const successorArn = held.subject as ContainerInstanceArn;
          const { count, now } = command;
          const end = { type: 'EndDrain', count, outcome: 'gone', detail: 'there', now } as const;
          return decide({ ...end, successorArn }, state);
        },
      })),
  },
  {
    name: 'a drain by hand is not held against the budget',
    foundBy: 7,
    ...spending(whole, (command) => command.type === 'GrantLease' && command.reason === 'manual'),
  },
  {
    name: 'notices of EC2 are not heeded by rollouts',
    foundBy: 5,
    views: seeing((views) => ({
      ...views,
      fleet: (name) => ({ ...views.fleet(name), notices: new Map() }),
    })),
  },
];
