import {
  type AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { Ec2InstanceId } from '../../events/ids.ts';
import { calling, gatewayError } from './awsError.ts';
import type { AutoScalingGateway } from './gateways.ts';

type Sender = Pick<AutoScalingClient, 'send'>;

/** EC2 Auto Scaling behind the port. `client` must not retry by itself; `reader` may. */
export const createAutoScalingGateway = (
  client: Sender,
  reader: Sender = client,
): AutoScalingGateway => ({
  terminateForReplacement: async (ec2InstanceId) => {
    const command = new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: ec2InstanceId,
      ShouldDecrementDesiredCapacity: false,
    });
    try {
      await client.send(command);
    } catch (error) {
      const failure = gatewayError(error, 'mutate', 'TerminateInstanceInAutoScalingGroup');
      // Auto Scaling says ValidationError for an instance that is going or gone, and for much else.
      if (failure.kind !== 'refused' || failure.code !== 'ValidationError') throw failure;
      if (!(await isLeaving(reader, ec2InstanceId))) throw failure;
    }
  },
});

/**
 * Whether the group has let go of the instance, or is about to. Gone from every group counts,
 * because an instance that was terminated for us leaves its group; one that never was in a group
 * shows as a replacement that does not come.
 */
const isLeaving = async (client: Sender, ec2InstanceId: Ec2InstanceId): Promise<boolean> => {
  const command = new DescribeAutoScalingInstancesCommand({ InstanceIds: [ec2InstanceId] });
  const answer = await calling('read', 'DescribeAutoScalingInstances', client.send(command));
  const instance = answer.AutoScalingInstances?.find(
    ({ InstanceId }) => InstanceId === ec2InstanceId,
  );
  return instance === undefined || instance.LifecycleState?.includes('Terminat') === true;
};
