import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeInstanceRefreshesCommand,
  DescribeLifecycleHooksCommand,
} from '@aws-sdk/client-auto-scaling';
import * as z from 'zod';
import { Ec2InstanceId } from '../../events/ids.ts';
import type { AutoScalingGateway, AutoScalingGroup } from './autoScalingPort.ts';
import {
  groupFromAutoScaling,
  hookFromAutoScaling,
  refreshFromAutoScaling,
} from './autoScalingShapes.ts';
import { calling } from './awsError.ts';
import { readShape } from './awsShape.ts';
import { inBatches, pages } from './pages.ts';

/** Groups to a call and to a page (API Reference, DescribeAutoScalingGroups, `MaxRecords`). */
const groupsMax = 100;

/** Instances to a call (API Reference, DescribeAutoScalingInstances, `InstanceIds`). */
const instancesMax = 50;

type Sender = Pick<AutoScalingClient, 'send'>;
type AutoScalingReads = Pick<
  AutoScalingGateway,
  'describeGroups' | 'describeInstanceRefreshes' | 'findGroupNames'
>;

/** The half of the EC2 Auto Scaling gateway that changes nothing. */
export const createAutoScalingReads = (client: Sender): AutoScalingReads => ({
  describeGroups: async (names) => {
    const groups: AutoScalingGroup[] = [];
    // One group after the other: a cluster has few, and Auto Scaling throttles an account early.
    for (const raw of await readGroups(client, names)) {
      const group = groupFromAutoScaling(raw);
      const lifecycleHooks = await describeHooks(client, group.name);
      const refreshes = await describeRefreshes(client, group.name);
      const activeRefresh = refreshes.find(({ isActive }) => isActive);
      groups.push({ ...group, lifecycleHooks, ...(activeRefresh && { activeRefresh }) });
    }
    return groups;
  },
  findGroupNames: async (ids) => {
    const found = await inBatches(ids, instancesMax, (batch) => describeMembers(client, batch));
    return new Map(found.map(({ InstanceId, AutoScalingGroupName: name }) => [InstanceId, name]));
  },
  describeInstanceRefreshes: (groupName) => describeRefreshes(client, groupName),
});

/** As Auto Scaling answers them. */
export const readGroups = (client: Sender, names: readonly string[]) =>
  inBatches(names, groupsMax, (batch) =>
    pages('DescribeAutoScalingGroups', async ({ nextToken: NextToken }) => {
      const command = new DescribeAutoScalingGroupsCommand({
        AutoScalingGroupNames: [...batch],
        MaxRecords: groupsMax,
        NextToken,
      });
      const page = await client.send(command);
      return { items: page.AutoScalingGroups, nextToken: page.NextToken };
    }),
  );

const describeHooks = async (client: Sender, AutoScalingGroupName: string) => {
  const command = new DescribeLifecycleHooksCommand({ AutoScalingGroupName });
  const answer = await calling('read', 'DescribeLifecycleHooks', client.send(command));
  return (answer.LifecycleHooks ?? []).map(hookFromAutoScaling);
};

const describeRefreshes = async (client: Sender, AutoScalingGroupName: string) => {
  const found = await pages('DescribeInstanceRefreshes', async ({ nextToken: NextToken }) => {
    const command = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName, NextToken });
    const page = await client.send(command);
    return { items: page.InstanceRefreshes, nextToken: page.NextToken };
  });
  return found.map(refreshFromAutoScaling);
};

const Membership = z.object({ InstanceId: Ec2InstanceId, AutoScalingGroupName: z.string() });

const describeMembers = async (client: Sender, ids: readonly string[]) => {
  const found = await pages('DescribeAutoScalingInstances', async ({ nextToken: NextToken }) => {
    const asked = { InstanceIds: [...ids], MaxRecords: instancesMax, NextToken };
    const page = await client.send(new DescribeAutoScalingInstancesCommand(asked));
    return { items: page.AutoScalingInstances, nextToken: page.NextToken };
  });
  return found.map((raw) => readShape(Membership, raw, 'instance of an Auto Scaling group'));
};

/**
 * Whether the group has let go of the instance, or is about to. Gone from every group counts,
 * because an instance that was terminated for us leaves its group; one that never was in a group
 * shows as a replacement that does not come.
 */
export const isLeaving = async (client: Sender, ec2InstanceId: Ec2InstanceId): Promise<boolean> => {
  const command = new DescribeAutoScalingInstancesCommand({ InstanceIds: [ec2InstanceId] });
  const answer = await calling('read', 'DescribeAutoScalingInstances', client.send(command));
  const instance = answer.AutoScalingInstances?.find(
    ({ InstanceId }) => InstanceId === ec2InstanceId,
  );
  return instance === undefined || instance.LifecycleState?.includes('Terminat') === true;
};
