import { rollout } from '../../domain/rollout/rollout.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import type { Plant } from './plant.ts';
import { patched, seeing } from './planting.ts';

type Create = Gateways['ec2']['createLaunchTemplateVersion'];

const creating = (change: (request: Parameters<Create>[0]) => Parameters<Create>[0]) => ({
  gateways: (real: Gateways): Gateways => ({
    ...real,
    ec2: {
      ...real.ec2,
      createLaunchTemplateVersion: (request) =>
        real.ec2.createLaunchTemplateVersion(change(request)),
    },
  }),
});

/** Bugs in what becomes of launch templates. */
export const plantedInTemplates: readonly (Plant & { readonly foundBy: number })[] = [
  {
    name: 'a version of a launch template has a token of its own',
    foundBy: 6,
    ...creating((request) => ({ ...request, clientToken: `${request.clientToken}-again` })),
  },
  {
    name: 'a version of a launch template is made of another than was meant',
    foundBy: 38,
    ...creating((request) => ({ ...request, sourceVersion: request.sourceVersion + 1 })),
  },
  {
    name: 'a group is set to launch from whatever is latest',
    foundBy: 7,
    gateways: (real) => ({
      ...real,
      autoScaling: {
        ...real.autoScaling,
        setLaunchTemplateVersion: (groupName) =>
          real.autoScaling.setLaunchTemplateVersion(groupName, '$Latest'),
      },
    }),
  },
  {
    name: 'the launch template of a rollout that was aborted is forgotten',
    foundBy: 38,
    patch: () =>
      patched(rollout, ({ decide }) => ({
        decide: (command, state) =>
          command.type === 'ReturnLaunchTemplate' ? [] : decide(command, state),
      })),
  },
  {
    name: 'a launch template is renewed though its policy leaves it alone',
    foundBy: 1,
    views: seeing((views) => ({
      ...views,
      rollouts: new Map(
        [...views.rollouts].map(([id, each]) => {
          const policy = { ...each.policy, launchTemplate: 'newVersion' as const };
          return [id, { ...each, policy }];
        }),
      ),
    })),
  },
];
