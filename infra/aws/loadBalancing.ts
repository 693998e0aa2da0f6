import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import * as z from 'zod';
import { calling } from './awsError.ts';
import { absent, readShape, withoutUndefined } from './awsShape.ts';
import type { LoadBalancingGateway, TargetHealth } from './loadBalancingPort.ts';

/** 0 to 3,600 (Elastic Load Balancing API Reference, TargetGroupAttribute). */
const delayKey = 'deregistration_delay.timeout_seconds';
const Delay = z.string().regex(/^\d+$/).transform(Number).pipe(z.int().max(3_600));

/** Elastic Load Balancing behind the port; nothing of it is changed. */
export const createLoadBalancingGateway = (
  client: Pick<ElasticLoadBalancingV2Client, 'send'>,
): LoadBalancingGateway => ({
  readDeregistrationDelaySeconds: async (TargetGroupArn) => {
    const command = new DescribeTargetGroupAttributesCommand({ TargetGroupArn });
    const answer = await calling('read', 'DescribeTargetGroupAttributes', client.send(command));
    const value = answer.Attributes?.find(({ Key }) => Key === delayKey)?.Value;
    return readShape(Delay, value, `${delayKey} of ${TargetGroupArn}`);
  },
  describeTargetHealth: async (TargetGroupArn) => {
    const command = new DescribeTargetHealthCommand({ TargetGroupArn });
    const answer = await calling('read', 'DescribeTargetHealth', client.send(command));
    return (answer.TargetHealthDescriptions ?? []).map(targetFrom);
  },
});

const RawTarget = z.object({
  Target: z.object({
    Id: z.string(),
    Port: absent(z.int()),
    AvailabilityZone: absent(z.string()),
  }),
  TargetHealth: z.object({ State: z.string(), Reason: absent(z.string()) }),
});

const targetFrom = (raw: unknown): TargetHealth => {
  const { Target, TargetHealth } = readShape(RawTarget, raw, 'target health');
  return withoutUndefined({
    targetId: Target.Id,
    port: Target.Port,
    availabilityZone: Target.AvailabilityZone,
    state: TargetHealth.State,
    reason: TargetHealth.Reason,
  });
};
