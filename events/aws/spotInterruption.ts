import * as z from 'zod';
import { Ec2InstanceId } from '../ids.ts';
import type { Told } from './envelope.ts';
import { eventKind } from './eventKind.ts';
import { Word } from './text.ts';

const Detail = z.object({ 'instance-id': Ec2InstanceId, 'instance-action': Word });

export type SpotInterruptionWarning = Told & {
  readonly kind: 'SpotInterruptionWarning';
  readonly ec2InstanceId: Ec2InstanceId;
  /** `terminate`, `stop` or `hibernate`. */
  readonly action: string;
};

/**
 * EC2 User Guide, spot-instance-termination-notices: two minutes before, at best effort. Its
 * resource ARN holds the Availability Zone where the region belongs, which is why ids come from
 * `detail`.
 */
export const spotInterruptionWarning = eventKind({
  detailType: 'EC2 Spot Instance Interruption Warning',
  source: 'aws.ec2',
  detail: Detail,
  toReading: (detail, told) => {
    const event: SpotInterruptionWarning = {
      ...told,
      kind: 'SpotInterruptionWarning',
      ec2InstanceId: detail['instance-id'],
      action: detail['instance-action'],
    };
    return { outcome: 'read', event };
  },
});
