import { osReserveDefaultMiB as osReserveMiB } from '../../../domain/fleet/capacity.ts';
import { capacityReport } from '../../../domain/scaling/capacityReport.ts';
import { heldMax } from '../../../domain/scaling/desiredCapacity.ts';
import { planScaling } from '../../../domain/scaling/planScaling.ts';
import { type ScalingSight, scaleInDrains } from '../../../domain/scaling/scalingSight.ts';
import { scalingSight } from '../../ticks/scale.ts';
import type { getCapacity } from '../contract/capacity.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';

export const get: Handle<typeof getCapacity> = async ({ parameters }, { now }, tools) => {
  const { view, views, cluster } = await clusterSight(tools, parameters.cluster);
  const report = capacityReport(view, views.capacity(cluster.name), now);
  const sight = scalingSight(views, cluster.name, { osReserveMiB }, now);
  return { now, ...report, scaling: scalingOf(sight) };
};

/** What is on its way, and what the plan of this moment adds, whatever is switched on. */
const scalingOf = (sight: ScalingSight) => {
  const { desired, mode } = sight;
  const everything = { scaleOut: true, scaleIn: true };
  const plan = planScaling({ ...sight, desired: { ...desired, policy: everything } });
  const intended = Object.values(desired.effects);
  const planned = plan.sizes.flatMap((step) =>
    step.type === 'SetDesiredCapacity' ? [{ ...step, isIntended: false }] : [],
  );
  return {
    policy: desired.policy,
    mode,
    sizes: [...intended.map((each) => ({ ...each, isIntended: true })), ...planned].map(
      ({ groupName, from, to, forTasks, forWave, isIntended }) => {
        return { groupName, from, to, forTasks, forWave, isIntended };
      },
    ),
    scaleIn: [
      ...scaleInDrains(sight).map((each) => ({ ...each, isIntended: true })),
      ...plan.drains.map((each) => ({ ...each, isIntended: false })),
    ].map(({ containerInstanceArn, ec2InstanceId, isIntended }) => {
      return { containerInstanceArn, ec2InstanceId, isIntended };
    }),
    held: plan.held.slice(0, heldMax),
    heldCount: plan.held.length,
  };
};
