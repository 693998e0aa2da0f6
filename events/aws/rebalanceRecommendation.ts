import * as z from 'zod';
import { Ec2InstanceId } from '../ids.ts';
import type { Told } from './envelope.ts';
import { eventKind } from './eventKind.ts';

const Detail = z.object({ 'instance-id': Ec2InstanceId });

export type RebalanceRecommendation = Told & {
  readonly kind: 'RebalanceRecommendation';
  readonly ec2InstanceId: Ec2InstanceId;
};

/** EC2 User Guide, rebalance-recommendations: may come together with the interruption warning. */
export const rebalanceRecommendation = eventKind({
  detailType: 'EC2 Instance Rebalance Recommendation',
  source: 'aws.ec2',
  detail: Detail,
  toReading: (detail, told) => {
    const event: RebalanceRecommendation = {
      ...told,
      kind: 'RebalanceRecommendation',
      ec2InstanceId: detail['instance-id'],
    };
    return { outcome: 'read', event };
  },
});
