import * as z from 'zod';
import { Ec2InstanceId } from '../ids.ts';
import type { Told } from './envelope.ts';
import { eventKind } from './eventKind.ts';

const testNotification = 'autoscaling:TEST_NOTIFICATION';

const Detail = z.union([
  z.object({ Event: z.literal(testNotification) }),
  z.object({
    LifecycleActionToken: z.string().min(1).max(64),
    AutoScalingGroupName: z.string().min(1).max(255),
    LifecycleHookName: z.string().min(1).max(255),
    EC2InstanceId: Ec2InstanceId,
  }),
]);

export type TerminateLifecycleAction = Told & {
  readonly kind: 'TerminateLifecycleAction';
  readonly ec2InstanceId: Ec2InstanceId;
  readonly autoScalingGroupName: string;
  readonly lifecycleHookName: string;
  readonly lifecycleActionToken: string;
};

/**
 * Amazon EC2 Auto Scaling User Guide, prepare-for-lifecycle-notifications. When a hook is made,
 * Auto Scaling sends a test notification that names no instance: it is ignored.
 */
export const terminateLifecycleAction = eventKind({
  detailType: 'EC2 Instance-terminate Lifecycle Action',
  source: 'aws.autoscaling',
  detail: Detail,
  toReading: (detail, told) => {
    if ('Event' in detail) {
      const said = 'Auto Scaling tries out a new lifecycle hook; no instance is meant';
      return { outcome: 'ignored', reason: 'TestNotification', detail: said };
    }
    const event: TerminateLifecycleAction = {
      ...told,
      kind: 'TerminateLifecycleAction',
      ec2InstanceId: detail.EC2InstanceId,
      autoScalingGroupName: detail.AutoScalingGroupName,
      lifecycleHookName: detail.LifecycleHookName,
      lifecycleActionToken: detail.LifecycleActionToken,
    };
    return { outcome: 'read', event };
  },
});
