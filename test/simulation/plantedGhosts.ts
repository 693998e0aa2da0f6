import { ghosts } from '../../domain/maintenance/ghosts.ts';
import type { Instant } from '../../events/ids.ts';
import type { Plant } from './plant.ts';
import { patched, seeing } from './planting.ts';

const ended = { eventId: 'planted', at: 0 as Instant, state: 'terminated' };

/** Bugs in what is done about machines that are gone. */
export const plantedInGhosts: readonly (Plant & { readonly foundBy: number })[] = [
  {
    name: 'nothing is deregistered',
    foundBy: 2,
    patch: () =>
      patched(ghosts, ({ decide }) => ({
        decide: (command, state) =>
          command.type === 'DeregisterGhost' ? [] : decide(command, state),
      })),
  },
  {
    name: 'a silent agent is taken for proof',
    foundBy: 3,
    views: seeing((views) => ({
      ...views,
      fleet: (name) => {
        const fleet = views.fleet(name);
        const silent = [...fleet.instances.values()].filter((each) => !each.agentConnected);
        const notices = new Map(fleet.notices);
        for (const { ec2InstanceId } of silent) {
          if (ec2InstanceId !== undefined) notices.set(ec2InstanceId, { state: ended });
        }
        return { ...fleet, notices };
      },
    })),
    handlers: (real) => ({
      ...real,
      carryOutPart: (tools, part) => {
        const { ec2 } = tools.gateways;
        const describeInstances: typeof ec2.describeInstances = async () => [];
        const gateways = { ...tools.gateways, ec2: { ...ec2, describeInstances } };
        return real.carryOutPart({ ...tools, gateways }, part);
      },
    }),
  },
];
