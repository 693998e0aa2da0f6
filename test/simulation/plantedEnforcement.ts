import type { ObservedService } from '../../events/fleet.ts';
import type { Plant } from './plant.ts';

type Constraints = NonNullable<ObservedService['placementConstraints']>;
const believed = new Map<string, Constraints>();

const asBelieved = (service: ObservedService): ObservedService => {
  const placementConstraints = believed.get(service.serviceArn);
  return placementConstraints === undefined ? service : { ...service, placementConstraints };
};

/** Bugs in what makes ECS itself keep images off instances. */
export const plantedInEnforcement: readonly (Plant & { readonly foundBy: number })[] = [
  {
    name: 'a placement constraint is believed to be written and never is',
    foundBy: 3,
    patch: () => {
      believed.clear();
      return () => believed.clear();
    },
    gateways: (real) => ({
      ...real,
      ecs: {
        ...real.ecs,
        setPlacementConstraints: async (_cluster, arn, constraints) => {
          believed.set(arn, constraints);
        },
        describeService: async (...asked) => {
          const found = await real.ecs.describeService(...asked);
          return found && asBelieved(found);
        },
        listServices: async (...asked) => (await real.ecs.listServices(...asked)).map(asBelieved),
      },
    }),
  },
];
