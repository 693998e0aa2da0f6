import * as z from 'zod';
import { Ec2InstanceId } from '../ids.ts';
import type { Told } from './envelope.ts';
import { eventKind } from './eventKind.ts';
import { Word } from './text.ts';

const Detail = z.object({ 'instance-id': Ec2InstanceId, state: Word });

export type Ec2StateChange = Told & {
  readonly kind: 'Ec2StateChange';
  readonly ec2InstanceId: Ec2InstanceId;
  readonly state: string;
};

/** EC2 User Guide, monitoring-instance-state-changes. */
export const ec2StateChange = eventKind({
  detailType: 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  detail: Detail,
  toReading: (detail, told) => {
    const event: Ec2StateChange = {
      ...told,
      kind: 'Ec2StateChange',
      ec2InstanceId: detail['instance-id'],
      state: detail.state,
    };
    return { outcome: 'read', event };
  },
});
