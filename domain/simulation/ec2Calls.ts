import { fail, type Operation, ok, recordsOf, textsOf } from './answers.ts';
import { instantText } from './instantText.ts';
import { templateOperations } from './launchTemplates.ts';
import type { Instance, World } from './world.ts';

/**
 * EC2 forgets a terminated instance after about an hour (EC2 User Guide, terminating-instances).
 */
const describeInstances: Operation = (world, input) => {
  const byId = recordsOf(input, 'Filters').find(({ Name }) => Name === 'instance-id');
  const wanted = byId === undefined ? textsOf(input, 'InstanceIds') : textsOf(byId, 'Values');
  const known = Object.values(world.instances).filter(({ ec2InstanceId }) =>
    wanted.includes(ec2InstanceId),
  );
  if (byId === undefined && known.length < wanted.length) {
    const missing = wanted.filter((id) => world.instances[id] === undefined);
    return fail(
      'InvalidInstanceID.NotFound',
      `The instance IDs '${missing.join(', ')}' do not exist`,
    );
  }
  return ok({ Reservations: known.map((each) => reservation(world, each)) });
};

const reservation = (world: World, instance: Instance) => ({
  ReservationId: `r-${instance.ec2InstanceId.slice(2)}`,
  OwnerId: world.account,
  Instances: [
    {
      InstanceId: instance.ec2InstanceId,
      ImageId: instance.amiId,
      InstanceType: world.groups[instance.group]?.instanceType ?? 'm5.2xlarge',
      LaunchTime: instantText(instance.launchedAt),
      Placement: { AvailabilityZone: instance.zone },
      State: { Name: instance.ec2State },
      Tags: [{ Key: 'aws:autoscaling:groupName', Value: instance.group }],
    },
  ],
});

/** Those that were published, and those from which something runs; what is private is left out. */
const describeImages: Operation = (world, input) => {
  const byId = recordsOf(input, 'Filters').find(({ Name }) => Name === 'image-id');
  const wanted = byId === undefined ? textsOf(input, 'ImageIds') : textsOf(byId, 'Values');
  const published = new Map(world.amis.map((ami) => [ami.amiId, ami.name]));
  const used = new Set(Object.values(world.instances).map(({ amiId }) => amiId));
  const found = wanted.filter(
    (id) => (published.has(id) || used.has(id)) && !world.privateAmis.includes(id),
  );
  return ok({
    Images: found.map((id) => ({
      ImageId: id,
      Name: published.get(id) ?? `custom-${id}`,
      State: 'available',
      Public: true,
      ...(published.has(id) && { ImageOwnerAlias: 'amazon' }),
    })),
  });
};

export const ec2Operations: Readonly<Record<string, Operation>> = {
  DescribeInstances: describeInstances,
  DescribeImages: describeImages,
  ...templateOperations,
};
