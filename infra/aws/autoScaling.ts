import {
  type AutoScalingClient,
  type AutoScalingGroup,
  CompleteLifecycleActionCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { Ec2InstanceId } from '../../events/ids.ts';
import type { AutoScalingGateway, LifecycleAction } from './autoScalingPort.ts';
import { createAutoScalingReads, isLeaving, readGroups } from './autoScalingReads.ts';
import { groupFromAutoScaling } from './autoScalingShapes.ts';
import { calling, gatewayError } from './awsError.ts';
import { GatewayError } from './gateways.ts';

type Sender = Pick<AutoScalingClient, 'send'>;

/** EC2 Auto Scaling behind the port. `client` must not retry by itself; `reader` may. */
export const createAutoScalingGateway = (
  client: Sender,
  reader: Sender = client,
): AutoScalingGateway => ({
  ...createAutoScalingReads(reader),
  terminateForReplacement: (id) => terminate({ client, reader }, id, false),
  terminateForScaleIn: async (id) => {
    if (!(await isLeaving(reader, id))) await terminate({ client, reader }, id, true);
  },
  setDesiredCapacity: async (AutoScalingGroupName, DesiredCapacity) => {
    const command = new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity });
    await calling('mutate', 'SetDesiredCapacity', client.send(command));
  },
  completeLifecycleAction: async (action, result) => {
    const named = { ...namesOf(action), LifecycleActionResult: result };
    const sent = client.send(new CompleteLifecycleActionCommand(named));
    return (await isActive('CompleteLifecycleAction', sent)) ? 'completed' : 'notActive';
  },
  recordLifecycleActionHeartbeat: async (action) => {
    const sent = client.send(new RecordLifecycleActionHeartbeatCommand(namesOf(action)));
    return (await isActive('RecordLifecycleActionHeartbeat', sent)) ? 'recorded' : 'notActive';
  },
  setLaunchTemplateVersion: async (groupName, version) => {
    const [group] = await readGroups(reader, [groupName]);
    const command = new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: groupName,
      ...launching(groupName, group, version),
    });
    await calling('mutate', 'UpdateAutoScalingGroup', client.send(command));
  },
});

const terminate = async (
  { client, reader }: { readonly client: Sender; readonly reader: Sender },
  InstanceId: Ec2InstanceId,
  ShouldDecrementDesiredCapacity: boolean,
): Promise<void> => {
  const asked = { InstanceId, ShouldDecrementDesiredCapacity };
  try {
    await client.send(new TerminateInstanceInAutoScalingGroupCommand(asked));
  } catch (error) {
    const failure = gatewayError(error, 'mutate', 'TerminateInstanceInAutoScalingGroup');
    // Auto Scaling says ValidationError for an instance that is going or gone, and for much else.
    if (failure.kind !== 'refused' || failure.code !== 'ValidationError') throw failure;
    if (!(await isLeaving(reader, InstanceId))) throw failure;
  }
};

const namesOf = ({ groupName, hookName, ec2InstanceId, token }: LifecycleAction) => ({
  AutoScalingGroupName: groupName,
  LifecycleHookName: hookName,
  InstanceId: ec2InstanceId,
  LifecycleActionToken: token,
});

/**
 * An action that is over is a ValidationError that says so in its message alone. After a lost
 * answer that is what a second call finds.
 */
const isActive = async (action: string, answer: Promise<unknown>): Promise<boolean> => {
  try {
    await answer;
    return true;
  } catch (error) {
    const failure = gatewayError(error, 'mutate', action);
    const says = failure.message.includes('No active Lifecycle Action found');
    if (failure.code === 'ValidationError' && says) return false;
    throw failure;
  }
};

/**
 * The group's own launch settings with another version. A mixed instances policy goes back whole:
 * the API does not say what becomes of overrides that an update leaves out.
 */
const launching = (name: string, group: AutoScalingGroup | undefined, Version: string) => {
  const refused = (code: string, why: string) =>
    new GatewayError('refused', code, `UpdateAutoScalingGroup: ${name} ${why}`);
  if (group === undefined) throw refused('GroupNotFound', 'does not exist');
  const { launch } = groupFromAutoScaling(group);
  if (launch === undefined || launch.kind === 'launchConfiguration') {
    throw refused('NoLaunchTemplate', 'does not launch from a launch template');
  }
  const chosen = { LaunchTemplateId: launch.id, Version };
  if (launch.kind === 'launchTemplate') return { LaunchTemplate: chosen };
  if (launch.overrides.some(({ launchTemplate, imageId }) => launchTemplate ?? imageId)) {
    throw refused('OverrideOfItsOwn', 'has an override with a template or an image of its own');
  }
  const policy = group.MixedInstancesPolicy;
  const LaunchTemplate = { ...policy?.LaunchTemplate, LaunchTemplateSpecification: chosen };
  return { MixedInstancesPolicy: { ...policy, LaunchTemplate } };
};
