import type { FleetView } from '../../domain/fleet/fleetView.ts';
import type { ContainerInstanceArn } from '../../events/ids.ts';
import { ProblemError } from './problem.ts';

type Named = {
  readonly containerInstanceArn: ContainerInstanceArn;
  readonly ec2InstanceId?: string | undefined;
};

export const idOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** ARNs by everything that an instance is called: its EC2 id, its id, its ARN. */
export const arnsByName = (
  instances: Iterable<Named>,
): ReadonlyMap<string, ContainerInstanceArn> => {
  const byName = new Map<string, ContainerInstanceArn>();
  for (const { containerInstanceArn, ec2InstanceId } of instances) {
    byName.set(containerInstanceArn, containerInstanceArn);
    byName.set(idOf(containerInstanceArn), containerInstanceArn);
    if (ec2InstanceId !== undefined) byName.set(ec2InstanceId, containerInstanceArn);
  }
  return byName;
};

/** Each once; throws `ProblemError` naming every one that is not there. */
export const instancesNamed = (
  view: FleetView,
  asked: readonly string[],
): readonly ContainerInstanceArn[] => {
  const byName = arnsByName(view.instances.values());
  const absent = [...new Set(asked)].filter((name) => !byName.has(name));
  if (absent.length === 0) return [...new Set(asked.flatMap((name) => byName.get(name) ?? []))];
  const some = [...view.instances.values()]
    .slice(0, 8)
    .map((each) => each.ec2InstanceId ?? idOf(each.containerInstanceArn));
  const known = `some of its instances: ${some.join(', ') || 'none'}`;
  const detail = `not in ${view.clusterName}: ${absent.join(', ')}; ${known}`;
  throw new ProblemError('InstanceNotFound', detail);
};
